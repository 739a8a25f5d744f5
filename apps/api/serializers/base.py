"""What all shapes share: strict input, UTC, and the shape of a problem."""

from __future__ import annotations

import unicodedata
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers


class Strict(serializers.Serializer[Any]):
    """Input that is refused when it names a field that cannot be written."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise serializers.ValidationError(
                {
                    _printable(str(name)[:100]): [
                        _("This field does not exist or cannot be written.")
                    ]
                    for name in unknown
                }
            )
        return super().to_internal_value(data)


def _printable(name: str) -> str:
    """A name as it can be written in an answer, whatever its characters."""
    return name.encode("utf-8", "backslashreplace").decode()


class Line(serializers.CharField):
    """One line of text: line breaks and other control characters are refused."""

    default_error_messages = {
        "control": gettext_lazy("Write this in one line, without control characters."),
    }

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
            self.fail("control")
        return text


class NamedField(serializers.SlugRelatedField[Any]):
    """A thing given by its name; a text that can be no name names nothing."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str) and not data.isprintable():
            self.fail("does_not_exist", slug_name=self.slug_field, value=ascii(data)[:100])
        return super().to_internal_value(data)


class Prose(serializers.CharField):
    """Text that is kept as it is written, and is more than white space."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if isinstance(data, str) and not data.strip():
            self.fail("blank")
        return super().run_validation(data)


class Moment(serializers.DateTimeField):
    """A time that is always shown in UTC, whatever the reader's zone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


class GivenTime(serializers.DateTimeField):
    """A time as it was given, aware or not: in which zone it is meant is known later.

    A time as early or late as calendars go has no equal in other zones, and is refused.
    """

    default_error_messages = {
        "unreachable": gettext_lazy("That time is outside the years 2 to 9998."),
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        if not MINYEAR < value.year < MAXYEAR:
            self.fail("unreachable")
        return value


class Problem(serializers.Serializer[Any]):
    """Problem details (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="Sentences for each field of the request; “body” stands for the whole of it.",
    )
    owed = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="What must be settled before the case can close.",
    )
    proposal = serializers.JSONField(
        required=False, help_text="The nearest value that would be taken."
    )
