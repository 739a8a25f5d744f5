"""The steps of a request as its customer sees them: a registry of sources, and our own two.

Only what is public and theirs becomes a step: never a note, a colleague's record of a call, a
third party's mail, or what has not left yet. Whoever knows more of a request (a promise, a
test) registers in ``AppConfig.ready``::

    steps.register(promised)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from apps.cases.enums import Channel, Direction, EventKind
from apps.cases.models import Attachment, Case, CaseMerge, Interaction
from apps.channels.enums import DeliveryState

MAX_WORDS = 200
# What was spoken is put on record by an agent, for colleagues: customers see that it happened.
SPOKEN = (Channel.PHONE, Channel.RECEPTION)
NOT_OUT = (DeliveryState.HELD, DeliveryState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Step:
    """One entry; ``state`` is that of a promise (kept, calm, soon, late, later), ``at`` UTC."""

    at: datetime
    title: str
    text: str = ""
    state: str = "kept"
    name: str = ""
    files: Sequence[Attachment] = ()


type Source = Callable[[Case], Iterable[Step]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Add a source of steps; it costs a fixed number of queries."""
    _sources.append(source)


def of(case: Case) -> list[Step]:
    """Every step of a request, oldest first."""
    return sorted((step for source in _sources for step in source(case)), key=lambda one: one.at)


def words(case: Case) -> list[Step]:
    """What was said between the customer and us."""
    return [
        Step(
            at=one.occurred_at,
            title=_title(one),
            text="" if one.channel in SPOKEN else one.text_folded,
            name=one.author.name if one.author and one.direction == Direction.OUTBOUND else "",
            files=[] if one.channel in SPOKEN else list(one.attachments.all()),
        )
        for one in seen_words(case)
    ]


def seen_words(case: Case) -> list[Interaction]:
    """The newest 200 interactions that are the customer's to see, oldest first."""
    own = set(case.customer.identities.values_list("kind", "value"))
    found = (
        Interaction.objects.public()
        .filter(case=case, automatic="")
        .exclude(channel=Channel.INTERNAL)
        .filter(Q(delivery=None) | ~Q(delivery__state__in=NOT_OUT))
        .select_related("author")
        .prefetch_related("attachments")
        .newest_first()
    )
    mixed = CaseMerge.objects.filter(into=case).exclude(case__customer=case.customer_id).exists()
    theirs = [one for one in found[:MAX_WORDS] if _is_theirs(one, own, mixed=mixed)]
    return theirs[::-1]


def facts(case: Case) -> list[Step]:
    """What happened to the request that its customer is told anyway."""
    said = _told()
    events = case.events.filter(kind__in=said).order_by("pk")
    confirmed = False
    steps = []
    for event in events:
        # "closed" right after "it works" says the same thing twice
        if not (event.kind == EventKind.CASE_CLOSED and confirmed):
            steps.append(Step(event.at, said[event.kind]))
        confirmed = event.kind == EventKind.CASE_CONFIRMED
    return steps


def _told() -> dict[str, str]:
    return {
        EventKind.CASE_RESOLVED: _("We believe that it is solved"),
        EventKind.CASE_CONFIRMED: _("You told us that it works"),
        EventKind.CASE_CLOSED: _("Your request is closed"),
        EventKind.CASE_REOPENED: _("We have taken it up again"),
    }


def _is_theirs(one: Interaction, own: set[tuple[str, str]], *, mixed: bool) -> bool:
    """Whether the customer said it or it was said to them.

    ``mixed``: another customer's case was merged into this one, so what names nobody may be
    the other's.
    """
    parties = [*one.recipients, *one.copies]
    to_them = any((party["kind"], party["value"]) in own for party in parties)
    if one.direction == Direction.OUTBOUND:
        return to_them or not (parties or mixed)
    by_them = (one.sender_kind, one.sender_value) in own
    return by_them or to_them or not (one.sender_value or mixed)


def _title(one: Interaction) -> str:
    ours = one.direction == Direction.OUTBOUND
    match one.channel:
        case Channel.PHONE:
            return _("We called you") if ours else _("You called us")
        case Channel.RECEPTION:
            return _("We met") if ours else _("You came to us")
    return _("We wrote to you") if ours else _("You wrote to us")
