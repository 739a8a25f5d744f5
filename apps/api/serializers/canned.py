"""Canned replies, as they are kept: placeholders stand in them by name."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.models import Team
from apps.api.serializers.base import Line, NamedField, Strict
from apps.cases.models import CannedReply
from apps.cases.models.canned import MAX_CANNED
from apps.cases.placeholders import CHINESE, ENGLISH

NAME = 100


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


class TextsIn(Strict):
    """What is not named is empty, in a patch: stays."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            code: serializers.CharField(
                max_length=MAX_CANNED, required=False, allow_blank=True, trim_whitespace=False
            )
            for code in (ENGLISH, CHINESE)
        }


class CannedReplyIn(Strict):
    """``personal`` when no team is named; everybody's are for administrators (``false``)."""

    name = Line(max_length=NAME)
    texts = TextsIn()
    team = NamedField(
        slug_field="name", queryset=Team.objects.all(), required=False, allow_null=True
    )
    personal = serializers.BooleanField(required=False)


class CannedReplyPatch(CannedReplyIn):
    """What is not named stays."""

    name = Line(max_length=NAME, required=False)
    texts = TextsIn(required=False)
