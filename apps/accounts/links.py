"""Addresses in mail: built from BASE_URL alone, whatever host a request named."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse


def absolute(name: str, **kwargs: Any) -> str:
    return f"{settings.BASE_URL}{reverse(name, kwargs=kwargs)}"
