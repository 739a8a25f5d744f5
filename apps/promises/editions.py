"""Every change to calendars and levels is told to all processes, by whatever door it comes."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save

from apps.promises.models import Calendar, CalendarTeam, Edition, Holiday, ServiceLevel


def register() -> None:
    """Listen to whatever changes a row; verbs that write many at once renew the mark themselves."""
    for model in (Calendar, CalendarTeam, Holiday, ServiceLevel):
        for signal in (post_save, post_delete):
            signal.connect(_renew, sender=model)


def _renew(**_kwargs: Any) -> None:
    Edition.renew()
