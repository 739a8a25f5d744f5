"""Times that people type into forms, on the wall clock of the current zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _


class LaterField(forms.DateTimeField):
    """A time on the reader's clock; in the night when it changes, a sentence proposes another.

    Of a time that the clock shows twice the first is meant, which ``note`` tells; with
    ``refuses_twice`` such a time is refused as well.
    """

    def __init__(self, *, refuses_twice: bool = False, **kwargs: Any) -> None:
        self.refuses_twice = refuses_twice
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone" or not error.params:
                raise
            wanted = error.params["datetime"]
            if self.refuses_twice or _skipped(wanted):
                raise ValidationError(_explain(wanted)) from error
            return timezone.make_aware(wanted)

    def note(self, at: datetime) -> str:
        """A sentence about a time of this field that the clock shows twice, else nothing."""
        local = timezone.localtime(at)
        if local.fold or local.replace(fold=1).utcoffset() == local.utcoffset():
            return ""
        return _("The clock shows that time twice that night. The first one is meant.")


def moment_input() -> forms.DateTimeInput:
    """The browser's own chooser of a day and a time."""
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def _skipped(wanted: datetime) -> datetime | None:
    """The time that the clock shows instead of one that it skips."""
    zone = timezone.get_current_timezone()
    there = wanted.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    return there if there != wanted else None


def _explain(wanted: datetime) -> str:
    if other := _skipped(wanted):
        words = _("The clocks go forward then: there is no %(time)s. Choose %(other)s.")
    else:
        words = _("The clocks go back then: %(time)s comes twice. Choose %(other)s.")
        other = wanted + timedelta(hours=1)
    return words % {"time": f"{wanted:%H:%M}", "other": f"{other:%Y-%m-%d %H:%M}"}
