"""Whom a promise waits for."""

from __future__ import annotations

from django import template

from apps.desk.behind import Asked, Behind

register = template.Library()


@register.filter
def waiting_for(behind: Behind | str, promise_id: int) -> list[Asked]:
    """Those whose answer this promise needs; nobody where the page has read none."""
    return behind.waiting_for(promise_id) if isinstance(behind, Behind) else []
