from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import Team, User
from apps.cases.models import Case
from apps.channels.models import Account
from apps.customers import domain as customers


@pytest.fixture
def at_desk() -> Callable[[User], Client]:
    """A browser of somebody who is logged in."""

    def log_in(user: User, **headers: str) -> Client:
        client = Client(headers=headers)
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def ana(ana_agent: User, at_desk: Callable[[User], Client]) -> Client:
    return at_desk(ana_agent)


@pytest.fixture
def foreigner(stranger: User, at_desk: Callable[[User], Client]) -> Client:
    """The browser of the stranger, an agent of another team."""
    return at_desk(stranger)


@pytest.fixture
def mailbox(lamps: Team) -> Account:
    """An account by which answers leave."""
    return Account.objects.create(
        channel="email",
        name="support",
        address="support@portal.example",
        outgoing="smtp://127.0.0.1:9",
        team=lamps,
        is_default=True,
        signature="The lamp people",
    )


@pytest.fixture
def her_case(cleo_case: Case, ana_agent: User) -> Case:
    """Cleo's case, owned by Ana."""
    cleo_case.owner = ana_agent
    cleo_case.save()
    return cleo_case


@pytest.fixture
def phoned(her_case: Case) -> Case:
    """Her case, with a number that can be called."""
    customers.add_identity(customer=her_case.customer, kind="phone", value="+8613800138000")
    return Case.objects.get(pk=her_case.pk)
