"""What people can help with."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from apps.accounts.enums import SkillLevel
from apps.accounts.models.people import User


class Skill(models.Model):
    """Something that colleagues are asked about; its name in one language or in both."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    name_zh = models.CharField(
        _("name in Chinese"), max_length=100, blank=True, help_text=_("The name when empty.")
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        verbose_name = _("skill")
        verbose_name_plural = _("skills")

    def __str__(self) -> str:
        """The name in the language that is active."""
        chinese = (get_language() or settings.LANGUAGE_CODE).startswith("zh")
        return self.name_zh if chinese and self.name_zh else self.name


class PersonSkillQuerySet(models.QuerySet["PersonSkill"]):
    def valid(self, on: date | None = None) -> Self:
        """What has not expired."""
        return self.filter(Q(expires_on=None) | Q(expires_on__gte=on or timezone.localdate()))


class PersonSkill(models.Model):
    """A skill of one person: their own word until a lead of one of their teams confirms it."""

    user = models.ForeignKey(
        User, models.CASCADE, db_index=False, related_name="skills", verbose_name=_("user")
    )
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="people", verbose_name=_("skill"))
    level = models.CharField(_("level"), max_length=10, choices=SkillLevel, default=SkillLevel.ABLE)
    since = models.DateField(_("since"), default=timezone.localdate)
    expires_on = models.DateField(
        _("expires on"), null=True, blank=True, help_text=_("Does not expire when empty.")
    )
    confirmed_by = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    objects = PersonSkillQuerySet.as_manager()

    class Meta:
        ordering = ["skill__name"]
        verbose_name = _("skill of a person")
        verbose_name_plural = _("skills of people")
        constraints = [
            models.UniqueConstraint(fields=["user", "skill"], name="one_level_per_skill")
        ]

    @property
    def is_over(self) -> bool:
        return self.expires_on is not None and self.expires_on < timezone.localdate()

    def __str__(self) -> str:
        return f"{self.user_id} {self.skill_id} {self.level}"
