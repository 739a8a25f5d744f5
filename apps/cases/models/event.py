"""The append-only story of a case."""

from __future__ import annotations

from typing import Any, NoReturn, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.cases.enums import EventKind
from apps.cases.models.case import Case
from apps.common.expressions import Literal


class AppendOnly(TypeError):
    """Somebody tried to rewrite what happened."""


IS_FACT = ~Q(kind=EventKind.INTERACTION_RECORDED.value)


class CaseEventQuerySet(models.QuerySet["CaseEvent"]):
    def facts(self) -> Self:
        """What happened beside what was said; said so that the partial index serves it."""
        return self.exclude(kind=Literal(EventKind.INTERACTION_RECORDED))

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("case events are never changed")

    def delete(self) -> NoReturn:
        raise AppendOnly("case events are never deleted")


class CaseEvent(models.Model):
    """One thing that happened; ``data`` holds ids and values, never texts of customers."""

    case = models.ForeignKey(
        Case, models.CASCADE, related_name="events", db_index=False, verbose_name=_("case")
    )
    kind = models.CharField(_("kind"), max_length=40)
    at = models.DateTimeField(_("at"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    data = models.JSONField(_("data"), default=dict, blank=True)

    objects = CaseEventQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("case event")
        verbose_name_plural = _("case events")
        indexes = [
            models.Index(fields=["case", "id"], name="case_event_story"),
            models.Index(fields=["case", "id"], name="case_event_facts", condition=IS_FACT),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("case events are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("case events are never deleted")
