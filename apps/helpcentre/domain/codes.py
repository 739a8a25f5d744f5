"""One-time codes: asking is the same whatever was asked for, and the worker does the rest."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from apps.accounts import system_mail
from apps.cases.models import Case
from apps.channels import addressing
from apps.channels.domain import restraint
from apps.channels.driver import Party
from apps.customers.enums import IdentityKind
from apps.customers.models import Customer, Identity
from apps.helpcentre.domain.entering import Visitor, find_customer
from apps.helpcentre.errors import TooManyCodes, WrongCode
from apps.helpcentre.models import CodeRequest

logger = logging.getLogger(__name__)

LIFE = timedelta(minutes=15)
KEPT = timedelta(days=1)
WINDOW = timedelta(hours=1)
PER_ADDRESS, PER_PLACE = 6, 30
DIGITS = 8
MAX_REQUESTS = 50


def ask_for_code(
    *, number: str, kind: str, address: str, place: str, language: str = ""
) -> CodeRequest:
    """Note that somebody wants to follow a request, whether or not there is one.

    ``address`` is in normal form, ``place`` the network address. Raises TooManyCodes.
    """
    now = timezone.now()
    somewhere = _digest("place", place)[:40]
    lately = CodeRequest.objects.filter(asked_at__gt=now - WINDOW)
    for_address = lately.filter(kind=kind, address=address).count()
    from_place = lately.filter(place=somewhere).count()
    if for_address >= PER_ADDRESS or from_place >= PER_PLACE:
        raise TooManyCodes
    return CodeRequest.objects.create(
        number=number,
        kind=kind,
        address=address,
        place=somewhere,
        language=language,
        asked_at=now,
        expires_at=now + LIFE,
    )


def answer_code_requests() -> int:
    """Send a code to everybody who asked and is the customer; returns how many mails.

    Any number of workers may do so at once: whoever marks a request answers it. While no mail
    can leave, requests wait until they expire.
    """
    now = timezone.now()
    sent = 0
    waiting = CodeRequest.objects.unanswered().filter(expires_at__gt=now)
    for request in waiting[:MAX_REQUESTS]:
        try:
            sent += _answer(request, now)
        except system_mail.NoWay as error:
            logger.warning("codes for customers wait: %s", error)
            break
    return sent


def try_code(*, request_id: UUID, code: str) -> Visitor:
    """Let the customer in for whom this code was sent; works once.

    Five tries are all, whether or not anything was sent. Raises WrongCode.
    """
    rows = CodeRequest.objects.filter(pk=request_id)
    usable = rows.usable(at=timezone.now())
    counted = usable.update(tries=F("tries") + 1)  # first, so that many at once count as many
    request = rows.first()
    hashed = request.code_hash if request else ""
    right = constant_time_compare(hashed or "-", hash_code(request_id, code))
    if not (counted and right and request and request.customer_id):
        raise WrongCode
    if not rows.filter(used_at=None).update(used_at=timezone.now(), code_hash=""):
        raise WrongCode
    customer = find_customer(request.customer_id)
    if customer is None:
        raise WrongCode
    return Visitor(customer)


def hash_code(request_id: UUID, code: str) -> str:
    """What is kept of a code: bound to its request and to this installation."""
    digits = "".join(code.split())
    return _digest("code", f"{request_id}|{digits}")


def forget_old(*, at: datetime) -> None:
    CodeRequest.objects.filter(asked_at__lte=at - KEPT).delete()


@transaction.atomic
def _answer(request: CodeRequest, at: datetime) -> int:
    claimed = CodeRequest.objects.filter(pk=request.pk, answered_at=None).update(answered_at=at)
    found = _find_addressee(request) if claimed else None
    if found is None:
        return 0
    customer, to = found
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    CodeRequest.objects.filter(pk=request.pk).update(
        customer=customer, code_hash=hash_code(request.pk, code)
    )
    language = request.language or customer.language or settings.LANGUAGE_CODE
    with translation.override(language):
        system_mail.send(_compose(customer, to, code))
    return 1


def _find_addressee(request: CodeRequest) -> tuple[Customer, str] | None:
    """The customer who asked, and where their code goes; None where nothing is to be sent.

    A code goes to the address that was typed; for a number of a phone to the customer's mail.
    """
    case = Case.objects.by_number(request.number).select_related("customer").first()
    customer = find_customer(case.customer_id) if case else None
    if case is None or customer is None:
        return None
    known = customer.identities.filter(kind=request.kind, value=request.address)
    if not known.exists():
        return None
    if request.kind == IdentityKind.EMAIL:
        value = request.address
    else:
        party = addressing.customers_address(case, IdentityKind.EMAIL, known=True)
        value = party.value if party else ""
    return (customer, value) if _may_be_written_to(value) else None


def _digest(what: str, value: str) -> str:
    return salted_hmac(f"apps.helpcentre.{what}", value, algorithm="sha256").hexdigest()


def _may_be_written_to(value: str) -> bool:
    """Whether a person reads what is sent there, as far as we know."""
    to = Party(IdentityKind.EMAIL, value)
    if not value or restraint.is_machine(to) or restraint.is_ours(to, IdentityKind.EMAIL):
        return False
    bad = Identity.objects.filter(kind=to.kind, value=value, bad_since__isnull=False)
    return not bad.exists()


def _compose(customer: Customer, to: str, code: str) -> system_mail.Message:
    name = customer.form_of_address or customer.name
    greeting = _("Dear %(name)s,") % {"name": name} if name else _("Hello,")
    half = DIGITS // 2
    text = "\n\n".join(
        [
            greeting,
            _("this is your code to follow your request:"),
            f"{code[:half]} {code[half:]}",
            _("It works once, for %(minutes)d minutes, in the browser in which you asked for it.")
            % {"minutes": LIFE // timedelta(minutes=1)},
            _("If that was not you, do nothing: without the code nobody sees anything."),
        ]
    )
    return system_mail.Message(to, customer.name, _("Your code"), f"{text}\n")
