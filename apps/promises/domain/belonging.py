"""Promises go with the case that they were made in, and with its owner."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import User
from apps.cases.domain.events import record_all
from apps.cases.models import Case
from apps.cases.rules import can_write
from apps.common.bulk import update_rows
from apps.live.domain import announce
from apps.notifications.domain import notify
from apps.promises.domain.escalating import SHUT_OUT, Move, pass_on
from apps.promises.domain.holding import refresh_dues
from apps.promises.domain.settling import reopen, settle_moot
from apps.promises.enums import Settlement
from apps.promises.models import Promise
from apps.promises.topics import OWED


def follow_owner(case: Case) -> None:
    """Give what is owed in a case, and goes with it, to whoever owns the case now."""
    mine = Promise.objects.owed().filter(case=case).filter(Q(follows_owner=True) | Q(owner=None))
    others = mine.exclude(owner=case.owner_id) if case.owner_id else mine.exclude(owner=None)
    if case.owner_id:
        others = mine.filter(~Q(owner=case.owner_id) | Q(owner=None))
    former = set(others.values_list("owner_id", flat=True))
    if former:
        others.update(owner=case.owner_id)
        announce(OWED, *sorted(pk for pk in former | {case.owner_id} if pk))


def follow_rights(case: Case) -> list[Move]:
    """Take what is owed in a locked case from whoever may not work on it any more.

    It goes to the case's owner, who is told, or else to nobody: whoever has time takes it.
    Records ``promise_given``.
    """
    owned = Promise.objects.owed().filter(case=case).exclude(owner=None).order_by("pk")
    held = list(owned.select_for_update(of=("self",)).select_related("owner"))
    shut_out = [one for one in held if one.owner and not _can_keep(one.owner, case)]
    if not shut_out:
        return []
    taker = case.owner if case.owner and _can_keep(case.owner, case) else None
    moves = []
    for promise in shut_out:
        promise.case = case
        moves.append(pass_on(promise, taker, SHUT_OUT))
    update_rows(shut_out, ["owner", "follows_owner"])
    record_all([move.event() for move in moves])
    notify([news for move in moves for news in move.news()])
    announce(OWED, *sorted({move.former_id for move in moves} | ({taker.pk} if taker else set())))
    return moves


def _can_keep(user: User, case: Case) -> bool:
    return user.is_active and can_write(user, case)


@dataclass(frozen=True, slots=True)
class Moved:
    """What a merge did to promises, by their keys, so that it can be undone exactly."""

    moved: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)

    def kept(self) -> dict[str, list[int]]:
        return asdict(self)


def move_all(case: Case, into: Case) -> Moved:
    """Let another case owe what this one does.

    Where both owe an answer, one clock is enough: the one that is due first.
    """
    moved = list(Promise.objects.filter(case=case).values_list("pk", flat=True))
    ended = _keep_one_clock(case, into)
    Promise.objects.filter(pk__in=moved).update(case=into)
    refresh_dues({case.pk, into.pk})
    return Moved(moved, ended)


def move_back(what: Moved, *, into: Case, out_of: Case) -> None:
    """Undo ``move_all``: what moved goes back, and what ended with the merge is owed again."""
    Promise.objects.filter(pk__in=what.moved, case=out_of).update(case=into)
    ended = Promise.objects.filter(pk__in=what.ended, settlement=Settlement.MOOT)
    for promise in ended.select_for_update(of=("self",)):
        reopen(promise)
        promise.save()
    refresh_dues({into.pk, out_of.pk})


def _keep_one_clock(case: Case, into: Case) -> list[int]:
    """End the later one of two clocks of answers; returns its key."""
    clocks = Promise.objects.owed().replies().filter(case__in=[case, into], automatic=True)
    found = list(clocks.select_for_update(of=("self",)).order_by("deadline"))
    known = {case.pk: case, into.pk: into}
    for later in found[1:]:
        later.case = known[later.case_id]
        settle_moot(later, at=timezone.now(), actor=None)
        later.save()
    return [later.pk for later in found[1:]]
