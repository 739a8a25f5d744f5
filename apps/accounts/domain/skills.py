"""Saying what one can help with, and confirming what others say of themselves."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from apps.accounts.errors import NotTheirLead
from apps.accounts.models import PersonSkill, User
from apps.accounts.rules import leads_person


@transaction.atomic
def declare_skill(*, user: User, skill_id: int, level: str) -> PersonSkill:
    """Say that one can help with something; a new level is one's own word until confirmed."""
    held, created = PersonSkill.objects.select_for_update(of=("self",)).get_or_create(
        user=user, skill_id=skill_id, defaults={"level": level}
    )
    if not created and held.level != level:
        held.level, held.since = level, timezone.localdate()
        held.confirmed_by, held.confirmed_at, held.expires_on = None, None, None
        held.save()
    return held


@transaction.atomic
def drop_skill(*, user: User, held_id: int) -> None:
    """Say that one helps with something no more; raises PersonSkill.DoesNotExist."""
    PersonSkill.objects.select_for_update(of=("self",)).get(pk=held_id, user=user).delete()


@transaction.atomic
def confirm_skill(*, held_id: int, actor: User, expires_on: date | None = None) -> PersonSkill:
    """Confirm a skill of somebody else, until a day (to renew it, once more).

    Raises NotTheirLead unless the actor leads a team of theirs, or PersonSkill.DoesNotExist.
    """
    held = (
        PersonSkill.objects.select_for_update(of=("self",)).select_related("user").get(pk=held_id)
    )
    if not leads_person(actor, held.user):
        raise NotTheirLead
    held.confirmed_by, held.confirmed_at = actor, timezone.now()
    held.expires_on = expires_on
    held.save(update_fields=["confirmed_by", "confirmed_at", "expires_on"])
    return held
