"""The sweep's questions are answered by the partial indexes, however many rows are well."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from apps.channels.models import Delivery, InboundMessage

pytestmark = pytest.mark.django_db


def plan(queryset: QuerySet) -> str:
    if connection.vendor == "postgresql":  # which reads tables as small as ours as a whole
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    return queryset.explain()


@pytest.mark.parametrize(
    ("queryset", "index"),
    [
        (lambda: Delivery.objects.due(at=timezone.now()), "delivery_pending"),
        (lambda: Delivery.objects.in_trouble().order_by("pk"), "delivery_trouble"),
        (lambda: InboundMessage.objects.abandoned(at=timezone.now()), "inbound_unsettled"),
        (lambda: InboundMessage.objects.quarantined().order_by("pk"), "inbound_unsettled"),
    ],
    ids=["due", "in trouble", "abandoned", "quarantined"],
)
def test_partial_index_is_used(queryset, index: str):
    assert index in plan(queryset())
