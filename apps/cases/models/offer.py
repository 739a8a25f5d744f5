"""Asking a colleague to take a case over."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team
from apps.cases.enums import OfferState
from apps.cases.models.case import Case


class CaseOfferQuerySet(models.QuerySet["CaseOffer"]):
    def pending(self) -> Self:
        """What waits for its answer."""
        return self.filter(state=OfferState.OPEN)


class CaseOffer(models.Model):
    """The question whether somebody takes a case over; one at a time is open.

    ``team`` is where the case goes with its new owner, empty when it stays. ``note`` is the
    internal note that came with it. ``follows``: the receiver reads the case because of the
    question alone. Times are UTC.
    """

    case = models.ForeignKey(
        Case, models.CASCADE, db_index=False, related_name="offers", verbose_name=_("case")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("by")
    )
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("to")
    )
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, related_name="+", verbose_name=_("team")
    )
    note = models.ForeignKey(
        "cases.Interaction", models.SET_NULL, null=True, related_name="+", verbose_name=_("note")
    )
    tell_customer = models.BooleanField(_("the customer learns the name"), default=False)
    follows = models.BooleanField(_("follows because of it"), default=False)
    state = models.CharField(_("state"), max_length=10, default=OfferState.OPEN)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    objects = CaseOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer of a case")
        verbose_name_plural = _("offers of cases")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="open"), name="one_open_offer_per_case"
            )
        ]
        indexes = [models.Index(fields=["case", "id"], name="offer_of_case")]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.to_id} {self.state}"
