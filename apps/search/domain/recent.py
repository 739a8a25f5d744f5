"""What somebody searched for last, for them alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from apps.search.models import RecentSearch

if TYPE_CHECKING:
    from apps.accounts.models import User

KEPT = 10


def recent(user: User) -> list[RecentSearch]:
    """The last ten searches, the newest first."""
    return list(RecentSearch.objects.filter(user=user).order_by("-at", "-pk")[:KEPT])


@transaction.atomic
def remember(*, user: User, typed: str) -> None:
    """Put a search first among the person's last ten; the oldest beyond them goes."""
    RecentSearch.objects.update_or_create(user=user, typed=typed, defaults={"at": timezone.now()})
    mine = RecentSearch.objects.filter(user=user).order_by("-at", "-pk")
    beyond = list(mine.values_list("pk", flat=True)[KEPT:])
    if beyond:
        mine.filter(pk__in=beyond).delete()


@transaction.atomic
def forget(*, user: User, search_id: int | None = None) -> None:
    """Forget one of the person's searches, or all of them; raises RecentSearch.DoesNotExist."""
    mine = RecentSearch.objects.filter(user=user)
    if search_id is None:
        mine.delete()
    else:
        mine.get(pk=search_id).delete()
