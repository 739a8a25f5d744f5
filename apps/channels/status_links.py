"""Where customers follow their request: whoever has such pages registers how to reach them.

Texts hold the plain address of a request, which lets nobody in. Only what leaves for the
customer alone gets a signed link in its place, so that neither the timeline, the search, the
API, a copy nor a forwarded message ever holds one. The help centre registers in
``AppConfig.ready``::

    status_links.register(address=entering.address_of, sign=entering.sign)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from apps.customers.models import Identity

if TYPE_CHECKING:
    from apps.cases.models import Case, Interaction

type Address = Callable[[Case], str]
type Sign = Callable[[Case, datetime], str]

_pages: list[tuple[Address, Sign]] = []


def register(*, address: Address, sign: Sign) -> None:
    """Say where a request is followed: by everybody, and by whom a mail of this time reaches."""
    _pages[:] = [(address, sign)]


def address_of(case: Case) -> str:
    """The plain address of a request; empty where nobody has such pages."""
    return _pages[0][0](case) if _pages else ""


def line(case: Case) -> str:
    """A sentence for a message to the customer, in the language that is active now."""
    plain = address_of(case)
    return _("You can follow your request here: %(address)s") % {"address": plain} if plain else ""


def personal(interaction: Interaction, text: str, *, at: datetime) -> str:
    """The text with signed links in the place of the request's plain address.

    Unchanged unless it goes to the case's own customer and to nobody else. ``at`` is when the
    message was made, so that every attempt says the same.
    """
    case = interaction.case
    plain = address_of(case)
    if not plain or plain not in text or not _is_for_customer_alone(interaction):
        return text
    signed = _pages[0][1](case, at)
    return re.sub(re.escape(plain) + r"(?![\w/?#-])", lambda _match: signed, text)


def _is_for_customer_alone(interaction: Interaction) -> bool:
    parties = [*interaction.recipients, *interaction.copies]
    if interaction.is_internal or not parties:
        return False
    own = set(
        Identity.objects.filter(customer=interaction.case.customer_id).values_list("kind", "value")
    )
    return all((party["kind"], party["value"]) in own for party in parties)
