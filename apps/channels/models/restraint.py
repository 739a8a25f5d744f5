"""How often we have answered an address by ourselves."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AutomaticAnswer(models.Model):
    """One row an address: when it was last answered by itself, and how often in a row (UTC).

    A row ends (``run`` begins anew) once the address has been quiet for long enough.
    """

    kind = models.CharField(_("kind"), max_length=10)
    value = models.CharField(_("address"), max_length=320)
    answered_at = models.DateTimeField(_("answered at"))
    asked_at = models.DateTimeField(_("asked at"), db_index=True)
    run = models.PositiveSmallIntegerField(_("answers in a row"), default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "value"], name="one_restraint_per_address")
        ]
        verbose_name = _("automatic answer")
        verbose_name_plural = _("automatic answers")

    def __str__(self) -> str:
        return f"{self.value} ({self.run})"
