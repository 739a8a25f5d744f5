"""Who is there, and whom rules may give a case to."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.enums import Presence
from apps.accounts.errors import BadPeriod
from apps.accounts.models import Absence, Team, User
from apps.common.hours import BadHours, parse_hours

WRAP_UP = timedelta(minutes=10)


@transaction.atomic
def set_presence(*, user: User, presence: Presence, at: datetime | None = None) -> User:
    """Say whether one takes work; wrapping up ends by itself after ten minutes."""
    at = at or timezone.now()
    until = at + WRAP_UP if presence == Presence.WRAP_UP else None
    User.objects.filter(pk=user.pk).update(presence=presence, presence_until=until)
    user.presence, user.presence_until = presence, until
    return user


def presence_at(user: User, *, at: datetime | None = None) -> Presence:
    """What the person chose, or available once that has run out; asks no database."""
    at = at or timezone.now()
    if user.presence_until and user.presence_until <= at:
        return Presence.AVAILABLE
    return Presence(user.presence)


@transaction.atomic
def add_absence(*, user: User, begins_at: datetime, ends_at: datetime, reason: str = "") -> Absence:
    """Note that somebody is not there; raises BadPeriod."""
    if ends_at <= begins_at:
        raise BadPeriod
    return Absence.objects.create(
        user=user, begins_at=begins_at, ends_at=ends_at, reason=reason.strip()
    )


@transaction.atomic
def remove_absence(*, user: User, absence_id: int) -> None:
    """Forget an absence of one's own; raises Absence.DoesNotExist."""
    Absence.objects.select_for_update().get(pk=absence_id, user=user).delete()


def available(team: Team, at: datetime | None = None) -> list[User]:
    """Members of a team who may be given work at a moment, by name.

    Active, available by their own choice, not absent, within their working hours. How much
    work they have is not asked here: compare it with ``user.capacity`` (no bound when None).
    Two queries at most.
    """
    at = at or timezone.now()
    return [user for user in on_duty(team, at).order_by("username") if takes_work(user, at)]


def on_duty(team: Team, at: datetime) -> QuerySet[User]:
    """Active members of a team who are not absent; ask ``takes_work`` of each of them."""
    absent = Absence.objects.at(at).values("user")
    return User.objects.filter(is_active=True, memberships__team=team).exclude(pk__in=absent)


def takes_work(user: User, at: datetime) -> bool:
    """Whether somebody on duty says so, within their working hours; asks no database."""
    return presence_at(user, at=at) == Presence.AVAILABLE and works_at(user, at)


def works_at(user: User, at: datetime) -> bool:
    """Whether a moment lies within the person's working hours; always where none are set."""
    return hours_of(user)(at)


def hours_of(user: User) -> Callable[[datetime], bool]:
    """``works_at`` of one person, read once for whoever asks about many moments."""
    try:
        return parse_hours(user.working_hours, user.timezone or settings.TIME_ZONE).is_open
    except (BadHours, zoneinfo.ZoneInfoNotFoundError):
        return lambda _at: True
