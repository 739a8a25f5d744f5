"""Whom we take nothing from, whom we always trust, and which cases are spam."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team
from apps.cases.models import Case
from apps.channels.enums import Verdict

if TYPE_CHECKING:
    from apps.accounts.models import User


class SenderRuleQuerySet(models.QuerySet["SenderRule"]):
    def visible_to(self, user: User) -> Self:
        """Rules of the person's teams, and those of all."""
        if user.is_superuser:
            return self
        return self.filter(Q(team_id__in=user.team_ids) | Q(team=None))

    def of_team(self, team_id: int | None) -> Self:
        """Rules that hold for accounts of this team."""
        return self.filter(Q(team_id=team_id) | Q(team=None))


class SenderRule(models.Model):
    """Blocks or allows an address, or all of a domain; allowing wins.

    ``value`` is lower case: ``ana@example.org``, or ``example.org`` with its subdomains.
    """

    value = models.CharField(
        _("address or domain"),
        max_length=320,
        help_text=_("Such as ana@example.org, or example.org with all that belongs to it."),
    )
    verdict = models.CharField(_("verdict"), max_length=5, choices=Verdict, default=Verdict.BLOCK)
    team = models.ForeignKey(
        Team,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("team"),
        help_text=_("Holds for this team's accounts; for all when empty."),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = SenderRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["value", "team"], name="one_rule_per_team"),
            models.UniqueConstraint(
                fields=["value"], condition=Q(team=None), name="one_rule_for_all"
            ),
        ]
        verbose_name = _("sender rule")
        verbose_name_plural = _("blocked and allowed senders")

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}: {self.value}"

    @property
    def blocks(self) -> bool:
        return self.verdict == Verdict.BLOCK


class SpamMark(models.Model):
    """A case that was set aside as spam: closed, in no queue, and reversible.

    ``reason`` is the rule that found it, empty when ``author`` did.
    """

    case = models.OneToOneField(
        Case, models.CASCADE, primary_key=True, related_name="spam_mark", verbose_name=_("case")
    )
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    marked_at = models.DateTimeField(_("marked at"), default=timezone.now)

    def __str__(self) -> str:
        return f"{self.case_id} {self.reason}"
