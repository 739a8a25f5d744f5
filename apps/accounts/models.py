"""Who works here, and in which team."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from apps.accounts.enums import Role, Theme


def validate_timezone(value: str) -> None:
    """Accept the names of the IANA time zone database only."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(zone)s” is not a time zone. Use a name such as Asia/Shanghai."),
            params={"zone": value},
        )


class User(AbstractUser):
    """Somebody who logs in. ``timezone`` is an IANA name; empty values mean the site's own."""

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
    teams: models.ManyToManyField[Team, Membership] = models.ManyToManyField(
        "Team", through="Membership", related_name="members", verbose_name=_("teams")
    )

    history = HistoricalRecords(excluded_fields=["password", "last_login"])

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


class Team(models.Model):
    """A group that shares cases."""

    name = models.CharField(_("name"), max_length=100, unique=True)

    history = HistoricalRecords()

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
