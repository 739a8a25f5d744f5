"""How people write senders: an address, or a domain with all that belongs to it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def clean_sender(typed: str) -> str:
    """The address or domain in the form in which rules keep it. Raises ValidationError."""
    value = typed.strip().lower()
    domain = value.rpartition("@")[2]
    if "." not in domain or any(char.isspace() for char in value):
        raise ValidationError(_("Write an address or a domain, such as example.org."))
    return value if value.partition("@")[0] else domain
