"""Which addresses of its customer a case may say to whoever reads it."""

from __future__ import annotations

from apps.cases.enums import Direction
from apps.cases.models import Case


def open_addresses(case: Case) -> list[tuple[str, str]]:
    """Addresses of a case's customer as (kind, value), the oldest first.

    Where the case was opened by somebody who might not read them, only those that were spoken
    from or written to in it: naming one address of a customer must not open the others.
    """
    addresses = case.customer.addresses()
    if case.reveals_customer:
        return addresses
    used = _used(case)
    return [one for one in addresses if one in used]


def spoken_from(case: Case) -> set[tuple[str, str]]:
    """Addresses (kind, value) from which somebody outside spoke in a case."""
    said = case.interactions.filter(direction=Direction.INBOUND)
    return set(said.values_list("sender_kind", "sender_value").distinct())


def _used(case: Case) -> set[tuple[str, str]]:
    sent = case.interactions.filter(direction=Direction.OUTBOUND)
    parties = (
        party
        for named in sent.values_list("recipients", "copies")
        for party in (*named[0], *named[1])
    )
    return spoken_from(case) | {(party["kind"], party["value"]) for party in parties}
