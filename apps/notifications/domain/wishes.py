"""How people want to be told."""

from __future__ import annotations

import zoneinfo
from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta
from typing import TypedDict, Unpack

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.notifications.enums import Kind, Place, Rhythm
from apps.notifications.models import Muting, Wish

PAUSES = {Rhythm.QUARTER: timedelta(minutes=15), Rhythm.HOURLY: timedelta(hours=1)}
DAY = timedelta(days=1)


type Mute = tuple[str, str]  # a place and a kind


class Wanted(TypedDict, total=False):
    mail: str
    mail_at: time
    desktop_words: bool
    desktop_quiet: bool


def wish_of(user: User) -> Wish:
    """What the person chose, or what holds until they do."""
    return Wish.objects.filter(user=user).first() or Wish(user=user)


def muted_by(user: User) -> set[Mute]:
    """Which kinds the person does not want to be told of, and where."""
    return set(Muting.objects.filter(user=user).values_list("place", "kind"))


@transaction.atomic
def mute(*, user: User, muted: Collection[Mute]) -> None:
    """Choose anew which kinds one does not want to be told of, and where; all others one does.

    It holds for what is unread already as well. Raises ValueError for what does not exist.
    """
    wanted = {(Place(place), Kind(kind)) for place, kind in muted}
    User.objects.select_for_update().get(pk=user.pk)  # two presses at once come one by one
    kept = muted_by(user)
    for place, kind in kept - wanted:
        Muting.objects.filter(user=user, place=place, kind=kind).delete()
    added = sorted(wanted - kept)
    Muting.objects.bulk_create(Muting(user=user, place=place, kind=kind) for place, kind in added)


@transaction.atomic
def change_wish(*, user: User, at: datetime | None = None, **wanted: Unpack[Wanted]) -> Wish:
    """Choose how to be told; what is not named stays.

    A mail that waits keeps to its pause, whatever is chosen.
    """
    Wish.objects.get_or_create(user=user)
    wish = Wish.objects.select_for_update().get(user=user)
    waits_until = wish.next_mail_at if wish.mail in PAUSES else None
    for name, value in wanted.items():
        setattr(wish, name, value)
    wish.next_mail_at = first_mail(wish, user, at=at or timezone.now(), waits_until=waits_until)
    wish.save()
    return wish


@transaction.atomic
def follow_clock(*, user: User, at: datetime | None = None) -> None:
    """Let the daily mail keep to its time of day after the person changed their time zone."""
    wish = Wish.objects.select_for_update().filter(user=user, mail=Rhythm.DAILY).first()
    if wish:
        wish.next_mail_at = next_time(wish.mail_at, user, after=at or timezone.now())
        wish.save(update_fields=["next_mail_at"])


def first_mail(
    wish: Wish, user: User, *, at: datetime, waits_until: datetime | None
) -> datetime | None:
    """When a mail may leave for the first time after a choice."""
    if wish.mail == Rhythm.NEVER:
        return None
    if wish.mail == Rhythm.DAILY:
        return next_time(wish.mail_at, user, after=at)
    longest = at + PAUSES[Rhythm(wish.mail)]
    return min(max(waits_until or at, at), longest)


def next_mail(wish: Wish, user: User, *, at: datetime) -> datetime:
    """When the next mail may leave after one that leaves now."""
    if wish.mail == Rhythm.DAILY:
        return next_time(wish.mail_at, user, after=at)
    return at + PAUSES[Rhythm(wish.mail)]


def next_time(clock: time, user: User, *, after: datetime) -> datetime:
    """The next moment (UTC) at which a person's own clocks show this time.

    A time that daylight saving skips counts as the moment after the gap; of a time that comes
    twice, the first counts.
    """
    zone = _zone(user)
    day = after.astimezone(zone).date()
    for _ in range(3):
        moment = datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
        if moment > after:
            return moment
        day += DAY
    raise AssertionError("a day has at most 25 hours")


def _zone(user: User) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(user.timezone or settings.TIME_ZONE)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(settings.TIME_ZONE)
