"""Promises for a portal's clock, and what the clock made of them, as JSON lines.

``python -m tests.faults.promised make NUMBER FIRST LAST`` promises so many things, each in a case
of its own, due from FIRST to LAST seconds from now. ``… report`` tells what was told of them.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from datetime import timedelta

import django
from django.db import transaction
from django.utils import timezone

OWNER = "vera"


def make(number: int, first: float, last: float) -> None:
    from apps.accounts.models import Team
    from apps.promises import domain
    from tests.cast import make_case, make_user

    team = Team.objects.create(name="Clocks")
    owner = make_user(OWNER, team)
    cases = []
    for _ in range(number):
        with transaction.atomic():
            cases.append(make_case(team=team, owner=owner).pk)
    now = timezone.now()
    for n, case_id in enumerate(cases):
        due = now + timedelta(seconds=first + (last - first) * n / max(number - 1, 1))
        domain.make_promise(case_id=case_id, actor=owner, kind="follow_up", due_at=due)


def report() -> None:
    from apps.cases.models import CaseEvent
    from apps.notifications.models import Notification
    from apps.promises.models import Promise, Reminder

    promises = Promise.objects.filter(kind="follow_up")
    told = Reminder.objects.filter(promise__in=promises)
    moments = told.values_list("promise", "stage", "due_at", "at")
    events = CaseEvent.objects.filter(kind="promise_broken").values_list("data", flat=True)
    heard = Notification.objects.filter(recipient__username=OWNER)
    print(
        json.dumps(
            {
                "states": Counter(promises.values_list("state", flat=True)),
                "told": [
                    [key, stage, due.timestamp(), at.timestamp()] for key, stage, due, at in moments
                ],
                "broken": [one["promise"] for one in events],
                "heard": Counter(
                    {
                        kind: sum(heard.filter(kind=kind).values_list("count", flat=True))
                        for kind in ("promise_due", "promise_broken")
                    }
                ),
                "off": [
                    one.pk for one in promises if one.broken_at and one.broken_at != one.deadline
                ],
            }
        )
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcentre.settings")
    django.setup()
    what, *numbers = sys.argv[1:]
    if what == "make":
        make(int(numbers[0]), *map(float, numbers[1:]))
    else:
        report()
