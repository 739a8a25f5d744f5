from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from time_machine import TimeMachineFixture

from apps.accounts.models import Team
from apps.cases.models import Interaction
from apps.channels import domain, registry
from apps.channels.models import Account
from tests.channels.pigeon import SLUG, Pigeon, letter


@pytest.fixture
def pigeon() -> Iterator[Pigeon]:
    """The tests' own driver, registered for one test."""
    driver = Pigeon()
    registry.register(driver)
    yield driver
    registry._drivers.pop(SLUG)


@pytest.fixture
def loft(pigeon: Pigeon, lamps: Team) -> Account:
    """The pigeons' account, that of the team Lamps and default of its channel."""
    return Account.objects.create(
        channel=SLUG, name="loft", address="loft@example.com", team=lamps, is_default=True
    )


@pytest.fixture
def clock(time_machine: TimeMachineFixture) -> TimeMachineFixture:
    """A clock that stands until the test shifts it."""
    time_machine.move_to(datetime.now(tz=UTC), tick=False)
    return time_machine


@pytest.fixture
def case(loft):
    result = domain.receive(loft, letter(external_id="q@x", name="Cleo"), "application/json")
    return Interaction.objects.get(pk=result.interaction).case


@pytest.fixture
def queued(case, ana_agent):
    """An answer of Ana's that has not left yet."""
    return domain.reply(case_id=case.pk, actor=ana_agent, text="Which lamp?").delivery
