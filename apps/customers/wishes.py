"""What customers wish, acting: what stands against reaching them at a time, by a channel.

Everything here is asked of preferences that are loaded already; ``load`` takes one query.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils import dates
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.customers import quiet
from apps.customers.enums import ContactChannel, PreferenceKind
from apps.customers.models import MAX_VALUE, Customer, Preference

HELD = "held_preferences"
# What rings or stands at the door; the rest waits until somebody looks.
DISTURBING = frozenset({ContactChannel.PHONE, ContactChannel.FAX, ContactChannel.RECEPTION})


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something that the customer asked us not to do.

    ``sentence`` is for the agent, in the language that is active. ``proposal`` (UTC) is the
    next moment at which quiet hours allow it, where these are the matter.
    """

    kind: str
    sentence: str
    proposal: datetime | None = None


def prefetch() -> Prefetch[Any]:
    """For ``prefetch_related`` on customers: one query for all of them instead of one each."""
    held = Preference.objects.holding().select_related("noted_by")
    return Prefetch("preferences", queryset=held, to_attr=HELD)


def load(customer: Customer) -> list[Preference]:
    """What holds for a customer: one query, none where ``prefetch`` was asked for."""
    held: list[Preference] | None = getattr(customer, HELD, None)
    return list(customer.preferences.holding()) if held is None else held


def conflicts(
    customer: Customer, *, at: datetime, channel: str, voicemail: bool = False
) -> list[Conflict]:
    """What stands against reaching a customer at a moment, by a channel of the data.

    ``voicemail``: a word would be left on a machine. Notes (``internal``) disturb nobody.
    """
    held = load(customer)
    found = (
        _quiet_conflict(customer, held, at, channel),
        _channel_conflict(customer, held, channel),
        _voicemail_conflict(customer, held, channel) if voicemail else None,
    )
    return [conflict for conflict in found if conflict]


def next_allowed(customer: Customer, at: datetime) -> datetime | None:
    """The first moment (UTC) from ``at`` on outside of all quiet hours; None when never."""
    return quiet.next_free(_spans(load(customer)), zone_of(customer), at)


def may_call(customer: Customer) -> Callable[[datetime], bool]:
    """Whether a call disturbs nobody's quiet hours at a moment (UTC), for any number of moments;
    one query, none where ``prefetch`` was asked for.
    """
    spans, zone = _spans(load(customer)), zone_of(customer)
    return lambda at: not quiet.is_quiet(spans, zone, at)


def zone_of(customer: Customer) -> ZoneInfo:
    """The zone whose clock hangs on the customer's wall; the site's where none is known."""
    try:
        return ZoneInfo(customer.timezone or settings.TIME_ZONE)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)


def normalise(kind: str, value: str) -> str:
    """The one spelling in which a value is kept; raises ValidationError with what to write."""
    value = value.strip()
    match kind:
        case PreferenceKind.QUIET_HOURS:
            return _normal_hours(value)
        case PreferenceKind.CHANNEL:
            return _one_of(value, ContactChannel.values)
        case PreferenceKind.LANGUAGE:
            return _one_of(value, [code for code, _name in settings.LANGUAGES])
        case PreferenceKind.NO_VOICEMAIL | PreferenceKind.OTHER:
            if value:
                raise ValidationError(_("This kind takes no value, only a text."))
            return ""
    raise ValidationError(
        _("“%(kind)s” is no kind of preference. Use one of: %(kinds)s."),
        params={"kind": kind[:40], "kinds": ", ".join(PreferenceKind.values)},
    )


def describe(preference: Preference) -> str:
    """A preference in a few words, whatever was said; the text itself where nothing acts."""
    match preference.kind:
        case PreferenceKind.QUIET_HOURS:
            return _("No calls %(hours)s") % {"hours": _say_hours(_read(preference.value))}
        case PreferenceKind.CHANNEL:
            return _("Prefers: %(channel)s") % {"channel": _channel(preference.value)}
        case PreferenceKind.NO_VOICEMAIL:
            return _("No voicemail")
        case PreferenceKind.LANGUAGE:
            names = dict(settings.LANGUAGES)
            return _("Language: %(language)s") % {"language": names.get(preference.value, "")}
    return preference.text


def _quiet_conflict(
    customer: Customer, held: Iterable[Preference], at: datetime, channel: str
) -> Conflict | None:
    if channel not in DISTURBING:
        return None
    spans, zone = _spans(held), zone_of(customer)
    now = [span for span in spans if quiet.is_quiet([span], zone, at)]
    if not now:
        return None
    sentence = _("%(name)s asked not to be called %(hours)s (their time).")
    values = {"name": _name(customer), "hours": _say_hours(now)}
    return Conflict(PreferenceKind.QUIET_HOURS, sentence % values, quiet.next_free(spans, zone, at))


def _channel_conflict(
    customer: Customer, held: Iterable[Preference], channel: str
) -> Conflict | None:
    wanted = [one.value for one in held if one.kind == PreferenceKind.CHANNEL]
    if not wanted or channel in wanted or channel not in ContactChannel.values:
        return None
    sentence = _("%(name)s would rather be reached by: %(channels)s.")
    said = pgettext("between the items of a list", ", ").join(map(_channel, wanted))
    return Conflict(PreferenceKind.CHANNEL, sentence % {"name": _name(customer), "channels": said})


def _voicemail_conflict(
    customer: Customer, held: Iterable[Preference], channel: str
) -> Conflict | None:
    asked = any(one.kind == PreferenceKind.NO_VOICEMAIL for one in held)
    if not asked or channel != ContactChannel.PHONE:
        return None
    sentence = _("%(name)s asked us to leave no voicemail.")
    return Conflict(PreferenceKind.NO_VOICEMAIL, sentence % {"name": _name(customer)})


def _name(customer: Customer) -> str:
    return customer.form_of_address or customer.name or _("The customer")


def _channel(value: str) -> str:
    return str(ContactChannel(value).label) if value in ContactChannel.values else value


def _spans(held: Iterable[Preference]) -> list[quiet.Span]:
    hours = (one.value for one in held if one.kind == PreferenceKind.QUIET_HOURS)
    return [span for value in hours for span in _read(value)]


def _read(value: str) -> Sequence[quiet.Span]:
    """The spans of a stored value; what nobody can read any more forbids nothing."""
    try:
        return quiet.read(value)
    except quiet.BadQuiet:
        return ()


def _say_hours(spans: Iterable[quiet.Span]) -> str:
    return pgettext("between the items of a list", ", ").join(map(_say_span, spans))


def _say_span(span: quiet.Span) -> str:
    values = {"start": quiet.clock(span.start), "end": quiet.clock(span.end)}
    if span.days == quiet.WEEK:
        return _("between %(start)s and %(end)s") % values
    names = pgettext("between the items of a list", ", ").join(
        str(dates.WEEKDAYS[day]) for day in span.days
    )
    return _("between %(start)s and %(end)s on %(days)s") % (values | {"days": names})


def _normal_hours(value: str) -> str:
    try:
        normal = quiet.write(quiet.read(value))
    except quiet.BadQuiet as error:
        raise ValidationError(str(error)) from error
    if len(normal) > MAX_VALUE:
        raise ValidationError(_("These are too many spans. Note them one by one."))
    return normal


def _one_of(value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise ValidationError(
            _("“%(value)s” is not possible here. Use one of: %(known)s."),
            params={"value": value[:40], "known": ", ".join(known)},
        )
    return value
