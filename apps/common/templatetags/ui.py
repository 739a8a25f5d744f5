"""Tags of every page: icons, languages of runs, spans of time, the theme."""

from __future__ import annotations

import zlib
from datetime import date, datetime

from django import template
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext

from apps.common import text as texts
from apps.common.icons import icon_markup
from apps.common.unsent import words_in

register = template.Library()
THEMES = ("light", "dark")


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """An icon of the sprite; it says nothing to a screen reader."""
    return icon_markup(name, classes)


@register.simple_tag(takes_context=True)
def theme_attribute(context: template.Context) -> SafeString:
    """`` data-theme="…"`` when this browser or this person chose one."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return mark_safe("")
    chosen = request.COOKIES.get("theme") or getattr(getattr(request, "user", None), "theme", "")
    return format_html(' data-theme="{}"', chosen) if chosen in THEMES else mark_safe("")


@register.simple_tag(takes_context=True)
def unsent_words(context: template.Context) -> list[str]:
    """What the person wrote in the form that this page answers."""
    request: HttpRequest | None = context.get("request")
    return words_in(request.POST) if request is not None else []


@register.filter
def lang(text: object) -> SafeString:
    """The ``lang`` attribute of a run of text, with a space before it, or nothing."""
    return texts.lang_attribute(str(text))


@register.filter
def run(text: object) -> SafeString:
    """The text, in a span of its own language where that differs from the page's."""
    return texts.run(str(text))


@register.filter
def ago(at: datetime) -> str:
    """How long ago, in one unit."""
    return texts.short_span(timezone.now() - at)


@register.filter
def when(at: datetime) -> str:
    """A date and time in the reader's zone, in full."""
    return date_format(timezone.localtime(at), pgettext("date and time", "j M Y, H:i"))


@register.filter
def step_time(at: datetime) -> str:
    """A day and a time in few characters, the year left out."""
    return date_format(timezone.localtime(at), pgettext("day and time in short", "j M, H:i"))


@register.filter
def day(on: date) -> str:
    """A day as a heading: today and yesterday by name."""
    label = date_format(on, pgettext("day in a conversation", "l j F Y"))
    passed = (timezone.localdate() - on).days
    if passed == 0:
        return gettext("Today, %(day)s") % {"day": label}
    return gettext("Yesterday, %(day)s") % {"day": label} if passed == 1 else label


@register.filter
def initial(name: object) -> str:
    """The character that stands for a person."""
    return texts.initial(str(name))


@register.filter
def tint(name: object) -> str:
    """One of the seven tints of a person's mark, always the same for the same name."""
    return f"a{zlib.crc32(str(name).encode()) % 7 + 1}"


@register.simple_tag
def page_lang() -> str:
    """The page's own language as an HTML language tag."""
    language = get_language() or ""
    return texts.CHINESE if language.startswith("zh") else language or "en"
