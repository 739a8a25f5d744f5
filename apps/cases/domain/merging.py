"""Letting one case go on in another one, and taking that back exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.cases import customer_notices, signals
from apps.cases.addresses import open_addresses, spoken_from
from apps.cases.domain.events import check_standing, locked, locked_pair, record
from apps.cases.domain.lifecycle import merge_clocks, restore
from apps.cases.domain.people import add_participant
from apps.cases.domain.standing import snapshot
from apps.cases.enums import Channel, EventKind
from apps.cases.errors import CannotMerge, NoLongerExact, NotMerged
from apps.cases.models import (
    Case,
    CaseEvent,
    CaseFollower,
    CaseGrant,
    CaseMerge,
    Interaction,
    Participant,
)

if TYPE_CHECKING:
    from apps.accounts.models import User

DECISIVE = (
    "status",
    "resolved_at",
    "closed_at",
    "waiting_since",
    "first_reply_at",
    "reopened_count",
)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a merge treats the outside.

    ``tell``: its customer learns the new number. ``seat_customer``: the customer of the case
    that ends takes part in the other one, where that has another customer.
    """

    tell: bool = True
    seat_customer: bool = False


@transaction.atomic
def merge_case(*, case_id: int, into_id: int, actor: User, terms: Terms | None = None) -> Case:
    """Let a case end and go on in another one, which is returned.

    Its messages move there, and so does whatever comes to its number, tokens and message ids;
    participants, followers and later cases join. Of two customers neither is sent a word of the
    other: the one of the case that ends is told, and seated, only by ``terms``. Undone by
    ``unmerge_case``.

    Raises NotAllowed unless the actor may change both, AlreadyMerged for either, CannotMerge,
    or Case.DoesNotExist.
    """
    case, into = locked_pair(case_id, into_id, actor)
    _check_can_merge(case, into)
    terms = terms or Terms()
    before = {"case": snapshot(case), "into": snapshot(into)}
    kept: dict[str, Any] = before | {"seats": _join_seats(case, into, actor, terms)}
    if terms.tell and (case.customer_id == into.customer_id or terms.seat_customer):
        kept["told"] = _tell(case, into)
    kept["followers"] = _join_followers(case, into)
    kept["later"] = _link_later(case, into)
    reopened = into.reopened_count
    merge_clocks(case, into)
    if into.reopened_count > reopened:
        record(into, EventKind.CASE_REOPENED, actor=actor, why="merged")
    moved = move_interactions(case, into)
    ids = kept["interactions"] = [interaction.pk for interaction in moved]
    signals.case_merged.send(Case, into=into, other=case, interactions=moved, kept=kept)
    record(case, EventKind.CASE_MERGED, actor=actor, into=into.number)
    joined = record(into, EventKind.CASE_JOINED, actor=actor, number=case.number, interactions=ids)
    kept |= {"after": snapshot(into), "event": joined.pk, "newest": _newest(into)}
    CaseMerge.objects.create(case=case, into=into, actor=actor, kept=kept)
    return into


@transaction.atomic
def unmerge_case(*, case_id: int, actor: User) -> Case:
    """Take a merge back: both cases are again what they were before it; returns the one that ended.

    Raises NotMerged, NotAllowed unless the actor may change both, or NoLongerExact when
    something has happened since that nobody could put back where it belongs.
    """
    merge = CaseMerge.objects.filter(case=case_id).first()
    if merge is None:
        locked(case_id, actor)
        raise NotMerged
    case, into = locked_pair(case_id, merge.into_id, actor)
    merge = CaseMerge.objects.filter(case=case, into=into).first()
    if merge is None:  # somebody else was faster
        raise NotMerged
    kept = merge.kept
    _check_is_exact(merge, into, kept)
    moved = move_interactions(into, case, ids=kept["interactions"])
    signals.case_unmerged.send(Case, into=into, other=case, interactions=moved, kept=kept)
    now = timezone.now()
    Participant.objects.filter(pk__in=kept["seats"], case=into).update(left_at=now)
    CaseFollower.objects.filter(pk__in=kept["followers"], case=into).delete()
    Case.objects.filter(pk__in=kept["later"], previous=into).update(previous=case)
    before = kept["into"]
    if snapshot(into)["last_activity_at"] != kept["after"]["last_activity_at"]:
        before["last_activity_at"] = snapshot(into)["last_activity_at"]  # a note since
    restore(case, kept["case"])
    restore(into, before)
    merge.delete()
    record(case, EventKind.CASE_UNMERGED, actor=actor, number=into.number)
    record(into, EventKind.CASE_PARTED, actor=actor, number=case.number)
    return case


