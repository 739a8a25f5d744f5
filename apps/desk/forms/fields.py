"""Fields of the desk's forms: lists of addresses, times on the reader's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import getaddresses
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils import timezone
from django.utils.translation import gettext as _

MAX_ADDRESSES = 50


class AddressListField(forms.CharField):
    """Email addresses, separated by commas or lines; names before ``<…>`` are allowed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 5000)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        return parse_addresses(text) if text else []


def parse_addresses(text: str) -> list[str]:
    """The addresses in normal form, each once; raises ValidationError naming the wrong one."""
    separated = text.replace("；", ",").replace(";", ",").replace("，", ",").replace("\n", ",")
    found: dict[str, None] = {}
    for name, address in getaddresses([part for part in separated.split(",") if part.strip()]):
        EmailValidator(message=_not_an_address(address or name or text))(address)
        found[address.lower()] = None
    if len(found) > MAX_ADDRESSES:
        raise ValidationError(
            _("At most %(count)d addresses can be written to at once."),
            params={"count": MAX_ADDRESSES},
        )
    return list(found)


def _not_an_address(text: str) -> str:
    return _("“%(value)s” is no email address. Write it as name@domain.") % {"value": text[:80]}


class LaterField(forms.DateTimeField):
    """A time on the reader's clock; in the night when it changes, a sentence proposes another."""

    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone" or not error.params:
                raise
            raise ValidationError(_explain(error.params["datetime"])) from error


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
