"""How a request stands, in the customer's words."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Standing(TextChoices):
    """One for each status of a case."""

    NEW = "new", pgettext_lazy("status told to a customer", "Received")
    OPEN = "open", pgettext_lazy("status told to a customer", "Being worked on")
    WAITING = "waiting", pgettext_lazy("status told to a customer", "We wait for your answer")
    RESOLVED = "resolved", pgettext_lazy("status told to a customer", "Solved: tell us if it works")
    CLOSED = "closed", pgettext_lazy("status told to a customer", "Closed")


# The colour of each; the words say it as well.
STATES = {
    Standing.NEW: "calm",
    Standing.OPEN: "soon",
    Standing.WAITING: "calm",
    Standing.RESOLVED: "kept",
    Standing.CLOSED: "later",
}
