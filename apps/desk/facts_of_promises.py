"""One-line facts of what is asked behind the scenes and when something works again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.cases.enums import EventKind
from apps.common.text import local_time
from apps.desk.names import in_bold

ICONS: dict[str, str] = {
    EventKind.INQUIRY_MADE: "message-question",
    EventKind.INQUIRY_ANSWERED: "message-question",
    EventKind.ESTIMATE_CHANGED: "clock-check",
}


def _asked(who: SafeString, data: dict[str, Any]) -> SafeString:
    sentence = _("{who} asked {whom}, for an answer <b>by {time}</b>")
    return format_html(sentence, who=who, whom=_whom(data), time=_time(data.get("due_at")))


def _answered(_who: SafeString, data: dict[str, Any]) -> SafeString:
    return format_html(_("{whom} answered"), whom=_whom(data))


def _estimated(who: SafeString, data: dict[str, Any]) -> SafeString:
    if data.get("told"):
        sentence = _("Expected to work again <b>by {time}</b>: the customer is told")
    else:
        sentence = _("Expected to work again <b>by {time}</b>: no message could go to the customer")
    return format_html(sentence, who=who, time=_time(data.get("restored_at")))


TOLD: dict[str, Callable[[SafeString, dict[str, Any]], SafeString]] = {
    EventKind.INQUIRY_MADE: _asked,
    EventKind.INQUIRY_ANSWERED: _answered,
    EventKind.ESTIMATE_CHANGED: _estimated,
}


def _whom(data: dict[str, Any]) -> SafeString:
    return in_bold(data.get("asked") or _("somebody behind the scenes"))


def _time(iso: object) -> str:
    return local_time(datetime.fromisoformat(iso)) if isinstance(iso, str) else "?"
