"""Once and only once: a form that is sent twice does its work the first time alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.cases.models import Interaction
from apps.desk.models import Submission

KEPT = timedelta(days=2)


def once(
    *, user: User, key: str, act: Callable[[], Interaction], typed: dict[str, Any] | None = None
) -> Interaction | None:
    """Run ``act`` in a transaction unless this person has sent this key before.

    Two presses at once wait for each other. Returns the interaction of the first press;
    what ``act`` raises undoes the whole, so that the same key may be sent again. ``typed`` is
    kept for an undo.
    """
    with transaction.atomic():
        submission, created = Submission.objects.get_or_create(user=user, key=key)
        if not created:
            return submission.interaction
        interaction = act()
        submission.interaction = interaction
        submission.case = interaction.case
        submission.typed = typed or {}
        submission.save(update_fields=["interaction", "case", "typed"])
        Submission.objects.filter(user=user, at__lt=timezone.now() - KEPT).delete()
    return interaction


def is_done(*, user: User, key: str) -> bool:
    """Whether this person has sent this key before: what it sent waits in no composer any more."""
    return bool(key) and Submission.objects.filter(user=user, key=key).exists()
