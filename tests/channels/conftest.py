from __future__ import annotations

from collections.abc import Iterator

import pytest

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


@pytest.fixture(autouse=True)
def attachments_in_tmp(settings, tmp_path):
    """Files of a test lie in a folder of its own."""
    storages = settings.STORAGES | {
        "attachments": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "attachments"},
        }
    }
    settings.STORAGES = storages
