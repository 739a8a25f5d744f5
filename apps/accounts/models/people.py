"""Who works here, and in which team."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from apps.accounts.enums import AssignmentRule, Presence, Role, Theme
from apps.common.hours import EXAMPLE, BadHours, parse_hours
from apps.common.moments import NoSuchZone, read_zone


def validate_timezone(value: str) -> None:
    """Accept the names of the IANA time zone database only."""
    try:
        read_zone(value)
    except NoSuchZone as error:
        raise ValidationError(str(error)) from error


def validate_hours(value: str) -> None:
    """Accept the hours of a week as ``apps.common.hours`` reads them."""
    try:
        parse_hours(value, settings.TIME_ZONE)
    except BadHours as error:
        raise ValidationError(str(error)) from error


class User(AbstractUser):
    """Somebody who logs in. ``timezone`` is an IANA name; empty values mean the site's own.

    ``presence`` is what the person chose, until ``presence_until`` where that is set (UTC).
    ``working_hours`` are times of their own zone, always when empty. ``capacity`` bounds how
    many cases rules may give them; no bound when empty.
    """

    display_name = models.CharField(
        _("name shown"),
        max_length=100,
        blank=True,
        help_text=_("As colleagues and customers read it; the log-in name when empty."),
    )
    language = models.CharField(
        _("language"), max_length=10, blank=True, choices=settings.LANGUAGES
    )
    timezone = models.CharField(
        _("time zone"), max_length=64, blank=True, validators=[validate_timezone]
    )
    theme = models.CharField(_("theme"), max_length=5, blank=True, choices=Theme)
    signature = models.TextField(
        _("signature"),
        max_length=1000,
        blank=True,
        help_text=_("Stands below your answers, above that of the team's account."),
    )
    keyboard_shortcuts = models.BooleanField(
        _("keyboard shortcuts"),
        default=True,
        help_text=_("Single keys such as r and j. Switch them off if they get in your way."),
    )
    presence = models.CharField(
        _("presence"), max_length=9, choices=Presence, default=Presence.AVAILABLE
    )
    presence_until = models.DateTimeField(_("presence until"), null=True, blank=True)
    working_hours = models.CharField(
        _("working hours"),
        max_length=500,
        blank=True,
        validators=[validate_hours],
        help_text=format_lazy(
            _("Rules give cases within these hours only; always when empty. Example: {example}"),
            example=EXAMPLE,
        ),
    )
    capacity = models.PositiveSmallIntegerField(
        _("cases at once"),
        null=True,
        blank=True,
        help_text=_("Rules give no more cases than that; no limit when empty."),
    )
    teams: models.ManyToManyField[Team, Membership] = models.ManyToManyField(
        "Team", through="Membership", related_name="members", verbose_name=_("teams")
    )

    history = HistoricalRecords(
        excluded_fields=["password", "last_login", "presence", "presence_until"]
    )

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.display_name or self.get_full_name() or self.username

    @cached_property
    def roles_by_team(self) -> dict[int, str]:
        """The role in each team, read once for the life of this object."""
        return dict(self.memberships.values_list("team_id", "role"))

    @property
    def team_ids(self) -> list[int]:
        return sorted(self.roles_by_team)

    @property
    def led_team_ids(self) -> list[int]:
        return sorted(t for t, role in self.roles_by_team.items() if role == Role.LEAD)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.pop("roles_by_team", None)
        super().refresh_from_db(*args, **kwargs)


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, user: User) -> Self:
        """The person's own teams; all for superusers."""
        return self if user.is_superuser else self.filter(pk__in=user.team_ids)

    def with_rule(self) -> Self:
        """Teams in which cases without an owner are given to somebody."""
        return self.exclude(assignment_rule=AssignmentRule.NONE)


class Team(models.Model):
    """A group that shares cases.

    ``assignment_rule`` says who is given a case without an owner; ``assignment_fallback`` is
    asked by ``knows_customer`` alone, for a customer whom nobody present knows.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    requires_second_factor = models.BooleanField(
        _("second factor required"),
        default=False,
        help_text=_("Members set an authenticator app or a passkey up before they can go on."),
    )
    assignment_rule = models.CharField(
        _("new cases go to"),
        max_length=20,
        choices=AssignmentRule,
        default=AssignmentRule.NONE,
        help_text=_(
            "Applied when a case comes into the team without an owner. Only people who are"
            " available, within their working hours, not absent and below their number of cases"
            " at once are given any. When there is nobody, the case waits and is given to the"
            " first who becomes available. What a machine wrote is left to people."
        ),
    )
    assignment_fallback = models.CharField(
        _("second rule"),
        max_length=20,
        choices=[one for one in AssignmentRule.choices if one[0] != "knows_customer"],
        default=AssignmentRule.ROUND_ROBIN,
        help_text=_("For customers whom nobody present knows; asked by that rule alone."),
    )

    history = HistoricalRecords()
    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's role in a team."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    team = models.ForeignKey(
        Team, models.CASCADE, related_name="memberships", verbose_name=_("team")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.AGENT)

    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "team"], name="one_membership_per_team")
        ]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.user} · {self.team}"
