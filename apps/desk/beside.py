"""What may stand beside a case: most cases have hardly any of it, and then no query is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, QuerySet

from apps.cases.models import Case, CaseFollower, CaseOffer, Participant, Tag
from apps.channels.enums import Verdict
from apps.channels.models import Consulted, SenderRule
from apps.common import prepared
from apps.customers.models import Preference
from apps.desk.models import Upload
from apps.promises.models import Estimate, Inquiry, Promise

MOST_PROMISES = 200
CASE = -2  # what stands in a prepared query for the number of a case

OF_A_CASE: dict[str, Callable[[Any], QuerySet[Any]]] = {
    "seats": lambda case: Participant.objects.seated().filter(case=case),
    "tags": lambda case: Tag.objects.filter(cases=case),
    "asked": lambda case: Consulted.objects.filter(case=case),
    "offers": lambda case: (
        CaseOffer.objects.pending().filter(case=case).select_related("by", "to", "note")
    ),
    "promises": lambda case: Promise.objects.filter(case=case),
    "followers": lambda case: CaseFollower.objects.filter(case=case).select_related("user"),
    "inquiries": lambda case: Inquiry.objects.filter(promise__case=case).newest_first(),
    "estimates": lambda case: Estimate.objects.filter(case=case).select_related("actor"),
}


def _with_attempts(case: Any) -> QuerySet[Promise]:
    """Promises with their owners, a row for each attempt (``tried``): the owed ones first."""
    found = Promise.objects.filter(case=case).annotate(tried=FilteredRelation("attempts"))
    order = (F("settled_at").desc(nulls_first=True), "deadline", "pk", "tried__at", "tried__pk")
    found = found.select_related("owner", "tried")  # type: ignore[misc]  # a relation of ours
    return found.order_by(*order)[:MOST_PROMISES]


# what is loaded with more than says whether there is any
IN_FULL: dict[str, Callable[[Any], QuerySet[Any]]] = {"promises": _with_attempts}


def presence(reader: int) -> dict[str, Exists]:
    """For ``annotate`` on the one query of a case: ``has_…`` says whether there is any."""
    here = OuterRef("pk")
    return {
        **{f"has_{name}": Exists(rows(here)) for name, rows in OF_A_CASE.items()},
        "has_merged": Exists(Case.objects.filter(merged_into=here)),
        "has_preferences": Exists(
            Preference.objects.holding().filter(customer=OuterRef("customer_id"))
        ),
        "has_uploads": Exists(Upload.objects.filter(user=reader, case=here)),
        "has_blocks": Exists(SenderRule.objects.filter(verdict=Verdict.BLOCK)),
    }


def may_have(case: Case, name: str) -> bool:
    """False where the query of the case has seen that there is none."""
    return bool(getattr(case, f"has_{name}", True))


def load(case: Case, name: str) -> list[Any]:
    """The rows of one of these kinds."""
    if not may_have(case, name):
        return []
    rows = IN_FULL.get(name, OF_A_CASE[name])
    return prepared.load(name, lambda: rows(CASE), places={CASE: case.pk})
