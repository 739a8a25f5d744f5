"""What ties messages of a transport to cases: rows of the core, not of a driver."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from apps.cases.models import Case, Interaction
from apps.channels.enums import KeyRole
from apps.channels.models.account import Account
from apps.customers.models import Customer


class CaseRoute(models.Model):
    """The account through which a case speaks with its customer."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="route")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.case_id} → {self.account_id}"


class Consulted(models.Model):
    """A third party that was asked about a case: what it answers is internal at first.

    ``value`` is in normal form. Not a participant, so it gets no copy of our answers.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="consulted")
    kind = models.CharField(max_length=10)
    value = models.CharField(max_length=320)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "kind", "value"], name="one_consulted_per_case")
        ]

    def __str__(self) -> str:
        return self.value


class MessageKey(models.Model):
    """An external id that a message is (``own``) or names, or the link its channel gives.

    ``key`` is a digest of channel and id, since ids have no bound of their own.
    ``customer`` is whose mail it is, empty for our own. ``external_id`` is a message's own id
    as it stands in References, where it is not too long; ``content_hash`` stands beside a
    received message's own id and tells whether two messages with one id say the same.
    """

    key = models.CharField(max_length=40)
    role = models.CharField(max_length=5, choices=KeyRole)
    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="keys")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    customer = models.ForeignKey(
        Customer, models.CASCADE, null=True, related_name="+", db_index=False
    )
    external_id = models.CharField(max_length=255, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["key", "customer"], name="message_key")]

    def __str__(self) -> str:
        return f"{self.role} {self.key}"
