"""Return-visit campaigns as their pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.common import csvfile
from apps.common.text import local_time
from apps.customers import wishes
from apps.customers.enums import ContactChannel
from apps.customers.models import Customer
from apps.promises.domain import MOST, Report, report_of
from apps.promises.enums import Settlement
from apps.promises.models import Campaign, Visit

PAGE = 20


@dataclass(frozen=True, slots=True)
class Page[Row]:
    """Some rows, and the key after which the next ones come, None at the end."""

    rows: Sequence[Row]
    after: int | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One outcome of the report; ``share`` is percent of the visits that were made."""

    outcome: str
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class Row:
    """One visit that is owed; ``later`` says when to try again, ``number`` is empty for none.

    ``against`` is what the customer asked us not to do, as far as a call now would do it.
    """

    pk: int
    case: str
    customer: str
    organisation: str
    number: str
    due: str
    late: bool
    tries: int
    later: str
    against: Sequence[str]


def list_campaigns(user: User, after: int | None) -> Page[Campaign]:
    """Campaigns of one's teams, the newest first, with how many visits they have and owe."""
    found = Campaign.objects.visible_to(user).select_related("team").order_by("-pk")
    counted = found.annotate(
        total=Count("visits"), owed=Count("visits", filter=Q(visits__promise__settled_at=None))
    )
    if after is not None:
        counted = counted.filter(pk__lt=after)
    rows = list(counted[: PAGE + 1])
    return Page(rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None)


def queue(campaign: Campaign, user: User, after: int | None) -> Page[Row]:
    """The visits that nobody has made yet, in the order of the list, in two queries."""
    owed = campaign.visits.visible_to(user).owed()
    owed = owed.select_related("promise__case__customer__organisation").order_by("pk")
    if after is not None:
        owed = owed.filter(pk__gt=after)
    found, now = list(owed[: PAGE + 1]), timezone.now()
    prefetch_related_objects([one.promise.case.customer for one in found], wishes.prefetch())
    rows = [_row(one, now) for one in found]
    return Page(rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None)


def report(campaign: Campaign) -> tuple[Report, list[Bar]]:
    """What the campaign has brought, counted in two queries."""
    counts = report_of(campaign)
    bars = [
        Bar(outcome, count, round(100 * count / counts.done) if counts.done else 0)
        for outcome, count in counts.outcomes.items()
    ]
    return counts, bars


def export(campaign: Campaign, user: User) -> str:
    """Every visit as a row of a CSV file."""
    visits = campaign.visits.visible_to(user).order_by("pk")[:MOST]
    rows = visits.select_related("promise__case__customer")
    head = [_("Case"), _("Customer"), _("Outcome"), _("State"), _("How it ended")]
    head += [_("Attempts"), _("Done at")]
    return csvfile.table(head, [_cells(one) for one in rows])


def _row(visit: Visit, now: datetime) -> Row:
    promise = visit.promise
    customer = promise.case.customer
    again = promise.next_call_at
    return Row(
        pk=visit.pk,
        case=promise.case.number,
        customer=_name(customer),
        organisation=customer.organisation.name if customer.organisation else "",
        number=promise.address,
        due=local_time(promise.deadline, now=now),
        late=promise.deadline <= now,
        tries=promise.times_tried,
        later=local_time(again, now=now) if again and again > now else "",
        against=[
            one.sentence for one in wishes.conflicts(customer, at=now, channel=ContactChannel.PHONE)
        ],
    )


def _name(customer: Customer) -> str:
    return customer.name or customer.form_of_address or _("a customer without a name")


def _cells(visit: Visit) -> list[object]:
    promise = visit.promise
    done = timezone.localtime(promise.settled_at) if promise.settled_at else None
    return [
        promise.case.number,
        promise.case.customer.name,
        visit.outcome,
        promise.get_state_display(),
        Settlement(promise.settlement).label if promise.settlement else "",
        promise.times_tried,
        f"{done:%Y-%m-%d %H:%M}" if done else "",
    ]
