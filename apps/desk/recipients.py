"""By which channel and to whom an answer goes when the agent says nothing else."""

from __future__ import annotations

from apps.cases.models import Case
from apps.channels import addressing, registry
from apps.desk.forms.composing import ReplyForm


def reply_channel(case: Case) -> str:
    """The case's own channel where it can send, else the first one that can."""
    own = addressing.channel_of(case)
    if registry.has(own):
        return own
    return next((driver.slug for driver in registry.all_drivers()), own)


def first_reply(case: Case, seen: int) -> ReplyForm:
    """An empty answer to the customer's last address, with a copy to those who take part."""
    channel = reply_channel(case)
    initial: dict[str, object] = {"seen": seen}
    if registry.has(channel):
        kind = registry.get(channel).identity_kind
        customer = addressing.customers_address(case, kind)
        seats = case.participants.filter(kind=kind).values_list("value", flat=True)
        initial |= {"to": customer.value if customer else "", "cc": ", ".join(seats)}
    return ReplyForm(initial=initial)
