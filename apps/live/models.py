"""The outbox of events, and who looks at what just now."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone


class Event(models.Model):
    """Something that browsers show has changed: its topic and its key, nothing else.

    Written in the transaction of the change itself. The key of the row is the id of the
    server-sent event. Rows commit out of order on PostgreSQL, so a gap in the keys may fill.
    """

    topic = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.topic} {self.object_id}"


class PresenceQuerySet(models.QuerySet["Presence"]):
    def of(self, topic: str, object_id: int) -> Self:
        return self.filter(topic=topic, object_id=object_id)


class Presence(models.Model):
    """Somebody looks at or writes on an object; it ends by itself at ``until``."""

    topic = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    typing = models.BooleanField(default=False)
    until = models.DateTimeField()

    objects = PresenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "object_id", "user"], name="one_presence_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.topic} {self.object_id}"
