from __future__ import annotations

import pytest

from apps.promises.models import Calendar, CalendarTeam

OFFICE = "Mon-Fri 09:00-12:00 13:00-18:00"


@pytest.fixture
def office(lamps):
    """The calendar of the lamps' team, in China."""
    calendar = Calendar.objects.create(
        name="Office", hours=OFFICE, timezone="Asia/Shanghai", country="CN"
    )
    CalendarTeam.objects.create(calendar=calendar, team=lamps)
    return calendar
