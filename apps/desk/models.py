"""What the desk remembers of its own: which forms were sent already."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.cases.models import Case, Interaction


class Submission(models.Model):
    """A composer that was sent; the same key again is the same press, not a second message."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=36)
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="+")
    interaction = models.ForeignKey(Interaction, models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="one_submission_per_key")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}"
