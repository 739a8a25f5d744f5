"""Through which account something leaves, and to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError

from apps.cases.addresses import open_addresses
from apps.cases.enums import Direction
from apps.cases.models import Case, Interaction
from apps.channels import tokens
from apps.channels.driver import Party
from apps.channels.errors import BadAddress, NoAccount
from apps.channels.models import Account, CaseRoute
from apps.customers.identities import normalise, normalise_received
from apps.customers.models import Identity


def channel_of(case: Case) -> str:
    """The channel on which a case is answered unless somebody chooses another."""
    route = CaseRoute.objects.select_related("account").filter(case=case).first()
    return route.account.channel if route else case.channel


def account_for(case: Case, channel: str) -> Account:
    """The case's own account, else its team's, else the channel's default; or NoAccount."""
    usable = Account.objects.enabled().filter(channel=channel).select_related("team")
    own = usable.filter(pk__in=CaseRoute.objects.filter(case=case).values("account"))
    team = usable.filter(team__isnull=False, team=case.team_id).order_by("-is_default", "pk")
    default = usable.filter(is_default=True)
    for candidates in (own, team, default):
        if account := candidates.first():
            return account
    raise NoAccount(channel)


def customers_address(case: Case, kind: str, *, known: bool = False) -> Party | None:
    """Where the customer of a case is reached: the address last used, else the newest.

    One that the case's readers may see, unless it is for somebody who may read them all
    (``known``).
    """
    addresses = case.customer.addresses() if known else open_addresses(case)
    values = [value for its_kind, value in reversed(addresses) if its_kind == kind]
    if not values:
        return None
    if len(values) == 1:
        return Party(kind, values[0], case.customer.name)
    wrote = Interaction.objects.filter(
        case__customer=case.customer_id,
        direction=Direction.INBOUND,
        sender_kind=kind,
        sender_value__in=values,
    )
    here = wrote.filter(case=case).newest_first().values_list("sender_value", flat=True)
    last = here.first() or wrote.newest_first().values_list("sender_value", flat=True).first()
    return Party(kind, last or values[0], case.customer.name)


def clean_parties(kind: str, values: Iterable[str]) -> list[Party]:
    """Addresses as somebody typed them, each once; raises BadAddress naming the first bad one."""
    normal = [_normalise(kind, value) for value in values if value.strip()]
    return [Party(kind, value) for value in dict.fromkeys(normal)]


def without_ours(parties: Sequence[Party], channel: str) -> list[Party]:
    """What is left when our own accounts are taken out: writing to oneself makes loops."""
    addresses = Account.objects.filter(channel=channel).values_list("address", flat=True)
    ours = {address.lower() for address in addresses}
    return [one for one in parties if tokens.strip_address_mark(one.value).lower() not in ours]


def _normalise(kind: str, value: str) -> str:
    try:
        return normalise(kind, value)
    except ValidationError as error:
        received = normalise_received(kind, value)
        if Identity.objects.filter(kind=kind, value=received).exists():
            return received
        raise BadAddress(value, " ".join(error.messages)) from error
