"""Answering a question behind the scenes: whoever has the link, without an account."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from apps.common import links
from apps.promises.models import Inquiry

INQUIRY = "inquiry"
LATER = timedelta(days=14)  # a late answer is better than none


def address_of(inquiry: Inquiry) -> str:
    """What stands in texts: it leads to a page that says where the link is, and opens nothing."""
    return f"{settings.BASE_URL}{reverse('helpcentre:inquiry', args=[str(inquiry.pk)])}"


def sign(inquiry: Inquiry) -> str:
    """The address at which an inquiry is answered, until two weeks after it was due."""
    until = inquiry.promise.deadline + LATER
    token = links.make(INQUIRY, inquiry.pk, serial=inquiry.serial, until=until)
    return f"{settings.BASE_URL}{reverse('helpcentre:inquiry', args=[token])}"


def find(token: str, *, at: datetime) -> Inquiry:
    """The inquiry that a link opens; changes nothing.

    Raises LinkOver for a link that is forged, expired or made for something else, and once the
    inquiry is answered or nobody waits for its answer any more.
    """
    named = links.read(token, INQUIRY, at=at)
    found = Inquiry.objects.unanswered().filter(pk=named.keys[0], serial=named.serial)
    owed = found.filter(promise__settled_at=None).select_related("promise__made_by").first()
    if owed is None:
        raise links.LinkOver
    return owed
