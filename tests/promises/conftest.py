from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from apps.accounts.models import Team, User
from apps.cases.models import Case
from apps.channels.models import Account
from apps.customers import domain as customers
from apps.promises import domain
from apps.promises.enums import Kind
from apps.promises.models import Calendar, CalendarTeam, Promise, ServiceLevel
from tests.cast import NOON

OFFICE = "Mon-Fri 09:00-12:00 13:00-18:00"


@pytest.fixture
def clock():
    """Stands at noon of a Tuesday until a test moves it."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def unhurried(db: None) -> ServiceLevel:
    """Answers have ten hours, so that their clocks do not run into a test's own."""
    return ServiceLevel.objects.create(first_reply=600, next_reply=600)


@pytest.fixture
def phoned(clock, unhurried: ServiceLevel, cleo_case: Case, ana_agent: User) -> Case:
    """Cleo's case, Ana's by now, with a number that can be called."""
    customers.add_identity(customer=cleo_case.customer, kind="phone", value="+8613800138000")
    Case.objects.filter(pk=cleo_case.pk).update(owner=ana_agent)
    return Case.objects.get(pk=cleo_case.pk)


@pytest.fixture
def promise_for(phoned: Case, ana_agent: User) -> Callable[..., Promise]:
    """Promises something in Cleo's case, due in an hour unless the test says otherwise."""

    def make(kind: str = Kind.CALLBACK, minutes: float = 60, **more: object) -> Promise:
        due = datetime.now(tz=UTC) + timedelta(minutes=minutes)
        new = {"kind": kind, "due_at": due, "text": "With the arrival time"} | more
        actor = new.pop("actor", ana_agent)
        return domain.make_promise(case_id=phoned.pk, actor=actor, **new)

    return make


@pytest.fixture
def mailbox(lamps: Team) -> Account:
    return Account.objects.create(
        name="support",
        channel="email",
        address="support@lamps.example",
        team=lamps,
        is_default=True,
        outgoing="smtp://localhost:2525",
    )


@pytest.fixture
def office(lamps):
    """The calendar of the lamps' team, in China."""
    calendar = Calendar.objects.create(
        name="Office", hours=OFFICE, timezone="Asia/Shanghai", country="CN"
    )
    CalendarTeam.objects.create(calendar=calendar, team=lamps)
    return calendar