def move_interactions(case: Case, into: Case, *, ids: list[int] | None = None) -> list[Interaction]:
    """Move these interactions (all by default) from one locked case to another; returns them."""
    moving = Interaction.objects.filter(case=case)
    if ids is not None:
        moving = moving.filter(pk__in=ids)
    moved = list(moving.defer("html").order_by("pk"))
    moving.update(case=into)
    for interaction in moved:
        interaction.case = into
    return moved


def _check_can_merge(case: Case, into: Case) -> None:
    if case.pk == into.pk:
        raise CannotMerge(_("A case cannot be merged into itself. Choose another one."))
    check_standing(case)
    check_standing(into)
    if case.restricted and not _is_as_restricted(into, case):
        raise CannotMerge(
            _("%(number)s is restricted. First restrict %(into)s to no more than the same people.")
            % {"number": case.number, "into": into.number}
        )


def _is_as_restricted(into: Case, case: Case) -> bool:
    """Whether whoever is named on ``into`` is named on ``case``, too."""
    if not into.restricted:
        return False
    named = set(CaseGrant.objects.filter(case=case).values_list("user", "team"))
    return named.issuperset(CaseGrant.objects.filter(case=into).values_list("user", "team"))


def _check_is_exact(merge: CaseMerge, into: Case, kept: dict[str, Any]) -> None:
    """Raise NoLongerExact with the first thing that stands in the way."""
    number = into.number
    if into.merged_into_id:
        values = {"number": number, "into": into.merged_number}
        raise NoLongerExact(
            _("%(number)s itself is merged into %(into)s since. Undo that first.") % values
        )
    later = CaseMerge.objects.filter(into=into, merged_at__gt=merge.merged_at)
    if last := later.exclude(pk=merge.pk).select_related("case").order_by("-merged_at").first():
        values = {"number": number, "other": last.case.number}
        raise NoLongerExact(
            _("%(other)s was merged into %(number)s later. Undo that first.") % values
        )
    since = Interaction.objects.filter(case=into, pk__gt=kept["newest"])
    moved_on = snapshot(into)
    split = CaseEvent.objects.filter(case=into, pk__gt=kept["event"], kind=EventKind.CASE_SPLIT)
    still = Interaction.objects.filter(case=into, pk__in=kept["interactions"])
    if (
        since.exclude(channel=Channel.INTERNAL).exists()
        or any(moved_on[name] != kept["after"][name] for name in DECISIVE)
        or split.exists()
        or still.count() != len(kept["interactions"])
    ):
        raise NoLongerExact(
            _(
                "%(number)s has moved on since the merge, so it cannot be undone exactly."
                " Split off the messages of the other matter instead."
            )
            % {"number": number}
        )


def _join_seats(case: Case, into: Case, actor: User, terms: Terms) -> list[int]:
    """Seat who takes part in ``case`` at ``into`` as well; returns the keys of new seats."""
    known = set(into.participants.seated().values_list("pk", flat=True))
    parties = [(seat.kind, seat.value, seat.name) for seat in case.participants.seated()]
    if terms.seat_customer and case.customer_id != into.customer_id:
        parties += [(kind, value, case.customer.name) for kind, value in _spoken_from(case)]
    seats = [
        add_participant(into, kind=kind, value=value, name=name, actor=actor)
        for kind, value, name in parties
    ]
    return [seat.pk for seat in seats if seat and seat.pk not in known]


def _spoken_from(case: Case) -> list[tuple[str, str]]:
    """The addresses from which a case's customer wrote in it, else the first that is known."""
    known, used = open_addresses(case), spoken_from(case)
    return [one for one in known if one in used] or known[:1]


def _tell(case: Case, into: Case) -> int | None:
    """Let the customer be told; returns the key of the notice, if one is due."""
    newest = _newest(into)
    case.merged_into = into
    customer_notices.tell(case, "merged")
    told = Interaction.objects.filter(case=into, pk__gt=newest).values_list("pk", flat=True)
    return told.first()


def _join_followers(case: Case, into: Case) -> list[int]:
    """Let followers follow on, unless that would open a restricted case to them."""
    if into.restricted:
        return []
    known = into.followers.values("user")
    new = CaseFollower.objects.filter(case=case).exclude(user__in=known)
    joined = [CaseFollower(case=into, user_id=user) for user in new.values_list("user", flat=True)]
    return [follow.pk for follow in CaseFollower.objects.bulk_create(joined)]


def _link_later(case: Case, into: Case) -> list[int]:
    """Let cases that continue ``case`` continue ``into``; returns their keys."""
    later = Case.objects.filter(previous=case).exclude(pk=into.pk)
    keys = list(later.values_list("pk", flat=True))
    Case.objects.filter(pk__in=keys).update(previous=into)
    return keys


def _newest(case: Case) -> int:
    return case.interactions.aggregate(newest=Max("pk"))["newest"] or 0
