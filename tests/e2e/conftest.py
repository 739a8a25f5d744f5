from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.accounts.models import Team
from apps.channels.models import Account
from tests.services.portal import Portal, running_portal


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A running portal with the demonstration data, shared by tests that only look."""
    folder: Path = tmp_path_factory.mktemp("demonstration")
    with running_portal(folder / "var") as portal:
        loaded = portal.manage("demo", "--force")
        assert loaded.returncode == 0, loaded.stderr.decode()
        yield portal


@pytest.fixture
def mailbox(lamps: Team) -> Account:
    """An account by which answers would leave; nobody takes them."""
    return Account.objects.create(
        channel="email",
        name="support",
        address="support@portal.example",
        outgoing="smtp://127.0.0.1:9",
        team=lamps,
        is_default=True,
    )
