"""Letting a colleague keep a promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from apps.cases.enums import EventKind
from apps.cases.rules import can_write
from apps.live.domain import announce
from apps.notifications.domain import News, notify
from apps.notifications.enums import Kind as NewsKind
from apps.promises.domain.holding import hold_owed, tell
from apps.promises.errors import CannotOwn
from apps.promises.models import Promise
from apps.promises.topics import OWED

if TYPE_CHECKING:
    from apps.accounts.models import User


@transaction.atomic
def give_promise(*, promise_id: int, actor: User, owner: User) -> Promise:
    """Make somebody else of the team the owner of what is owed; they are told.

    From then on it goes with the case only if they own that, too. Records ``promise_given``;
    nothing happens where they own it already. Raises CannotOwn, AlreadySettled, NotAllowed or
    Promise.DoesNotExist.
    """
    case, promise = hold_owed(promise_id, actor)
    if promise.owner_id == owner.pk:
        return promise
    if not owner.is_active or not can_write(owner, case):
        raise CannotOwn(owner.name)
    before = promise.owner_id
    promise.owner, promise.follows_owner = owner, case.owner_id == owner.pk
    promise.save(update_fields=["owner", "follows_owner"])
    tell(case, EventKind.PROMISE_GIVEN, promise, actor, before=before, user=owner.pk, why="given")
    if before:
        announce(OWED, before)
    notify([News(owner.pk, case.pk, NewsKind.PROMISE_GIVEN, actor.pk)])
    return promise
