"""What every test may ask for."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.utils import translation

from tests.cast import *  # noqa: F403
from tests.services.fixtures import *  # noqa: F403


def pytest_configure(config: pytest.Config) -> None:
    """Compile the catalogues before the first worker reads them."""
    if not hasattr(config, "workerinput"):
        call_command("compiletranslations", verbosity=0)


@pytest.fixture(autouse=True)
def _english():
    """A page asked for in one test leaves its language active in the thread: not for the next."""
    with translation.override("en"):
        yield
