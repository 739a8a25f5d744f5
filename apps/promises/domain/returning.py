"""What words of ours had kept that turned out never to have left: it is owed again."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from apps.cases.enums import Visibility
from apps.cases.models import Case
from apps.channels.enums import DeliveryState
from apps.channels.models import Delivery
from apps.common.bulk import update_rows
from apps.promises import kinds
from apps.promises.domain.settling import reopen
from apps.promises.enums import REPLIES
from apps.promises.models import Promise

NEVER_LEFT = (DeliveryState.CANCELLED, DeliveryState.FAILED, DeliveryState.BOUNCED)
# What keeps is public: such a word is a call that turned out not to have been made.
TAKEN_BACK = Q(kept_in__visibility=Visibility.INTERNAL)
FIELDS = ("state", "settled_at", "settlement", "settled_by", "kept_in", "reason", "next_check_at")


def give_back(cases: Sequence[Case]) -> list[Promise]:
    """Let promises of locked cases be owed again, each as it stood, whose word never left.

    Of answers that is the latest of each case. What had renewed itself goes on as it was: the
    successor is gone, unless somebody has worked on it.
    """
    if not cases:
        return []
    undone = Delivery.objects.filter(state__in=NEVER_LEFT).values("interaction")
    found = Promise.objects.filter(
        TAKEN_BACK | Q(kept_in__in=undone),
        case__in=[case.pk for case in cases],
        kind__in=kinds.slugs(kept_by_word=True),
        kept_in__received_at__gte=min(case.opened_at for case in cases),
    )
    known = {case.pk: case for case in cases}
    given: dict[tuple[int, object], Promise] = {}
    for promise in found.select_for_update(of=("self",)).order_by("pk"):
        promise.case = known[promise.case_id]
        is_clock = promise.kind in REPLIES
        given[promise.case_id, "answer" if is_clock else promise.pk] = promise
    back = list(given.values())
    _drop_successors(back)
    for promise in back:
        reopen(promise)
    update_rows(back, FIELDS)
    return back


def _drop_successors(promises: Sequence[Promise]) -> None:
    """Delete what took their place by itself and nobody has touched."""
    renewed = [one.pk for one in promises if kinds.get(one.kind).renews]
    if renewed:
        followed = Promise.objects.owed().filter(predecessor__in=renewed, automatic=True)
        followed.filter(broken_at=None, attempts=None).delete()
