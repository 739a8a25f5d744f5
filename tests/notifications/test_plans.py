"""What every page counts is found without reading what was read long ago."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.cases.models import Case
from apps.customers.models import Customer
from apps.desk.inbox import CountUpTo
from apps.notifications.enums import Place
from apps.notifications.models import Notification

LINES = 2_000


def test_unread_lines_are_counted_by_an_index_of_their_own(ana_agent: User):
    _read_long_ago(ana_agent)
    if connection.vendor == "postgresql":  # which knows nothing of a table until it looks
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE notifications_notification")
            cursor.execute("SET LOCAL enable_seqscan = off")
    unread = Notification.objects.unread().visible_to(ana_agent).wanted(Place.PAGE)
    counted = User.objects.filter(pk=ana_agent.pk).values_list(CountUpTo(unread))
    plan = counted.explain()
    assert any(name in plan for name in ("notification_unread", "one_unread_line_per_kind")), plan
    assert "notification_newest" not in plan


def _read_long_ago(user: User) -> None:
    """As many lines as make a difference: the planner of a nearly empty table takes any index."""
    customer = Customer.objects.create(name="Cleo")
    case = Case.objects.create(customer=customer, channel="email")
    at = timezone.now()
    Notification.objects.bulk_create(
        Notification(recipient=user, case=case, kind=f"k{n}", at=at, read_at=at)
        for n in range(LINES)
    )
    Notification.objects.create(recipient=user, case=case, kind="mention", at=at)
