"""How fast we want to be, for whom."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from apps.accounts.models import Team
from apps.cases.enums import Kind
from apps.customers.enums import Tier
from apps.promises.targets import DEFAULTS, EXAMPLE_GAPS, MAX_GAP, BadGaps, parse_gaps

MINUTES = _("Minutes of opening time.")


def validate_gaps(value: str) -> None:
    """Accept minutes as ``apps.promises.targets`` reads them."""
    try:
        parse_gaps(value)
    except BadGaps as error:
        raise ValidationError(str(error)) from error


def number(
    label: Any, default: int | None, help_text: str | Promise = "", most: int = MAX_GAP
) -> Any:
    """A target that may be left to less specific levels, and to the default after them."""
    left = _("When empty, as in less specific levels, else {default}.")
    ending = format_lazy(left, default=default) if default else ""
    return models.PositiveIntegerField(
        label,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(most)],
        help_text=format_lazy("{text} {ending}", text=help_text, ending=ending),
    )


class ServiceLevel(models.Model):
    """Targets for the cases of a team, a kind, a tier of customers; empty means any.

    Several can hold for one case: see ``apps.promises.domain.levels``.
    """

    team = models.ForeignKey(
        Team, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    kind = models.CharField(_("kind of case"), max_length=20, blank=True, choices=Kind)
    tier = models.CharField(_("tier of customers"), max_length=10, blank=True, choices=Tier)

    first_reply = number(_("first reply"), DEFAULTS.first_reply, MINUTES)
    first_reply_newcomer = number(
        _("first reply to a newcomer"),
        None,
        _("Minutes of opening time for a customer's first case; as for everybody when empty."),
    )
    next_reply = number(_("next reply"), DEFAULTS.next_reply, MINUTES)
    progress_update = number(_("progress update"), DEFAULTS.progress_update, MINUTES)
    pause_updates = models.BooleanField(
        _("news wait for the customer"),
        null=True,
        blank=True,
        help_text=_("No clock of a rule runs for news while the customer's word is awaited."),
    )
    follow_up_days = number(
        _("days to the follow-up"), DEFAULTS.follow_up_days, _("After a case is resolved."), 366
    )
    close_after_days = number(
        _("days to closing"),
        DEFAULTS.close_after_days,
        _("After a case is resolved and the customer says nothing."),
        366,
    )
    first_reminder = number(
        _("first reminder at"), DEFAULTS.first_reminder, _("Percent of the time."), 99
    )
    second_reminder = number(
        _("second reminder at"), DEFAULTS.second_reminder, _("Percent of the time."), 99
    )
    callback_attempts = number(
        _("attempts to call back"),
        DEFAULTS.callback_attempts,
        _("How often we try to reach somebody."),
        20,
    )
    callback_gaps = models.CharField(
        _("pauses between attempts"),
        max_length=100,
        blank=True,
        validators=[validate_gaps],
        help_text=format_lazy(
            _("Minutes of opening time after each attempt, the last for all later ones: {example}"),
            example=EXAMPLE_GAPS,
        ),
    )
    callback_slot = number(
        _("length of a callback"), DEFAULTS.callback_slot, _("Minutes in the calendar."), 480
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("service level")
        verbose_name_plural = _("service levels")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "kind", "tier"],
                name="one_level_per_team_kind_tier",
                violation_error_message=_("There is a level for these cases already."),
            ),
            models.UniqueConstraint(
                fields=["kind", "tier"],
                name="one_level_per_kind_tier",
                condition=Q(team__isnull=True),
                violation_error_message=_("There is a level for these cases already."),
            ),
        ]

    def __str__(self) -> str:
        named = [self.team, self.get_kind_display(), self.get_tier_display()]
        return " · ".join(str(one) for one in named if one) or str(_("All cases"))

    def clean(self) -> None:
        """Refuse reminders in the wrong order."""
        first = self.first_reminder or DEFAULTS.first_reminder
        second = self.second_reminder or DEFAULTS.second_reminder
        if (self.first_reminder or self.second_reminder) and second <= first:
            raise ValidationError(
                {"second_reminder": _("The second reminder comes after the first.")}
            )
