from __future__ import annotations

import pytest

from contactcentre import checks


@pytest.mark.parametrize(
    ("values", "ids"),
    [
        ({"BASE_HOST": "desk.example.org", "HTTPS": True}, []),
        ({"BASE_HOST": "desk.example.org", "HTTPS": False}, ["portal.E001"]),
        ({"BASE_HOST": "localhost", "HTTPS": False}, ["portal.W001"]),
        ({"BASE_HOST": "localhost", "HTTPS": False, "DEBUG": True}, []),
    ],
)
def test_base_url_is_checked_for_deployment(settings, values: dict[str, object], ids) -> None:
    for name, value in values.items():
        setattr(settings, name, value)
    assert [message.id for message in checks.check_base_url()] == ids


def test_allowed_hosts_with_a_star_is_an_error(settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert [message.id for message in checks.check_allowed_hosts()] == ["portal.E002"]


def test_debug_is_an_error_for_deployment(settings) -> None:
    assert checks.check_debug() == []
    settings.DEBUG = True
    assert [message.id for message in checks.check_debug()] == ["portal.E003"]
