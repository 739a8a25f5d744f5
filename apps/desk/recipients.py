"""By which channel and to whom an answer goes when the agent says nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from apps.accounts.models import User
from apps.cases.enums import Direction
from apps.cases.models import Case, Interaction, Participant
from apps.channels import addressing, registry
from apps.channels.driver import Party
from apps.customers.identities import mask
from apps.customers.models import Customer
from apps.desk import ending
from apps.desk.forms.composing import ReplyForm


def reply_channel(case: Case) -> str:
    """The case's own channel where it can send, else the first one that can."""
    route = getattr(case, "route", None)
    own: str = route.account.channel if route else case.channel
    if registry.has(own):
        return own
    return next((driver.slug for driver in registry.all_drivers()), own)


def knows_customer(user: User, case: Case) -> bool:
    """Whether a reader of the case may read its customer's addresses; mostly without a query."""
    if case.reveals_customer:
        return True
    return Customer.objects.identities_visible_to(user).filter(pk=case.customer_id).exists()


def addresses(customer: Customer, *, known: bool) -> list[tuple[str, str, str]]:
    """Kind and value of each address, and why nothing arrives there; masked where need be."""
    return [
        (one.kind, one.value, one.bad_reason if one.bad_since else "")
        if known
        else (one.kind, mask(one.kind, one.value), "")
        for one in customer.identities.all()
    ]


def first_reply(
    case: Case,
    shown: Sequence[Interaction],
    seats: Iterable[Participant],
    *,
    known: bool,
    to_all: bool = False,
) -> ReplyForm:
    """An empty answer to the customer's last address, with a copy to those who take part.

    ``shown`` are the interactions on the page, newest first. Who may not read the customer's
    addresses (``known``) is offered only one that we wrote to in this case before. ``to_all``
    adds whoever else the customer's last message went to.
    """
    channel = reply_channel(case)
    initial: dict[str, object] = {
        "seen": shown[0].pk if shown else 0,
        "ended": ending.mark(case),
    }
    if registry.has(channel):
        kind = registry.get(channel).identity_kind
        seats = list(seats)
        copies = [seat.value for seat in seats if seat.kind == kind]
        copies += others(case, shown, seats, channel) if to_all else []
        to = _last_address(case, kind, shown) if known else _written_to(kind, shown)
        initial |= {
            "to": to,
            "cc": ", ".join(dict.fromkeys(one for one in copies if one not in to.split(", "))),
        }
    return ReplyForm(initial=initial)


def others(
    case: Case, shown: Iterable[Interaction], seats: Iterable[Participant], channel: str
) -> list[str]:
    """Who else the newest message of a party went to, without ourselves.

    A party is the customer or who takes part. What somebody else wrote stands in the case, too,
    after a merge or a question to a third: whom they copied has no part in it. Nor does what a
    machine sent end a conversation among people.
    """
    parties = {one.value for one in case.customer.identities.all()}
    parties |= {seat.value for seat in seats}
    last = next((one for one in shown if _said_by(parties, one)), None)
    if last is None:
        return []
    named = [*last.recipients, *last.copies]
    read = [Party(one["kind"], one["value"]) for one in named if one["value"]]
    only_us = len(read) < 2 and not last.copies  # spares most pages a query
    left = [] if only_us else addressing.without_ours(read, channel)
    return [party.value for party in left if party.value != last.sender_value]


def _said_by(parties: Collection[str], said: Interaction) -> bool:
    """Whether one of them wrote this themselves, for everybody in the case."""
    theirs = said.direction == Direction.INBOUND and not said.is_internal and not said.automatic
    return theirs and said.sender_value in parties


def _written_to(kind: str, shown: Iterable[Interaction]) -> str:
    parties = (party for said in shown for party in said.recipients)
    return next((party["value"] for party in parties if party.get("kind") == kind), "")


def _last_address(case: Case, kind: str, shown: Iterable[Interaction]) -> str:
    """The address they wrote from last, or where they then wanted answers (RFC 5322, 3.6.2).

    Asked of the database only if no page shows it.
    """
    known = {one.value for one in case.customer.identities.all() if one.kind == kind}
    for said in shown:
        if said.direction == Direction.INBOUND and said.sender_value in known:
            return ", ".join(one["value"] for one in said.reply_to) or said.sender_value
    if not known:
        return ""
    customer = addressing.customers_address(case, kind, known=True)
    return customer.value if customer else ""
