"""By which channel and to whom an answer goes when the agent says nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from apps.cases.enums import Direction
from apps.cases.models import Case, Interaction, Participant
from apps.channels import addressing, registry
from apps.desk.forms.composing import ReplyForm


def reply_channel(case: Case) -> str:
    """The case's own channel where it can send, else the first one that can."""
    route = getattr(case, "route", None)
    own: str = route.account.channel if route else case.channel
    if registry.has(own):
        return own
    return next((driver.slug for driver in registry.all_drivers()), own)


def first_reply(
    case: Case, shown: Sequence[Interaction], seats: Iterable[Participant]
) -> ReplyForm:
    """An empty answer to the customer's last address, with a copy to those who take part.

    ``shown`` are the interactions on the page, newest first.
    """
    channel = reply_channel(case)
    initial: dict[str, object] = {"seen": shown[0].pk if shown else 0}
    if registry.has(channel):
        kind = registry.get(channel).identity_kind
        copies = ", ".join(seat.value for seat in seats if seat.kind == kind)
        initial |= {"to": _last_address(case, kind, shown), "cc": copies}
    return ReplyForm(initial=initial)


def _last_address(case: Case, kind: str, shown: Iterable[Interaction]) -> str:
    """The address they wrote from last; asked of the database only if no page shows it."""
    known = {one.value for one in case.customer.identities.all() if one.kind == kind}
    for said in shown:
        if said.direction == Direction.INBOUND and said.sender_value in known:
            return said.sender_value
    if not known:
        return ""
    customer = addressing.customers_address(case, kind)
    return customer.value if customer else ""
