"""Fields of the desk's forms: lists of addresses, times on the reader's clock."""

from __future__ import annotations

import re
from email.utils import getaddresses
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from apps.common.timefields import LaterField

__all__ = ["AddressListField", "LaterField", "parse_addresses"]
MAX_ADDRESSES = 50
_ENTRY = re.compile(r'(?:"[^"]*"|[^,])+')  # a comma inside of a quoted name separates nothing


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
    for part in filter(None, map(str.strip, _ENTRY.findall(separated))):
        for _name, address in getaddresses([part]) or [("", "")]:
            EmailValidator(message=_not_an_address(part))(address)
            found[address.lower()] = None
    if len(found) > MAX_ADDRESSES:
        raise ValidationError(
            _("At most %(count)d addresses can be written to at once."),
            params={"count": MAX_ADDRESSES},
        )
    return list(found)


def _not_an_address(entry: str) -> str:
    return _("“%(value)s” is no email address. Write it as name@domain. Your text is kept.") % {
        "value": entry[:80]
    }
