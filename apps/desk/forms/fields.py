"""Fields of the desk's forms: lists of addresses, times on the reader's clock."""

from __future__ import annotations

from email.utils import getaddresses
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from apps.common.timefields import LaterField

__all__ = ["AddressListField", "LaterField", "parse_addresses"]
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
