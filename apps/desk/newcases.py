"""Opening a case for a customer, with its first word."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User
from apps.cases import domain as cases
from apps.cases.models import Interaction
from apps.channels import domain as channels
from apps.channels import registry
from apps.customers import domain as customers
from apps.desk.composing import record_inbound
from apps.desk.submissions import once


def start_case(*, actor: User, values: dict[str, Any]) -> Interaction | None:
    """Open a case owned by the actor and send or record its first word, once for each press.

    Where a driver stands behind the channel the text goes out to the customer; elsewhere it
    is what the customer said. Raises CaseError, ChannelError or ValidationError; then
    nothing has come to be.
    """

    def act() -> Interaction:
        customer = customers.find_or_create(
            kind=values["address_kind"], value=values["address"], name=values["name"]
        )
        case = cases.open_case(
            customer=customer,
            channel=values["channel"],
            subject=values["subject"],
            kind=values["kind"],
            team=values["team"],
            owner=actor,
            actor=actor,
        )
        said = {"case_id": case.pk, "actor": actor, "channel": values["channel"]}
        if registry.has(values["channel"]):
            return channels.reply(**said, text=values["text"], to=[values["address"]])
        return record_inbound(**said, text=values["text"])

    return once(user=actor, key=values["key"], act=act)
