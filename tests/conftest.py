"""What every test may ask for."""

from __future__ import annotations

from tests.cast import *  # noqa: F403
from tests.services.fixtures import *  # noqa: F403
