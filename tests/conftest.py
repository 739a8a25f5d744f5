"""What every test may ask for."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.cast import *  # noqa: F403
from tests.services.fixtures import *  # noqa: F403
from tests.settings import ROOT_VARIABLE


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the run's folder; xdist's workers leave that to the process that made it."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ[ROOT_VARIABLE], ignore_errors=True)
