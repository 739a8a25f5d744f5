"""Return visits: calling or visiting each customer of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team
from apps.cases.models import Case
from apps.promises.models.promise import Promise

if TYPE_CHECKING:
    from apps.accounts.models import User


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, user: User) -> Self:
        """Campaigns of the person's teams."""
        if user.is_superuser:
            return self
        return self.filter(team__in=user.team_ids)


class Campaign(models.Model):
    """A return visit to each customer of a list, with words to go by. Times are UTC.

    ``outcomes`` are the answers that are counted, one a line.
    """

    name = models.CharField(_("name"), max_length=200)
    team = models.ForeignKey(Team, models.PROTECT, related_name="campaigns", verbose_name=_("team"))
    script = models.TextField(
        _("script"), blank=True, help_text=_("What is said and asked, in the team's own words.")
    )
    outcomes = models.TextField(
        _("outcomes"),
        blank=True,
        help_text=_("One a line, such as: satisfied, wants an offer, unhappy."),
    )
    due_at = models.DateTimeField(_("due at"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    made_at = models.DateTimeField(_("made at"), default=now)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = _("return-visit campaign")
        verbose_name_plural = _("return-visit campaigns")

    def __str__(self) -> str:
        return self.name

    @property
    def answers(self) -> list[str]:
        return [line.strip() for line in self.outcomes.splitlines() if line.strip()]


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, user: User) -> Self:
        """Visits whose cases this person may read."""
        if user.is_superuser:
            return self
        seen = Case.objects.visible_to(user).filter(pk=OuterRef("promise__case"))
        return self.filter(Exists(seen))

    def writable_by(self, user: User) -> Self:
        """Visits whose cases this person may change."""
        if user.is_superuser:
            return self
        seen = Case.objects.writable_by(user).filter(pk=OuterRef("promise__case"))
        return self.filter(Exists(seen))

    def owed(self) -> Self:
        """Those that nobody has made yet."""
        return self.filter(promise__settled_at=None)


class Visit(models.Model):
    """One customer of a campaign: the promise to call or visit them, and what came of it."""

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="visits", verbose_name=_("campaign")
    )
    promise = models.OneToOneField(
        Promise, models.CASCADE, related_name="visit", verbose_name=_("promise")
    )
    outcome = models.CharField(_("outcome"), max_length=200, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("return visit")
        verbose_name_plural = _("return visits")
        indexes = [models.Index(fields=["campaign", "outcome"], name="visit_outcomes")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.promise_id}"
