"""What an account is told beside its servers: words under fixed names, checked when set."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from apps.channels.driver import BadSetting
from apps.common.business_time import Schedule
from apps.common.hours import BadDays, BadHours, parse_days, parse_hours
from apps.common.moments import NoSuchZone, read_zone

if TYPE_CHECKING:
    from apps.channels.models import Account

YES, NO = ("1", "yes", "true", "on"), ("0", "no", "false", "off")
DEFAULT_REOPEN_DAYS = 14
MAX_SUBJECT_MARK = 50


def reopen_days(account: Account) -> int:
    """So long a closed case is taken up again."""
    value = str(account.options.get("reopen_days", ""))
    return int(value) if value.isdecimal() else DEFAULT_REOPEN_DAYS


def acknowledges(account: Account) -> bool:
    """Whether a new case is answered with a receipt by itself; not unless switched on."""
    return str(account.options.get("acknowledge")) == "1"


def hours_of(account: Account) -> Schedule:
    """When people answer; always where nothing is set, or nothing that can be read."""
    zone = str(account.options.get("timezone") or settings.TIME_ZONE)
    try:
        closed = str(account.options.get("closed_days", ""))
        return parse_hours(str(account.options.get("hours", "")), zone, closed)
    except (BadHours, BadDays, zoneinfo.ZoneInfoNotFoundError):
        return parse_hours("", settings.TIME_ZONE)


def heeds_spam_marks(account: Account) -> bool:
    """Whether the marks of a spam filter before us set a new case aside; unless switched off."""
    return str(account.options.get("spam_filter")) != "0"


def spam_subject(account: Account) -> str:
    """What the filter before us writes in front of subjects, lower case; "" for nothing."""
    return str(account.options.get("spam_subject", "")).strip().lower()


def clean_option(name: str, value: str) -> str:
    """The value as it is stored; raises BadSetting with what to write."""
    return CLEANERS[name](name, value.strip())


def read_switch(name: str, value: str) -> bool:
    """Read 1 or 0 and their like; raises BadSetting."""
    if value.lower() in YES:
        return True
    if value.lower() in NO:
        return False
    raise BadSetting(name, _("Write 1 or 0."))


def _switch(name: str, value: str) -> str:
    return "1" if read_switch(name, value) else "0"


def _days(name: str, value: str) -> str:
    if not value.isdecimal() or len(value) > 4:
        raise BadSetting(name, _("Write a number of days."))
    return value


def _hours(name: str, value: str) -> str:
    try:
        parse_hours(value, settings.TIME_ZONE)
    except BadHours as error:
        raise BadSetting(name, str(error)) from error
    return value


def _closed_days(name: str, value: str) -> str:
    try:
        parse_days(value)
    except BadDays as error:
        raise BadSetting(name, str(error)) from error
    return value


def _timezone(name: str, value: str) -> str:
    try:
        return value and read_zone(value).key
    except NoSuchZone as error:
        raise BadSetting(name, str(error)) from error


def _mark(name: str, value: str) -> str:
    if len(value) > MAX_SUBJECT_MARK:
        raise BadSetting(name, _("Write at most 50 characters."))
    return value


CLEANERS: dict[str, Callable[[str, str], str]] = {
    "reopen_days": _days,
    "acknowledge": _switch,
    "hours": _hours,
    "closed_days": _closed_days,
    "timezone": _timezone,
    "spam_filter": _switch,
    "spam_subject": _mark,
}
