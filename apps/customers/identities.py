"""Normal forms of the addresses that customers are known by."""

from __future__ import annotations

import unicodedata

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from apps.customers.enums import IdentityKind

MAX_LENGTH = 320


def normalise(kind: str, value: str) -> str:
    """Return the one spelling under which an address is stored.

    Email addresses become lower case, phone and fax numbers E.164 (read with the site's
    region when they carry no country code). Raises ValidationError with what to do.
    """
    cleaned = unicodedata.normalize("NFKC", value).strip()
    if not cleaned or len(cleaned) > MAX_LENGTH or not cleaned.isprintable():
        raise ValidationError(_("Give an address of at most 320 printable characters."))
    match kind:
        case IdentityKind.EMAIL:
            return _email(cleaned)
        case IdentityKind.PHONE | IdentityKind.FAX:
            return _number(cleaned)
        case IdentityKind.BBS | IdentityKind.EXTERNAL:
            return cleaned
    raise ValidationError(
        _("“%(kind)s” is no kind of identity. Use one of: %(kinds)s."),
        params={"kind": kind, "kinds": ", ".join(IdentityKind.values)},
    )


def normalise_received(kind: str, value: str) -> str:
    """The normal form of an address that a channel has received from, "" for none at all.

    More lenient than ``normalise``: whoever could write to us is known by what they wrote
    from, such as an address without a dot in its domain.
    """
    try:
        return normalise(kind, value)
    except ValidationError:
        cleaned = unicodedata.normalize("NFKC", value).strip()
        usable = 0 < len(cleaned) <= MAX_LENGTH and cleaned.isprintable()
        return cleaned.lower() if usable else ""


def parse(text: str) -> tuple[str, str]:
    """Split ``kind:value`` and normalise it; raises ValidationError."""
    kind, separator, value = text.partition(":")
    if not separator:
        raise ValidationError(
            _("Write an identity as kind:value, for example email:ana@example.org.")
        )
    return kind, normalise(kind, value)


def mask(kind: str, value: str) -> str:
    """A hint of an address that tells a reader without the right nothing to use."""
    match kind:
        case IdentityKind.EMAIL:
            local, _at, _domain = value.partition("@")
            return f"{local[:1]}•••@•••"
        case IdentityKind.PHONE | IdentityKind.FAX:
            return f"•••{value[-2:]}"
    return f"{value[:1]}•••"


def _email(value: str) -> str:
    """Lower case, the domain in the ASCII form that mail itself carries (RFC 5890)."""
    message = _("“%(value)s” is no email address. Write it as name@domain.")
    EmailValidator(message=message)(value)
    local, _at, domain = value.lower().rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise ValidationError(message, params={"value": value}) from error


def _number(value: str) -> str:
    try:
        number = phonenumbers.parse(value, settings.PHONE_REGION)
    except phonenumbers.NumberParseException as error:
        raise _not_a_number(value) from error
    if not phonenumbers.is_possible_number(number):
        raise _not_a_number(value)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _not_a_number(value: str) -> ValidationError:
    return ValidationError(
        _("“%(value)s” is no phone number. Write it with country code, as +86 138 0013 8000."),
        params={"value": value},
    )
