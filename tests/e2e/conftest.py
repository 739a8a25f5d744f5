from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.portal import Portal, running_portal


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A running portal with the demonstration data, shared by tests that only look."""
    folder: Path = tmp_path_factory.mktemp("demonstration")
    with running_portal(folder / "var") as portal:
        loaded = portal.manage("demo", "--force")
        assert loaded.returncode == 0, loaded.stderr.decode()
        yield portal
