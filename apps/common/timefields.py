"""Times that people type into forms, on the wall clock of the current zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _


class LaterField(forms.DateTimeField):
    """A time on the reader's clock; in the night when it changes, a sentence proposes another."""

    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone" or not error.params:
                raise
            raise ValidationError(_explain(error.params["datetime"])) from error


def moment_input() -> forms.DateTimeInput:
    """The browser's own chooser of a day and a time."""
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def _explain(wanted: datetime) -> str:
    zone = timezone.get_current_timezone()
    there = wanted.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    if there != wanted:
        words = _("The clocks go forward then: there is no %(time)s. Choose %(other)s.")
        other = there
    else:
        words = _("The clocks go back then: %(time)s comes twice. Choose %(other)s.")
        other = wanted + timedelta(hours=1)
    return words % {"time": f"{wanted:%H:%M}", "other": f"{other:%Y-%m-%d %H:%M}"}
