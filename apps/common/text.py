"""Small helpers for texts as pages show them: language of a run, spans of time, excerpts."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ebef]")
CHINESE = "zh-Hans"
_IN_CHINESE = mark_safe(' lang="zh-Hans"')
_NOTHING = mark_safe("")


def is_chinese(text: str) -> bool:
    """Whether a run of text holds Chinese characters."""
    return HAN.search(text) is not None


def lang_attribute(text: str) -> SafeString:
    """`` lang="zh-Hans"`` for Chinese text on a page that is not Chinese itself, else nothing."""
    if (get_language() or "").startswith("zh") or not is_chinese(text):
        return _NOTHING
    return _IN_CHINESE


def run(text: str) -> SafeString:
    """The text, escaped; as a ``span`` with its language when that differs from the page's."""
    attribute = lang_attribute(text)
    return (
        format_html("<span{}>{}</span>", attribute, text) if attribute else format_html("{}", text)
    )


def short_span(span: timedelta) -> str:
    """A length of time in one unit, as lists show it: 18 min, 2 h, 3 d. Never negative."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 1:
        return _("now")
    if minutes < 60:
        return _("%(count)d min") % {"count": minutes}
    if minutes < 48 * 60:
        return _("%(count)d h") % {"count": minutes // 60}
    return ngettext("%(count)d d", "%(count)d d", minutes // 1440) % {"count": minutes // 1440}


def iso_minute(at: datetime) -> str:
    """A time in UTC for a ``datetime`` attribute, to the minute."""
    return f"{at:%Y-%m-%dT%H:%MZ}"


def excerpt(text: str, length: int) -> str:
    """At most ``length`` characters on one line."""
    words = " ".join(text[: length * 2].split())
    return words if len(words) <= length else f"{words[: length - 1].rstrip()}…"


def initial(name: str) -> str:
    """The character that stands for a person in a round mark."""
    cleaned = name.strip()
    if not cleaned:
        return "?"
    return cleaned[-1] if is_chinese(cleaned) and len(cleaned) == 2 else cleaned[0].upper()


def local_time(at: datetime, *, now: datetime | None = None) -> str:
    """A moment in the zone that is active: the time alone today, else with its day."""
    local, today = timezone.localtime(at), timezone.localtime(now or timezone.now())
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return dated_time(at, now=now)


def dated_time(at: datetime, *, now: datetime | None = None) -> str:
    """A moment in the zone that is active, with its day: for what may be read on another day."""
    local = timezone.localtime(at)
    pattern = pgettext("format of a date", "l j F")
    if local.year != timezone.localtime(now or timezone.now()).year:
        pattern = pgettext("format of a date", "j F Y")
    return day_and_time(formats.date_format(local, pattern), f"{local:%H:%M}")


def zoned_time(at: datetime, zone: str) -> str:
    """A moment on the clock of a zone, which is named where the active one shows another time."""
    local = timezone.localtime(at)
    with timezone.override(zone or timezone.get_current_timezone()):
        if timezone.localtime(at).utcoffset() == local.utcoffset():
            return local_time(at)
        return f"{local_time(at)} ({zone})"


def day_and_time(day: str, clock: str) -> str:
    """A written day and a time of it: Friday 27 November, 02:00."""
    pattern = pgettext("a written day and a time of it", "%(day)s, %(time)s")
    return pattern % {"day": day, "time": clock}


def between_words(name: str) -> str:
    """A name as it stands in a sentence without blanks: Chinese sets half-width words apart."""
    if not (get_language() or "").startswith("zh"):
        return name
    before = " " if name[:1] and not is_chinese(name[0]) else ""
    after = " " if name[-1:] and not is_chinese(name[-1]) else ""
    return f"{before}{name}{after}"


def short_time(at: datetime, *, now: datetime | None = None) -> str:
    """A moment in the zone that is active, as narrow places show it: 09:10, or the day alone."""
    local, today = timezone.localtime(at), timezone.localtime(now or timezone.now())
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return formats.date_format(local, pgettext("format of a short date", "j M"))
