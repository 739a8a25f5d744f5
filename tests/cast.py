"""The cast: the people, teams and matters that most tests speak of."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import transaction

from apps.accounts.enums import Role
from apps.accounts.models import Membership, Team, User
from apps.cases import domain
from apps.cases.enums import Channel, Direction
from apps.cases.models import Case, Interaction
from apps.customers import domain as customers
from apps.customers.models import Customer

NOON = datetime(2026, 5, 12, 4, 0, tzinfo=UTC)  # a Tuesday, twelve o'clock in Shanghai

_numbers = itertools.count(1)


def make_user(username: str, *teams: Team, role: str = Role.AGENT, **fields: object) -> User:
    user = User.objects.create_user(username, password="demo", **fields)
    for team in teams:
        Membership.objects.create(user=user, team=team, role=role)
    return user


def make_customer(name: str = "", *, email: str = "") -> Customer:
    number = next(_numbers)
    return customers.create_customer(
        name=name or f"Customer {number}",
        addresses=[("email", email or f"customer{number}@example.org")],
    )


def make_case(
    customer: Customer | None = None,
    *,
    team: Team | None = None,
    owner: User | None = None,
    subject: str = "The lamp flickers",
    text: str = "It flickers since this morning.",
    channel: str = Channel.EMAIL,
    **fields: object,
) -> Case:
    """A case with one word of its customer, as intake leaves it."""
    customer = customer or make_customer()
    case = domain.open_case(
        customer=customer, channel=channel, subject=subject, team=team, owner=owner, **fields
    )
    make_interaction(case, text=text, subject=subject, channel=channel)
    return case


def make_interaction(case: Case, **fields: object) -> Interaction:
    sender = case.customer.identities.first()
    values = {
        "channel": Channel.EMAIL,
        "direction": Direction.INBOUND,
        "sender_kind": sender.kind if sender else "",
        "sender_value": sender.value if sender else "",
        "sender_name": case.customer.name,
        "text": "A word.",
    }
    with transaction.atomic():
        return domain.record_interaction(case=case, new=domain.NewInteraction(**(values | fields)))


@pytest.fixture
def lamps(db: None) -> Team:
    """The team that most cases belong to."""
    return Team.objects.create(name="Lamps")


@pytest.fixture
def pumps(db: None) -> Team:
    """Another team, that of the stranger."""
    return Team.objects.create(name="Pumps")


@pytest.fixture
def ana_agent(lamps: Team) -> User:
    return make_user("ana", lamps, display_name="Ana")


@pytest.fixture
def ben_agent(lamps: Team) -> User:
    """A second agent of Ana's team."""
    return make_user("ben", lamps, display_name="Ben")


@pytest.fixture
def sam_supervisor(lamps: Team) -> User:
    """The lead of Ana's team."""
    return make_user("sam", lamps, role=Role.LEAD, display_name="Sam")


@pytest.fixture
def stranger(pumps: Team) -> User:
    """An agent of another team."""
    return make_user("stranger", pumps, display_name="Stranger")


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root", password="demo", display_name="Root")


@pytest.fixture
def cleo_customer(db: None) -> Customer:
    return make_customer("Cleo", email="cleo@example.org")


@pytest.fixture
def cleo_case(cleo_customer: Customer, lamps: Team) -> Case:
    """A case of Cleo's in the team Lamps, without an owner."""
    return make_case(cleo_customer, team=lamps)


@pytest.fixture
def case_factory() -> Callable[..., Case]:
    return make_case
