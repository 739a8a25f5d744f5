"""Dates absurd or absent: clocks start at receipt."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.cases.models import Interaction
from tests.hardening.hostile import CLASSES
from tests.hardening.post import office, raw, take

__all__ = ["office"]


@pytest.mark.parametrize("name", CLASSES["dates"])
def test_clocks_start_at_receipt(office, name):
    before = timezone.now()
    word = Interaction.objects.get(pk=take(office, CLASSES["dates"][name]).interaction)
    after = timezone.now()
    assert before <= word.received_at <= after
    assert before <= word.case.opened_at <= after
    assert before <= word.case.waiting_since <= after
    claimed = word.occurred_at
    assert claimed is None or claimed.year >= 1990
    assert claimed is None or claimed <= after + timedelta(days=1)


def test_claimed_date_orders_no_thread(office):
    """A mail that claims to be old is still the newest word."""
    first = take(office, raw("one", Message_ID="<d1@example.org>"))
    old = raw("two", In_Reply_To="<d1@example.org>", Date="Mon, 02 Jan 2006 15:04:05 +0000")
    second = take(office, old)
    assert second.case == first.case
    newest = Interaction.objects.order_by("-received_at", "-pk").first()
    assert newest.pk == second.interaction
