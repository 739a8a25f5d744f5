"""Promises that are about to be missed, shown to leads before anybody calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from apps.accounts.domain import presence_at, works_at
from apps.accounts.enums import Presence
from apps.accounts.models import Absence, User
from apps.desk.clocks import Clock, clock_of
from apps.desk.owed import name_them
from apps.desk.promiserows import name_of
from apps.promises.domain.stages import STAGES
from apps.promises.enums import Stage, State
from apps.promises.models import Promise

AHEAD = timedelta(hours=12)
LOOKED_AT = 60
SHOWN = 6
# So many stages the clock has told of a promise of which three quarters of the time are over.
LATE_STAGE = STAGES.index(Stage.THREE_QUARTERS) + 1


@dataclass(frozen=True, slots=True)
class Risk:
    number: str
    name: str
    told: str
    why: str
    clock: Clock


def find_risks(user: User, now: datetime) -> list[Risk]:
    """What may be missed in the teams that a person leads, first due first.

    That is what is due in the next hours and belongs to somebody who is not there, or has used
    up three quarters of its time; and what somebody promised that belongs to nobody. Three
    queries at most.
    """
    if not user.led_team_ids and not user.is_superuser:
        return []
    open_ones = Promise.objects.filter(state=State.OPEN, paused_at=None)
    open_ones = open_ones.filter(deadline__gt=now, deadline__lte=now + AHEAD).visible_to(user)
    if not user.is_superuser:
        open_ones = open_ones.filter(case__team__in=user.led_team_ids)
    rows = open_ones.select_related("owner", "case__customer")
    rows = rows.defer("case__need", "case__customer__about").next_first()
    promises = list(rows[:LOOKED_AT])
    owners = {one.owner_id for one in promises if one.owner_id}
    absent = set[int]()
    if owners:
        found = Absence.objects.at(now).filter(user__in=owners)
        absent = set(found.values_list("user_id", flat=True))
    reasons = [(one, _why(one, absent, now)) for one in promises]
    risky = [(one, why) for one, why in reasons if why][:SHOWN]
    name_them([one for one, _reason in risky])
    return [
        Risk(one.case.number, name_of(one.case), one.told, why, clock_of(one, now))
        for one, why in risky
    ]


def _why(promise: Promise, absent: set[int], now: datetime) -> str:
    """What stands against a promise, in words; empty where nothing does."""
    owner, is_late = promise.owner, promise.stage >= LATE_STAGE
    if owner is None:
        # the first answer to a new case waits in the queue for whoever takes it
        return _("belongs to nobody") if is_late or not promise.automatic else ""
    reasons = {
        _("%(name)s is absent"): owner.pk in absent,
        _("%(name)s is away"): presence_at(owner, at=now) == Presence.AWAY or not owner.is_active,
        _("%(name)s is not at work"): not works_at(owner, now),
        _("%(name)s, little time left"): is_late,
    }
    found = next((words for words, holds in reasons.items() if holds), "")
    return found % {"name": owner.name} if found else ""
