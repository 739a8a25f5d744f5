"""What a customer says on their page: words, "it works", "not yet"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from apps.cases import domain as cases
from apps.cases.domain import NewInteraction
from apps.cases.domain.events import locked, record
from apps.cases.enums import Channel, Direction, EventKind, Status
from apps.cases.errors import StillOwed
from apps.cases.files import StoredFile
from apps.cases.models import Case
from apps.channels import addressing, options
from apps.channels.models import CaseRoute
from apps.customers.enums import IdentityKind
from apps.helpcentre.domain.entering import Visitor
from apps.helpcentre.errors import NotYours
from apps.helpcentre.models import Press

KEPT = timedelta(days=2)


@transaction.atomic
def write(
    *,
    visitor: Visitor,
    case_id: int,
    text: str,
    key: str,
    attachments: Sequence[StoredFile] = (),
) -> tuple[Case, bool]:
    """Put the customer's words on record; an ended request is taken up again.

    One that was closed too long ago stays closed and a linked one begins. The same key again
    changes nothing. Returns the case in which the words stand, and whether they are new there.
    Raises NotYours.
    """
    case = _own(visitor, case_id)
    press, created = Press.objects.get_or_create(case=case, key=key)
    if not created:
        said = press.interaction
        return (said.case if said else case), False
    place = case if not _is_too_old(case) else _begin_anew(case)
    press.interaction = cases.record_interaction(case=place, new=_words(place, text, attachments))
    press.save(update_fields=["interaction"])
    return place, True


@transaction.atomic
def confirm(*, visitor: Visitor, case_id: int) -> list[str]:
    """Take the customer's own "it works", which closes the request, offered as solved or not.

    Returns what is still owed: then their word is on record, its owner is told, and the request
    stays open until that is done. Confirming twice changes nothing. Raises NotYours.
    """
    case = _own(visitor, case_id)
    if case.status == Status.CLOSED:
        return []
    try:
        cases.confirm_case(case_id=case.pk)
    except StillOwed as owed:
        if not _said_so_already(case):
            record(case, EventKind.CASE_CONFIRMED)
        return owed.owed
    return []


def forget_old(*, at: datetime) -> None:
    Press.objects.filter(at__lte=at - KEPT).delete()


def _own(visitor: Visitor, case_id: int) -> Case:
    case = locked(case_id)
    if case.customer_id != visitor.customer.pk:
        raise NotYours
    return case


def _said_so_already(case: Case) -> bool:
    """Whether their word still holds: since the solution was offered, else since the last one
    turned out to be none.
    """
    turns = (EventKind.CASE_CONFIRMED, EventKind.CASE_RESOLVED, EventKind.CASE_REOPENED)
    last = case.events.filter(kind__in=turns).order_by("-pk").values_list("kind", flat=True)
    return last.first() == EventKind.CASE_CONFIRMED


def _is_too_old(case: Case) -> bool:
    """Whether so much time has passed since the end that another matter begins."""
    if case.status != Status.CLOSED or case.closed_at is None:
        return False
    route = CaseRoute.objects.select_related("account").filter(case=case).first()
    days = options.reopen_days(route.account) if route else options.DEFAULT_REOPEN_DAYS
    return timezone.now() - case.closed_at > timedelta(days=days)


def _begin_anew(case: Case) -> Case:
    new = cases.open_case(
        customer=case.customer,
        channel=Channel.WEB,
        subject=case.subject,
        kind=case.kind,
        team=case.team,
        previous=case,
    )
    route = CaseRoute.objects.filter(case=case).first()
    if route is not None:
        CaseRoute.objects.create(case=new, account_id=route.account_id)
    return new


def _words(case: Case, text: str, attachments: Sequence[StoredFile]) -> NewInteraction:
    party = addressing.customers_address(case, IdentityKind.EMAIL, known=True)
    known = [(party.kind, party.value)] if party else case.customer.addresses()
    kind, value = known[0] if known else ("", "")
    return NewInteraction(
        channel=Channel.WEB,
        direction=Direction.INBOUND,
        sender_kind=kind,
        sender_value=value,
        sender_name=case.customer.name,
        text=text,
        attachments=attachments,
    )
