"""The index: one row a document, with the rights of its case beside it.

The terms themselves lie in what the database offers for them (``apps.search.engines``).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Entry(models.Model):
    """One document: what it is, whose it is, and what decides who may find it."""

    source = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    case_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    restricted = models.BooleanField(default=False)
    channel = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "object_id"], name="one_entry_per_object")
        ]
        indexes = [
            models.Index(fields=["case_id"], name="search_entry_case"),
            models.Index(fields=["-at", "-id"], name="search_entry_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.object_id}"


class EntryText(models.Model):
    """The stream of a document (``apps.search.text``), apart so that entries stay slim."""

    # Always written and removed together with its entry, so the database need not check.
    entry = models.OneToOneField(
        Entry, models.CASCADE, primary_key=True, related_name="text", db_constraint=False
    )
    stream = models.TextField()

    def __str__(self) -> str:
        return f"{self.entry_id}"


class RecentSearch(models.Model):
    """Something that a person searched for; nobody else sees it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    typed = models.CharField(max_length=300)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "typed"], name="one_row_per_search")]

    def __str__(self) -> str:
        return self.typed
