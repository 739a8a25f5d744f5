"""The address at which somebody without an account answers: a higher layer knows it.

Texts hold the plain address, which opens nothing; only the message to whoever is asked gets the
signed one in its place, so no colleague can answer in their name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from apps.customers.enums import IdentityKind
from apps.promises.models import Inquiry

if TYPE_CHECKING:
    from apps.cases.models import Interaction

type Maker = Callable[[Inquiry], str]

_makers: list[tuple[Maker, Maker]] = []


def register(*, plain: Maker, sign: Maker) -> None:
    """Say who makes the address of an inquiry: for texts, and for whoever is asked."""
    _makers[:] = [(plain, sign)]


def link_to(inquiry: Inquiry) -> str:
    """The whole plain address, empty where no pages for answers are installed."""
    return _makers[0][0](inquiry) if _makers else ""


def put_link(interaction: Interaction, text: str) -> str:
    """The text of a message that asks, with the signed address in the place of the plain one.

    Unchanged unless it goes to the one who is asked and to nobody else.
    """
    if not (_makers and interaction.is_internal):
        return text
    inquiry = Inquiry.objects.filter(promise__made_in=interaction).select_related("promise").first()
    if inquiry is None or not _is_for(inquiry, interaction):
        return text
    plain, sign = _makers[0]
    return text.replace(plain(inquiry), sign(inquiry))


def _is_for(inquiry: Inquiry, interaction: Interaction) -> bool:
    parties = [*interaction.recipients, *interaction.copies]
    asked = (IdentityKind.EMAIL, inquiry.address)
    return bool(parties) and all((one["kind"], one["value"]) == asked for one in parties)
