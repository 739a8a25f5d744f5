"""Keeping canned replies: one's own, a team's, everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from apps.cases.errors import NotYoursToChange
from apps.cases.models import CannedReply

if TYPE_CHECKING:
    from apps.accounts.models import Team, User


@dataclass(frozen=True, slots=True)
class CannedTexts:
    """What a canned reply says; one language may be empty."""

    name: str
    en: str = ""
    zh: str = ""


@transaction.atomic
def save_canned(
    *,
    actor: User,
    texts: CannedTexts,
    reply_id: int | None = None,
    team: Team | None = None,
    personal: bool = False,
) -> CannedReply:
    """Keep a new canned reply, or change one: for oneself, for a team, or for everybody.

    Raises NotYoursToChange, ValidationError for an unknown placeholder or without any text,
    or CannedReply.DoesNotExist for what the actor may not even see.
    """
    reply = _find(actor, reply_id) if reply_id else CannedReply()
    reply.name, reply.text_en, reply.text_zh = texts.name, texts.en, texts.zh
    reply.owner, reply.team = (actor, None) if personal else (None, team)
    if not reply.can_be_changed_by(actor):
        raise NotYoursToChange
    reply.full_clean()
    reply.save()
    return reply


@transaction.atomic
def delete_canned(*, actor: User, reply_id: int) -> None:
    """Forget a canned reply; raises as ``save_canned``."""
    _find(actor, reply_id).delete()


def _find(actor: User, reply_id: int) -> CannedReply:
    reply = CannedReply.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=reply_id)
    if not reply.can_be_changed_by(actor):
        raise NotYoursToChange
    return reply
