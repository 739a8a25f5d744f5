"""Trying an account out: step by step without sending, and by a message that really leaves."""

from __future__ import annotations

import socket
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.cases import domain as cases
from apps.cases.domain import NewInteraction
from apps.cases.enums import Direction, Outcome
from apps.channels import addressing, registry
from apps.channels.domain.collecting import check_incoming
from apps.channels.domain.health import check_account
from apps.channels.domain.outbox import Envelope, queue
from apps.channels.doors import Collecting, Posted, Reachable
from apps.channels.driver import BadSetting
from apps.channels.errors import NoAddress
from apps.channels.models import Account, CaseRoute, Delivery, InboundMessage
from apps.customers import domain as customers

if TYPE_CHECKING:
    from apps.accounts.models import User

CONNECT_SECONDS = 10.0
TEST = "test"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was tried: what works, or what is wrong and what to do."""

    text: str
    works: bool


def check_steps(account: Account) -> Iterator[Step]:
    """Try sending and fetching as far as log-in, each up to its first fault; sends nothing.

    What is found stands in the account's health, too.
    """
    servers = _servers(account)
    if not (account.outgoing or account.incoming):
        yield Step(_("No server is set, so there is nothing to check."), works=False)
    if account.outgoing:
        ready = yield from _reach(servers.get("outgoing"))
        if fault := check_account(account):
            yield Step(_("Sending does not work: %(fault)s") % {"fault": fault}, works=False)
        elif ready:
            yield Step(_("Sending: the server accepts the log-in."), works=True)
    if account.incoming and _is_posted(account):
        yield _posted(account)
    elif account.incoming:
        ready = yield from _reach(servers.get("incoming"))
        if fault := check_incoming(account):
            yield Step(_("Fetching does not work: %(fault)s") % {"fault": fault}, works=False)
        elif ready:
            yield Step(_("Fetching: the log-in works and the folder opens."), works=True)


def _is_posted(account: Account) -> bool:
    """Whether nothing is fetched for an account, since its service posts what arrives."""
    driver = registry.get(account.channel)
    fetched = isinstance(driver, Collecting) and driver.collects(account.as_view())
    return isinstance(driver, Posted) and not fetched


def _posted(account: Account) -> Step:
    """When its service posted last; only the service itself could try it out."""
    driver = registry.get(account.channel)
    path = reverse("channels:webhook", args=[driver.folder, account.name])
    last = InboundMessage.objects.filter(account=account).order_by("-pk").first()
    values = {"url": f"{settings.BASE_URL.rstrip('/')}{path}"}
    if last is None:
        text = _("The service has posted nothing yet. Give it the address %(url)s.") % values
        return Step(text, works=False)
    values["at"] = date_format(timezone.localtime(last.received_at), "Y-m-d H:i")
    text = _("The service posts to %(url)s, the last time on %(at)s.") % values
    return Step(text, works=True)


def _servers(account: Account) -> Mapping[str, tuple[str, int]]:
    """Where the account's servers stand, as far as its settings can be read."""
    driver = registry.get(account.channel)
    if not isinstance(driver, Reachable):
        return {}
    try:
        return driver.servers(account.as_view())
    except BadSetting:
        return {}


def _reach(server: tuple[str, int] | None) -> Generator[Step, None, bool]:
    """Look the server's name up and knock at its port; returns whether both went well."""
    if server is None:
        return False
    host, port = server
    values: dict[str, Any] = {"host": host, "port": port}
    try:
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        yield Step(_("%(host)s: no such server is known. Check its name.") % values, works=False)
        return False
    yield Step(_("%(host)s: the name is known.") % values, works=True)
    try:
        socket.create_connection(server, timeout=CONNECT_SECONDS).close()
    except OSError as error:
        values["why"] = error.strerror or error
        fault = _("%(host)s does not answer on port %(port)s (%(why)s). Check port and firewall.")
        yield Step(fault % values, works=False)
        return False
    yield Step(_("%(host)s answers on port %(port)s.") % values, works=True)
    return True


@transaction.atomic
def send_test(*, account: Account, to: str, actor: User) -> Delivery:
    """Queue a test message to an address, in a case of its own that is closed at once.

    It leaves by the ordinary outbox, and an answer to it opens its case again. Raises
    BadAddress, or NoAddress for one of our own accounts.
    """
    kind = registry.get(account.channel).identity_kind
    parties = addressing.without_ours(addressing.clean_parties(kind, [to]), account.channel)
    if not parties:
        raise NoAddress
    party = parties[0]
    subject = _("Test of the account %(account)s") % {"account": account.name}
    case = cases.open_case(
        customer=customers.find_or_create(kind=party.kind, value=party.value),
        channel=account.channel,
        subject=subject,
        team=account.team,
        actor=actor,
    )
    new = NewInteraction(
        channel=account.channel,
        direction=Direction.OUTBOUND,
        author=actor,
        recipients=[{"kind": party.kind, "value": party.value, "name": party.name}],
        subject=subject,
        text=_("If you read this, the account works. There is nothing to do."),
        automatic=TEST,
    )
    interaction = cases.record_interaction(case=case, new=new)
    CaseRoute.objects.get_or_create(case=case, defaults={"account": account})
    delivery = queue(interaction, account, Envelope(automatic=True))
    cases.close_case(case_id=case.pk, actor=actor, outcome=Outcome.DUPLICATE)
    return delivery
