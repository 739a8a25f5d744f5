"""What every page counts is found without reading what was read long ago."""

from __future__ import annotations

from django.db import connection

from apps.accounts.models import User
from apps.desk.inbox import CountUpTo
from apps.notifications.models import Notification


def test_unread_lines_are_counted_by_an_index_of_their_own(ana_agent: User):
    if connection.vendor == "postgresql":  # which reads tables as small as ours as a whole
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    unread = Notification.objects.unread().visible_to(ana_agent)
    counted = User.objects.filter(pk=ana_agent.pk).values_list(CountUpTo(unread))
    plan = counted.explain()
    assert any(name in plan for name in ("notification_unread", "one_unread_line_per_kind")), plan
    assert "notification_newest" not in plan
