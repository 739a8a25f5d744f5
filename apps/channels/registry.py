"""Which drivers are there. Each registers itself; nobody is named here."""

from __future__ import annotations

from collections.abc import Iterable

from apps.channels.driver import Driver

_drivers: dict[str, Driver] = {}


class UnknownChannel(LookupError):
    """No driver stands behind this channel."""


def register(driver: Driver) -> None:
    """Add a driver under its slug; called once from its app's ``ready``."""
    _drivers[driver.slug] = driver


def get(name: str) -> Driver:
    """The driver with this slug or folder; raises UnknownChannel."""
    for driver in _drivers.values():
        if name in {driver.slug, driver.folder}:
            return driver
    raise UnknownChannel(name)


def has(slug: str) -> bool:
    return slug in _drivers


def all_drivers() -> Iterable[Driver]:
    return _drivers.values()


def slugs() -> list[str]:
    return list(_drivers)
