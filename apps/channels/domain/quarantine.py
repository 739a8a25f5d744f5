"""What people decide about inputs that were not understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from apps.channels.domain.intake import MAX_ATTEMPTS, process
from apps.channels.enums import InboundState
from apps.channels.errors import NotInQuarantine
from apps.channels.hearing import ATTENTION
from apps.channels.models import InboundMessage
from apps.live.domain import announce

if TYPE_CHECKING:
    from apps.accounts.models import User

SET_ASIDE = "set_aside"
RETRIABLE = Q(state=InboundState.QUARANTINED) | Q(state=InboundState.IGNORED, reason=SET_ASIDE)


def release(*, inbound_id: int, actor: User) -> None:
    """Give an input another chance: the sweep reads it within seconds.

    Raises NotInQuarantine, or InboundMessage.DoesNotExist for somebody of another team.
    """
    inbound = InboundMessage.objects.visible_to(actor).get(pk=inbound_id)
    held = InboundMessage.objects.filter(RETRIABLE, pk=inbound_id)
    fresh = {"state": InboundState.RECEIVED, "reason": "", "attempts": MAX_ATTEMPTS - 1}
    if not held.update(**fresh, next_attempt_at=timezone.now()):
        raise NotInQuarantine
    announce(ATTENTION, inbound.account_id)


def retry(*, inbound_id: int, actor: User) -> InboundMessage:
    """As ``release``, and try it at once; returns the input as it is then."""
    release(inbound_id=inbound_id, actor=actor)
    return process(inbound_id)


def set_input_aside(*, inbound_id: int, actor: User) -> None:
    """Ignore an input of the quarantine, kept under Spam and to be tried again at any time.

    Raises as ``release`` does.
    """
    inbound = InboundMessage.objects.visible_to(actor).get(pk=inbound_id)
    held = InboundMessage.objects.filter(pk=inbound_id, state=InboundState.QUARANTINED)
    if not held.update(state=InboundState.IGNORED, reason=SET_ASIDE):
        raise NotInQuarantine
    announce(ATTENTION, inbound.account_id)
