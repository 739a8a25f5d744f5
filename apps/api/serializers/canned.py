"""Canned replies, as they are kept: placeholders stand in them by name."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.models import Team
from apps.cases.models import CannedReply
from apps.cases.placeholders import CHINESE, ENGLISH


class Texts(serializers.Serializer[Any]):
    """The same words in each language; empty where there are none."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {code: serializers.CharField() for code in (ENGLISH, CHINESE)}


class CannedReplyOut(serializers.ModelSerializer[CannedReply]):
    """``team`` is empty for one's own replies (``personal``) and for everybody's."""

    personal = serializers.SerializerMethodField()
    team: serializers.SlugRelatedField[Team] = serializers.SlugRelatedField(
        slug_field="name", read_only=True, allow_null=True
    )
    texts = serializers.SerializerMethodField()

    class Meta:
        model = CannedReply
        fields = ("id", "name", "personal", "team", "texts")

    def get_personal(self, reply: CannedReply) -> bool:
        return reply.owner_id is not None

    @extend_schema_field(Texts)
    def get_texts(self, reply: CannedReply) -> dict[str, str]:
        return {ENGLISH: reply.text_en, CHINESE: reply.text_zh}
