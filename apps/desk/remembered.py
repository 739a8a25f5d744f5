"""What we remember of a customer, as their pane and their page show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.safestring import SafeString

from apps.accounts.models import User
from apps.cases.models import Case, Interaction
from apps.common import prepared
from apps.common.icons import icon_markup
from apps.customers import wishes
from apps.customers.enums import PreferenceKind
from apps.customers.models import Customer, Preference
from apps.desk import beside
from apps.desk.rows import CHANNEL_ICONS

CUSTOMER = -1  # what stands in a prepared query for the number of each customer
ICONS: dict[str, str] = {
    PreferenceKind.QUIET_HOURS: "moon-stars",
    PreferenceKind.CHANNEL: "route",
    PreferenceKind.NO_VOICEMAIL: "microphone-off",
    PreferenceKind.LANGUAGE: "language",
    PreferenceKind.OTHER: "pin",
}


@dataclass(frozen=True, slots=True)
class Remembered:
    """One line. ``said`` is the customer's wish in the words that were noted, where these say
    more than ``label``; ``source`` leads to the message, for whoever may read it.
    """

    pk: int
    icon: SafeString
    label: str
    said: str
    by: str
    at: datetime
    confirmed_at: datetime | None
    source: str
    retired_at: datetime | None
    why_retired: str


def may_keep(case: Case, user: User) -> bool:
    """Whether somebody who may write a case may note things of its customer; mostly no query."""
    if case.merged_into_id:
        return False
    if case.reveals_customer:
        return True
    return Customer.objects.kept_by(user).filter(pk=case.customer_id).exists()


def of_case(case: Case, user: User) -> list[Remembered]:
    """What holds for the customer of a case; no query where there is nothing."""
    if not beside.may_have(case, "preferences"):
        return []

    def compose() -> QuerySet[Preference]:
        return _shown(Preference.objects.holding().filter(customer=CUSTOMER), user)

    key = ("remembered", user.pk, user.is_superuser, *user.team_ids)
    return _lines(prepared.load(key, compose, places={CUSTOMER: case.customer_id}), case)


def of_customer(customer: Customer, user: User) -> tuple[list[Remembered], list[Remembered]]:
    """What holds for a customer, and what held once, the latest first; in one query."""
    rows = _lines(_shown(Preference.objects.filter(customer=customer), user))
    gone = [one for one in rows if one.retired_at]
    return [one for one in rows if not one.retired_at], gone[::-1]


def _shown(found: QuerySet[Preference], user: User) -> QuerySet[Any]:
    said = Interaction.objects.filter(pk=OuterRef("source"))
    readable = Case.objects.visible_to(user).filter(interactions=OuterRef("source"))
    annotated: QuerySet[Any] = found.select_related("noted_by").annotate(
        source_case=Subquery(said.values("case_id")[:1]), may_read_source=Exists(readable)
    )
    return annotated.order_by("pk")


def _lines(rows: Iterable[Any], case: Case | None = None) -> list[Remembered]:
    return [_line(row, case) for row in rows]


def _line(row: Any, case: Case | None) -> Remembered:
    label = wishes.describe(row)
    by_channel = row.kind == PreferenceKind.CHANNEL
    icon = CHANNEL_ICONS.get(row.value) if by_channel else None
    return Remembered(
        pk=row.pk,
        icon=icon_markup(icon or ICONS.get(row.kind, "pin"), "i-s"),
        label=label,
        said=row.text if row.text != label else "",
        by=row.noted_by.name if row.noted_by else "",
        at=row.noted_at,
        confirmed_at=row.confirmed_at,
        source=_source(row, case),
        retired_at=row.retired_at,
        why_retired=row.why_retired,
    )


def _source(row: Any, case: Case | None) -> str:
    """Where it was said: a place on the open page, or the message's own page."""
    if row.source is None or not row.may_read_source:
        return ""
    if case is not None and row.source_case == case.pk:
        return f"#ix{row.source}"
    return reverse("desk:interaction", args=[row.source])
