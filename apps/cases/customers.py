"""What cases have to do with customers: finding them, what moves when two become one and what
keeps them from parting, where something was said that is remembered of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.cases.domain.events import event
from apps.cases.enums import Direction, EventKind
from apps.cases.hearing import CASE
from apps.cases.models import Case, CaseEvent, CaseMerge, Interaction, Participant
from apps.common.bulk import insert_rows
from apps.customers import belongings, finding, signals, sources
from apps.customers.errors import CannotPart
from apps.live.domain import announce
from apps.search import domain as search

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.customers.models import Customer, CustomerMerge

CASES = belongings.Belonging(Case, "customer").label
TOLD = 20
IDENTITIES = "customers.identity.customer"


def register() -> None:
    """Called once, when the app is ready."""
    belongings.register(Case)
    signals.customer_merged.connect(_merged)
    signals.customer_parting.connect(_parting)
    signals.customer_unmerged.connect(_unmerged)
    signals.preferences_changed.connect(_preferences_changed)
    sources.register(customer_of)


def customer_of(user: User, interaction: int) -> int | None:
    """The key of the customer of the case that holds an interaction, for its readers."""
    readable = Case.objects.visible_to(user).filter(interactions=interaction)
    return readable.values_list("customer_id", flat=True).first()


def _preferences_changed(*, customer: Customer, **_kwargs: Any) -> None:
    """Let open pages of the customer's cases show it; older pages find it when they are opened."""
    active = Case.objects.active().filter(customer=customer).order_by("-last_activity_at")
    announce(CASE, *active.values_list("pk", flat=True)[:TOLD])


def customers_matching(user: User, text: str) -> Q:
    """A condition on customers: what ``finding.matching`` finds, or whose case has this number."""
    numbered = Case.objects.visible_to(user).by_number(text.strip()).values("customer")
    return finding.matching(user, text) | Q(pk__in=numbered)


def _merged(
    *, into: Customer, other: Customer, actor: User, kept: dict[str, Any], **_kwargs: Any
) -> None:
    """Their own addresses need no seat any more; every case that moved says so."""
    cases = kept["rows"][CASES]
    search.give_cases(cases, customer_id=into.pk)
    own = set(into.identities.values_list("kind", "value"))
    seats = Participant.objects.seated().filter(case__customer=into)
    seats = seats.filter(value__in={value for _kind, value in own})
    mine = [seat.pk for seat in seats if (seat.kind, seat.value) in own]
    Participant.objects.filter(pk__in=mine).update(left_at=timezone.now())
    newest = Interaction.objects.order_by("-pk").values_list("pk", flat=True).first()
    kept["cases"] = {"seats": mine, "newest": newest or 0}
    _tell(cases, EventKind.CUSTOMER_MERGED, actor, customer=other.pk, into=into.pk)


def _parting(*, into: Customer, merge: CustomerMerge, **_kwargs: Any) -> None:
    """Raise CannotPart when the words or the cases of both have mingled since."""
    cases = merge.kept["rows"][CASES]
    mingled = CaseMerge.objects.filter(merged_at__gt=merge.merged_at)
    if mingled.filter(Q(case__in=cases) | Q(into__in=cases)).exists():
        raise CannotPart(_("Cases of both have been merged since. Undo that first."))
    addresses = into.identities.filter(pk__in=merge.kept["rows"][IDENTITIES])
    written = Interaction.objects.filter(
        case__customer=into,
        pk__gt=merge.kept["cases"]["newest"],
        direction=Direction.INBOUND,
        sender_value__in=addresses.values("value"),
    )
    if written.exists():
        raise CannotPart(
            _("They have written since the merge, so it cannot be undone exactly any more.")
        )


def _unmerged(
    *, into: Customer, other: Customer, actor: User, kept: dict[str, Any], **_kwargs: Any
) -> None:
    cases = kept["rows"][CASES]
    search.give_cases(cases, customer_id=other.pk)
    Participant.objects.filter(pk__in=kept["cases"]["seats"]).update(left_at=None)
    _tell(cases, EventKind.CUSTOMER_UNMERGED, actor, customer=other.pk, into=into.pk)


def _tell(cases: Sequence[int], kind: str, actor: User, **data: int) -> None:
    told: list[CaseEvent] = [
        event(case, kind, actor=actor, **data) for case in Case.objects.filter(pk__in=cases)
    ]
    insert_rows(told)
