"""How much work people have, and when they got the last of it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from apps.accounts.models import User
from apps.cases.models import Case


def with_load(people: QuerySet[User]) -> QuerySet[Any]:
    """Let each person know the number of their active cases, in all teams, as ``load``."""
    active = Case.objects.active().filter(owner=OuterRef("pk"))
    # each group has a partial index of its own, the whole has none
    promised = _count(active.filter(due_at__isnull=False))
    rest = active.filter(due_at__isnull=True)
    waiting = _count(rest.filter(waiting_since__isnull=False))
    return people.annotate(
        load=promised + waiting + _count(rest.filter(waiting_since__isnull=True))
    )


def with_turn(people: QuerySet[User]) -> QuerySet[Any]:
    """Let each person know their load, and when they took or were given a case last."""
    owned = Case.objects.filter(owner=OuterRef("pk"), owned_since__isnull=False)
    last = owned.order_by("-owned_since").values("owned_since")[:1]
    turned: QuerySet[Any] = with_load(people).annotate(last_given=Subquery(last))
    return turned


def _count(cases: QuerySet[Case]) -> Any:
    counted = cases.order_by().values("owner").annotate(cases=Count("pk")).values("cases")
    return Coalesce(Subquery(counted), Value(0), output_field=IntegerField())
