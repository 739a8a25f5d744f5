"""What every test may ask for."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.utils import translation

from tests.cast import *  # noqa: F403
from tests.services import emptying
from tests.services.fixtures import *  # noqa: F403


def pytest_configure(config: pytest.Config) -> None:
    """Compile the catalogues before the first worker reads them; let tests that commit end fast."""
    emptying.install()
    if not hasattr(config, "workerinput"):
        call_command("compiletranslations", verbosity=0)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the second half of ``make test-all`` leave out what the first has answered for both."""
    parser.addoption(
        "--database-only",
        action="store_true",
        help="only tests that ask the database and draw no page; the others are the same over all",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what never asks the suite's database, where that is wanted.

    What looks at the demonstration is one group: its portal is started by one worker alone. So is
    what one browser is started for, a module.
    """
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "demonstration" in fixtures:
            item.add_marker(pytest.mark.xdist_group("demonstration"))
        elif "chromium" in fixtures and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    if not config.getoption("--database-only"):
        return
    asking = [item for item in items if _asks_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if not _asks_database(item)])
    items[:] = asking


def _asks_database(item: pytest.Item) -> bool:
    """Return whether pytest-django opens the suite's database to this test.

    Chromium is shown the pages that tests without it have asked of every database.
    """
    if item.get_closest_marker("browser") or item.get_closest_marker("drawn"):
        return False
    fixtures = {"db", "transactional_db", "django_db_setup", "live_server"}
    named = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & named)


@pytest.fixture(autouse=True)
def _english():
    """A page asked for in one test leaves its language active in the thread: not for the next."""
    with translation.override("en"):
        yield
