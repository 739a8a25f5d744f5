"""The receipt for a new case: short, in the customer's language, once an hour at most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.cases import domain as cases
from apps.cases.domain import NewInteraction
from apps.cases.enums import Direction
from apps.cases.models import Case
from apps.channels import options, status_links
from apps.channels.domain import restraint
from apps.channels.domain.outbox import Envelope, queue
from apps.channels.driver import Incoming, Party
from apps.channels.models import Account

ACKNOWLEDGEMENT = "acknowledgement"
# A mailbox that is read for the first time holds mail of years: nobody waits for receipts.
TOO_OLD = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Arrival:
    """The first message of a new case, as intake stored it."""

    case: Case
    incoming: Incoming
    sender: Party
    at: datetime


def acknowledge(account: Account, arrival: Arrival) -> bool:
    """Queue a receipt in the transaction that stored a new case; returns whether one is due.

    None goes to a machine, to an address of our own, for mail that is days old, or to
    somebody who was answered by ourselves within the hour.
    """
    if not (options.acknowledges(account) and account.outgoing):
        return False
    to = arrival.sender
    if arrival.incoming.automatic or not to.value or restraint.is_machine(to):
        return False
    written = arrival.incoming.occurred_at
    if written and timezone.now() - written > TOO_OLD:
        return False
    if restraint.is_ours(to, account.channel):
        return False
    if not restraint.may_answer(to, at=arrival.at):
        return False
    _queue(account, arrival)
    return True


def _queue(account: Account, arrival: Arrival) -> None:
    case, to = arrival.case, arrival.sender
    language = arrival.incoming.language or case.customer.language or settings.LANGUAGE_CODE
    with translation.override(language):
        text = _text(account, case, arrival.at)
        subject = restraint.harmless_subject(case.subject)
    signature = account.signature.strip()
    new = NewInteraction(
        channel=account.channel,
        direction=Direction.OUTBOUND,
        recipients=[{"kind": to.kind, "value": to.value, "name": restraint.harmless_name(to.name)}],
        subject=subject,
        text=f"{text}\n-- \n{signature}\n" if signature else text,
        text_folded=text,
        automatic=ACKNOWLEDGEMENT,
    )
    interaction = cases.record_interaction(case=case, new=new)
    queue(interaction, account, Envelope(automatic=True))


def _text(account: Account, case: Case, at: datetime) -> str:
    name = case.customer.form_of_address or restraint.harmless_name(case.customer.name)
    greeting = _("Dear %(name)s,") % {"name": name} if name else _("Hello,")
    received = _(
        "we have received your message and keep it as case %(number)s. To add something, just"
        " answer this message."
    ) % {"number": case.number}
    parts = [greeting, received, _when(account, at), status_links.line(case)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _when(account: Account, at: datetime) -> str:
    """When the customer may expect an answer."""
    hours = options.hours_of(account)
    opening = None if hours.is_open(at) else hours.next_opening(at)
    if opening is None:
        return _("A person reads it and answers you as soon as possible.")
    there = opening.astimezone(hours.zone)
    return _("We are closed just now and answer from %(day)s, %(time)s (%(zone)s).") % {
        "day": formats.date_format(there, pgettext("format of a date", "l j F")),
        "time": f"{there:%H:%M}",
        "zone": hours.zone.key,
    }
