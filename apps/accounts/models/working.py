"""When people are not there."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.people import User


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def at(self, moment: datetime) -> Self:
        """Absences that hold at this moment."""
        return self.filter(begins_at__lte=moment, ends_at__gt=moment)

    def not_over(self, moment: datetime) -> Self:
        return self.filter(ends_at__gt=moment).order_by("begins_at")


class Absence(models.Model):
    """A time in which rules give a person no case: leave, training. Times are UTC."""

    user = models.ForeignKey(User, models.CASCADE, related_name="absences", verbose_name=_("user"))
    begins_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=100, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("begins_at")),
                name="absence_ends_after_it_begins",
                violation_error_message=_("The end must come after the beginning."),
            )
        ]
        indexes = [models.Index(fields=["user", "ends_at"], name="absence_of_user")]
        verbose_name = _("absence")
        verbose_name_plural = _("absences")

    def __str__(self) -> str:
        return f"{self.user_id} {self.begins_at:%Y-%m-%d}–{self.ends_at:%Y-%m-%d}"
