"""How far a message of ours got, in words that say what is safe and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.channels.domain.outbox import CANCELLABLE
from apps.channels.enums import DeliveryState
from apps.channels.models import Delivery
from apps.channels.models.delivery import TROUBLE
from apps.common.icons import icon_markup
from apps.common.text import iso_minute

ICONS: dict[str, str] = {
    DeliveryState.HELD: "clock",
    DeliveryState.QUEUED: "clock",
    DeliveryState.SENDING: "send",
    DeliveryState.SENT: "checks",
    DeliveryState.CANCELLED: "x",
}

WORDS: dict[str, Any] = {
    DeliveryState.HELD: gettext_lazy("Held back"),
    DeliveryState.QUEUED: gettext_lazy("Queued"),
    DeliveryState.SENDING: gettext_lazy("Sending"),
    DeliveryState.SENT: gettext_lazy("Sent"),
    DeliveryState.UNKNOWN: gettext_lazy("The server's answer was lost: it may have been sent"),
    DeliveryState.FAILED: gettext_lazy("Not sent"),
    DeliveryState.BOUNCED: gettext_lazy("Came back undeliverable"),
    DeliveryState.CANCELLED: gettext_lazy("Cancelled, nothing was sent"),
}


@dataclass(frozen=True, slots=True)
class Post:
    """The line under a message of ours. ``trouble`` asks a person to decide."""

    pk: int
    icon: SafeString
    text: str
    iso: str
    clock: str
    detail: str
    trouble: bool
    can_retry: bool
    can_cancel: bool
    can_undo: bool = False


def make_post(delivery: Delivery) -> Post:
    """Describe a delivery; costs no query."""
    state = delivery.state
    sent = delivery.sent_at if state == DeliveryState.SENT else None
    held = state == DeliveryState.HELD
    trouble = state in TROUBLE and delivery.settled_at is None
    return Post(
        pk=delivery.pk,
        icon=icon_markup(ICONS.get(state, "alert-triangle"), "i-xs"),
        text=_words(delivery),
        iso=iso_minute(sent) if sent else "",
        clock=f"{timezone.localtime(sent):%H:%M}" if sent else "",
        detail=delivery.detail if trouble or _has_news(delivery) else "",
        trouble=trouble,
        can_retry=trouble or _is_delayed(delivery) or held,
        can_cancel=state in CANCELLABLE,
        can_undo=held,
    )


def _is_delayed(delivery: Delivery) -> bool:
    return delivery.state == DeliveryState.QUEUED and delivery.attempts > 0


def _has_news(delivery: Delivery) -> bool:
    overtaken = delivery.state == DeliveryState.HELD and not delivery.held_until
    return overtaken or _is_delayed(delivery) or _is_cut(delivery)


def _is_cut(delivery: Delivery) -> bool:
    """Cancelled after some had got it, or may have: nothing else leaves a detail then."""
    return delivery.state == DeliveryState.CANCELLED and bool(delivery.detail)


def _words(delivery: Delivery) -> str:
    if _is_cut(delivery):
        some = _("Cancelled, but some have got it")
        return some if delivery.is_partly_sent else _("Cancelled, but it may have been sent")
    if _is_delayed(delivery):
        return _("Not sent yet, we keep trying")
    if delivery.state == DeliveryState.HELD and delivery.held_until:
        at = timezone.localtime(delivery.held_until)
        soon = at - timezone.now() < timedelta(minutes=1)
        return _("Goes out at %(time)s") % {
            "time": f"{at:%H:%M:%S}" if soon else f"{at:%m-%d %H:%M}"
        }
    return str(WORDS.get(delivery.state, delivery.state))
