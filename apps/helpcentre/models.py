"""What the customers' pages keep: codes that were asked for, links that are alive, presses."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.cases.models import Case, Interaction
from apps.customers.models import Customer

MAX_TRIES = 5


class CodeRequestQuerySet(models.QuerySet["CodeRequest"]):
    def unanswered(self) -> Self:
        return self.filter(answered_at=None).order_by("asked_at")

    def usable(self, *, at: datetime) -> Self:
        """Those whose code may still be tried; none was necessarily sent."""
        return self.filter(used_at=None, tries__lt=MAX_TRIES, expires_at__gt=at)


class CodeRequest(models.Model):
    """Somebody asked to be let in, whether or not there is such a request. Times are UTC.

    ``address`` and ``number`` are what they typed, in normal form. ``place`` is a digest of the
    network address. ``code_hash`` and ``customer`` stay empty where nothing was sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20)
    kind = models.CharField(max_length=10)
    address = models.CharField(max_length=320)
    place = models.CharField(max_length=40)
    language = models.CharField(max_length=10, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="+")
    code_hash = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    objects = CodeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a code")
        verbose_name_plural = _("requests for a code")
        indexes = [
            models.Index(fields=["address", "asked_at"], name="code_of_address"),
            models.Index(fields=["place", "asked_at"], name="code_from_place"),
            models.Index(
                fields=["asked_at"], name="code_unanswered", condition=Q(answered_at__isnull=True)
            ),
            models.Index(fields=["asked_at"], name="code_age"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class CaseLinks(models.Model):
    """The serial under which the links to a case are alive; without a row it is 0."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="links")
    serial = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("links to a case")
        verbose_name_plural = _("links to cases")

    def __str__(self) -> str:
        return f"{self.case_id} #{self.serial}"


class Press(models.Model):
    """A form that a customer sent; the same key again is the same press."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    key = models.CharField(max_length=36)
    interaction = models.ForeignKey(Interaction, models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "key"], name="one_press_per_key")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.key}"
