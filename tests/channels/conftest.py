from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from time_machine import TimeMachineFixture

from apps.accounts.models import Team
from apps.channels import registry
from apps.channels.models import Account
from tests.channels.pigeon import SLUG, Pigeon


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
