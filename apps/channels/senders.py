"""How people write senders: an address, or a domain with all that belongs to it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.customers.enums import IdentityKind
from apps.customers.identities import normalise, normalise_received


def clean_sender(typed: str) -> str:
    """The address or domain in the form in which rules, and senders, are kept.

    Raises ValidationError.
    """
    local, _at, named = typed.strip().rpartition("@")
    reason = _("Write an address or a domain, such as example.org.")
    try:
        domain = normalise(IdentityKind.EMAIL, f"anybody@{named}").rpartition("@")[2]
    except ValidationError as error:
        raise ValidationError(reason) from error
    if "." not in domain or any(char.isspace() for char in local):
        raise ValidationError(reason)
    return normalise_received(IdentityKind.EMAIL, f"{local}@{domain}") if local else domain
