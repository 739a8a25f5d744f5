"""The story of a case as one list: what was said, what happened, what other layers add.

A page costs a fixed number of queries, whatever the case holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.cases import timeline
from apps.cases.models import Case, CaseEvent, Interaction
from apps.cases.models.event import CaseEventQuerySet
from apps.cases.models.interaction import InteractionQuerySet
from apps.common import prepared
from apps.desk import facts
from apps.desk.bubbles import Bubble, for_bubbles, make_bubbles
from apps.desk.handed import Handed, find_handed
from apps.desk.names import Names
from apps.desk.recipients import knows_customer

PAGE = 50
MAX_FACTS = 200
CASE = -1  # what stands in a prepared query for the number of each case


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the story; exactly one of bubble, fact and template is set.

    ``plain`` is the whole markup of a bubble that has no footer, as most have none.
    """

    at: datetime
    day: date | None = None
    bubble: Bubble | None = None
    plain: str = ""
    fact: facts.Fact | None = None
    template: str = ""
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Story:
    """One page, oldest first. ``earlier`` is the key of its oldest interaction if more exist."""

    entries: list[Entry]
    shown: list[Interaction]
    earlier: int | None
    newest: int
    handed: Handed | None = None


def keep_at(case: Case) -> str:
    """Where something is noted that stands in a message, whose key comes last."""
    return f"{reverse('desk:remember', args=[case.number])}?source="


def page(
    case: Case, user: User, before: int | None = None, size: int = PAGE, *, keep: str = ""
) -> Story:
    """The newest page, or the one that ends before the interaction with this key.

    ``keep`` (``keep_at``) lets each message offer to remember something of it.
    """
    until = _bound(case, before)
    found = _interactions(case, user, until, size + 1)
    shown, more = found[:size], len(found) > size
    since = shown[-1].received_at if more else None
    span = timeline.Span(since=since, until=until.received_at if until else None)
    events = _events(case, span)
    authors = {interaction.author_id for interaction in shown}
    names = Names.load(user, authors | facts.people_in(events))
    known = knows_customer(user, case)
    bubbles = zip(shown, make_bubbles(shown, case, names, known=known, keep=keep), strict=True)
    entries = [
        Entry(at=said.received_at, bubble=bubble, plain=bubble.plain) for said, bubble in bubbles
    ]
    entries += [Entry(at=fact.at, fact=fact) for fact in facts.tell(events, names, user)]
    entries += [
        Entry(at=item.at, template=item.template, context=item.context)
        for item in timeline.items(case, user, span)
    ]
    newest = shown[0].pk if shown else 0
    earlier = shown[-1].pk if more else None
    handed = find_handed(case, user, shown, events, names)
    return Story(_with_days(entries), shown, earlier, newest, handed)


def newest_public(case: Case, *, after: int) -> Interaction | None:
    """The newest public interaction that came after the one with this key."""
    newer = Interaction.objects.filter(case=case, pk__gt=after).public().select_related("author")
    return newer.order_by("-pk").first()


def _bound(case: Case, before: int | None) -> Interaction | None:
    if before is None:
        return None
    return case.interactions.filter(pk=before).only("pk", "received_at").first()


def _interactions(
    case: Case, user: User, until: Interaction | None, number: int
) -> list[Interaction]:
    """The newest ones, or those before one of them, newest first."""
    if until is None:

        def newest() -> QuerySet[Interaction]:
            return for_bubbles(_of_case(CASE), user).newest_first()[:number]

        key = ("newest", number, user.pk, user.is_superuser, *user.led_team_ids)
        return prepared.load(key, newest, places={CASE: case.pk})
    same_moment = Q(received_at=until.received_at, pk__gte=until.pk)
    found = for_bubbles(_of_case(case.pk), user).filter(received_at__lte=until.received_at)
    return list(found.exclude(same_moment).newest_first()[:number])


def _of_case(pk: int) -> InteractionQuerySet:
    return Interaction.objects.filter(case_id=pk)


def _events(case: Case, span: timeline.Span) -> list[CaseEvent]:
    if span.since is None and span.until is None:
        newest = lambda: _facts(CASE).order_by("-pk")[:MAX_FACTS]  # noqa: E731
        return prepared.load("facts", newest, places={CASE: case.pk})[::-1]
    events = _facts(case.pk)
    if span.since:
        events = events.filter(at__gte=span.since)
    if span.until:
        events = events.filter(at__lt=span.until)
    return list(events.order_by("-pk")[:MAX_FACTS])[::-1]


def _facts(pk: int) -> CaseEventQuerySet:
    return CaseEvent.objects.filter(case_id=pk).facts()


def _with_days(entries: list[Entry]) -> list[Entry]:
    """Sort by time, facts before what was said at the same moment, and mark each new day."""
    entries.sort(key=lambda entry: (entry.at, entry.bubble is not None))
    marked: list[Entry] = []
    previous: date | None = None
    for entry in entries:
        day = timezone.localdate(entry.at)
        marked.append(entry if day == previous else _on_new_day(entry, day))
        previous = day
    return marked


def _on_new_day(entry: Entry, day: date) -> Entry:
    return replace(entry, day=day)
