"""System checks: values that are valid, yet wrong for what the installation is used for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@checks.register(deploy=True)
def check_base_url(**_: Any) -> list[checks.CheckMessage]:
    """Look whether links in mails lead somewhere, and passwords travel encrypted."""
    if settings.DEBUG:
        return []
    if settings.BASE_HOST in LOOPBACK:
        return [
            checks.Warning(
                "BASE_URL names this machine itself, so links in mails lead nowhere.",
                hint="Set BASE_URL to the address that people use (https://desk.example.org).",
                id="portal.W001",
            )
        ]
    if not settings.HTTPS:
        return [
            checks.Error(
                "BASE_URL starts with http://, so passwords and sessions travel in the clear.",
                hint="Put the portal behind TLS and set BASE_URL to https://….",
                id="portal.E001",
            )
        ]
    return []


@checks.register(deploy=True)
def check_allowed_hosts(**_: Any) -> list[checks.CheckMessage]:
    """Look whether any host name is answered."""
    if settings.DEBUG or "*" not in settings.ALLOWED_HOSTS:
        return []
    return [
        checks.Error(
            "ALLOWED_HOSTS holds *, so a forged Host header is believed.",
            hint="Name the hosts, separated by commas.",
            id="portal.E002",
        )
    ]


@checks.register(deploy=True)
def check_debug(**_: Any) -> list[checks.CheckMessage]:
    """Look whether pages of errors show the inside."""
    if not settings.DEBUG:
        return []
    return [
        checks.Error(
            "DEBUG is on: errors show code and settings to everybody.",
            hint="Unset DEBUG.",
            id="portal.E003",
        )
    ]
