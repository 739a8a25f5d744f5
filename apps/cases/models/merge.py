"""What undoing a merge needs to know."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.cases.models.case import Case


class CaseMerge(models.Model):
    """A case that goes on in another one; the row goes when the merge is undone.

    ``kept`` holds what moved and what both cases said of themselves before: keys and values,
    never texts of customers. Each layer keeps its own part under its own name.
    """

    case = models.OneToOneField(
        Case, models.CASCADE, primary_key=True, related_name="merge", verbose_name=_("case")
    )
    into = models.ForeignKey(Case, models.CASCADE, related_name="merges", verbose_name=_("into"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    merged_at = models.DateTimeField(_("merged at"), default=timezone.now)
    kept = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")

    def __str__(self) -> str:
        return f"{self.case_id} → {self.into_id}"
