"""Telling customers of what happened to their case: short, in their language, by themselves."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.cases import domain as cases
from apps.cases.domain import NewInteraction
from apps.cases.domain.events import locked
from apps.cases.enums import Direction
from apps.cases.models import Case
from apps.channels import addressing, registry, status_links
from apps.channels.domain import restraint
from apps.channels.domain.outbox import Envelope, queue
from apps.channels.driver import Party
from apps.channels.errors import CannotTell, NoAccount
from apps.channels.models import Account

if TYPE_CHECKING:
    from apps.accounts.models import User

logger = logging.getLogger(__name__)

CLOSED, MERGED, HANDED_OVER, LINK = "closed", "merged", "handed_over", "link"
# Somebody who merges by mistake sees it at once, and undoes it before anybody was told.
SECOND_THOUGHTS = {MERGED: timedelta(minutes=1)}


def tell_customer(case: Case, what: str) -> None:
    """Queue a notice in the transaction of the change, or none where none is due.

    That of a merged case stands in the case in which it goes on. None goes to machines, to
    customers without an address on the case's channel, or to somebody who was sent one within
    the hour.
    """
    if what in _TEXTS and what != LINK:
        _tell(case, what)


@transaction.atomic
def send_status_link(*, case_id: int, actor: User) -> None:
    """Send the customer the link by which they follow their request; it moves no clock.

    Raises NotAllowed, AlreadyMerged, or CannotTell where none of our notices may go to them.
    """
    case = locked(case_id, actor)
    if not status_links.address_of(case) or not _tell(case, LINK):
        raise CannotTell


def _tell(case: Case, what: str) -> bool:
    """Queue a notice unless none is due; returns whether it is on its way."""
    channel = addressing.channel_of(case)
    if not registry.has(channel) or not _came_from_a_person(case):
        return False
    to = addressing.customers_address(case, registry.get(channel).identity_kind)
    if to is None or restraint.is_machine(to):
        return False
    try:
        account = addressing.account_for(case, channel)
    except NoAccount:
        logger.warning("nobody is told that %s is %s: no account", case.number, what)
        return False
    if not restraint.may_answer(to, at=timezone.now(), provoked=False):
        return False
    with translation.override(case.customer.language or settings.LANGUAGE_CODE):
        text = _text(case, what)
    wait = SECOND_THOUGHTS.get(what)
    _queue(case, account, to, what, text, held=timezone.now() + wait if wait else None)
    return True


def tell_in_words(case: Case, name: str, words: str, *, preferred: str = "") -> bool:
    """Queue a message by the portal itself, in the transaction of what it tells.

    It leaves on the ``preferred`` channel, else the case's own, else any on which the customer
    can be reached and something can leave. ``name`` says in the data why it was sent. Returns
    whether there was a way; machines are told nothing.
    """
    own = addressing.channel_of(case)
    for channel in dict.fromkeys([preferred, own, *registry.slugs()]):
        found = _way(case, channel)
        if found is not None:
            account, to = found
            with translation.override(case.customer.language or settings.LANGUAGE_CODE):
                text = _greeted(case, words)
            _queue(case, account, to, name, text)
            return True
    logger.warning("nobody is told of %s in %s: no way to its customer", name, case.number)
    return False


def _way(case: Case, channel: str) -> tuple[Account, Party] | None:
    """The account and the address by which a customer is reached on a channel, if both exist."""
    if not registry.has(channel):
        return None
    to = addressing.customers_address(case, registry.get(channel).identity_kind, known=True)
    if to is None or restraint.is_machine(to):
        return None
    try:
        account = addressing.account_for(case, channel)
    except NoAccount:
        return None
    return (account, to) if account.outgoing else None


def _queue(
    case: Case, account: Account, to: Party, what: str, text: str, *, held: datetime | None = None
) -> None:
    with translation.override(case.customer.language or settings.LANGUAGE_CODE):
        subject = restraint.harmless_subject(case.subject)
    name = restraint.harmless_name(to.name)
    new = NewInteraction(
        channel=account.channel,
        direction=Direction.OUTBOUND,
        recipients=[{"kind": to.kind, "value": to.value, "name": name}],
        subject=subject,
        text=text,
        automatic=f"notice_{what}",
    )
    interaction = cases.record_interaction(case=case.merged_into or case, new=new)
    queue(interaction, account, Envelope(automatic=True, held_until=held))


def _text(case: Case, what: str) -> str:
    return _greeted(case, _TEXTS[what](case))


def _greeted(case: Case, words: str) -> str:
    name = case.customer.form_of_address or restraint.harmless_name(case.customer.name)
    greeting = _("Dear %(name)s,") % {"name": name} if name else _("Hello,")
    parts = [greeting, words, status_links.line(case.merged_into or case)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _closed(case: Case) -> str:
    return _(
        "your case %(number)s is now closed. If anything is still open, just answer this"
        " message: we shall take it up again."
    ) % {"number": case.number}


def _merged(case: Case) -> str:
    return _(
        "we go on with your case %(number)s under the number %(into)s. You need do nothing:"
        " answers to our earlier messages reach us there, too."
    ) % {"number": case.number, "into": case.merged_number}


def _handed_over(case: Case) -> str:
    return _(
        "%(name)s takes care of your case %(number)s from now on, and knows what it is about."
        " Just answer this message if there is anything to add."
    ) % {"name": case.owner.name if case.owner else "", "number": case.number}


def _link(case: Case) -> str:
    return _(
        "here you see where your request %(number)s stands, write to us, and tell us whether it"
        " works."
    ) % {"number": case.number}


_TEXTS: dict[str, Callable[[Case], str]] = {
    CLOSED: _closed,
    MERGED: _merged,
    HANDED_OVER: _handed_over,
    LINK: _link,
}


def _came_from_a_person(case: Case) -> bool:
    return case.interactions.filter(direction=Direction.INBOUND, automatic="").exists()
