"""One verb for many rows: each by its own rights, and the result told in one sentence."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.cases.errors import CaseError
from apps.cases.models import Case
from apps.channels import domain as channels
from apps.channels.enums import InboundState
from apps.channels.errors import ChannelError
from apps.channels.models import Delivery, InboundMessage

# Reading an input may take seconds; what is not reached by then is read by the sweep.
READING_SECONDS = 8.0

DELIVERY_DEEDS: dict[str, Callable[..., Any]] = {
    "retry": channels.retry_delivery,
    "cancel": channels.cancel_delivery,
    "settle": channels.settle_delivery,
}


@dataclass(slots=True)
class Tally:
    """How many rows were dealt with, and why the others were not."""

    done: int = 0
    refused: list[str] = field(default_factory=list)

    def say(self, deed: str) -> str:
        """One sentence, such as “12 retried, 1 refused: …”."""
        words = {
            "retry": ngettext("%(count)d tried again", "%(count)d tried again", self.done),
            "cancel": ngettext("%(count)d cancelled", "%(count)d cancelled", self.done),
            "settle": ngettext("%(count)d seen to", "%(count)d seen to", self.done),
        }
        said = words[deed] % {"count": self.done}
        if not self.refused:
            return f"{said}."
        count = len(self.refused)
        no = ngettext("%(count)d refused", "%(count)d refused", count) % {"count": count}
        why = " ".join(dict.fromkeys(self.refused))
        return _("%(said)s, %(no)s: %(why)s") % {"said": said, "no": no, "why": why}


def act(user: User, deed: str, *, deliveries: Iterable[int], inputs: Iterable[int]) -> Tally:
    """Do it to each row; one that cannot be is counted with its reason and stops no other."""
    tally = Tally()
    for pk in deliveries:
        _run(tally, lambda pk=pk: _steer(user, deed, pk))  # type: ignore[misc]
    until = time.monotonic() + READING_SECONDS
    for pk in inputs:
        _run(tally, lambda pk=pk: _decide(user, deed, pk, until))  # type: ignore[misc]
    return tally


def concerns(user: User, delivery: Delivery) -> bool:
    """Whether the person may steer a delivery: by their account, or by their case."""
    own = Delivery.objects.steered_by(user).filter(pk=delivery.pk).exists()
    said = delivery.interaction
    writable = Case.objects.writable_by(user)
    return own or (said is not None and writable.filter(pk=said.case_id).exists())


def _run(tally: Tally, verb: Callable[[], str]) -> None:
    try:
        fault = verb()
    except (CaseError, ChannelError) as refusal:
        fault = str(refusal)
    except InboundMessage.DoesNotExist:
        fault = _gone()
    if fault:
        tally.refused.append(fault)
    else:
        tally.done += 1


def _steer(user: User, deed: str, pk: int) -> str:
    found = Delivery.objects.select_related("interaction").filter(pk=pk).first()
    if found is None or not concerns(user, found):
        return _gone()
    DELIVERY_DEEDS[deed](delivery_id=pk, actor=user)
    return ""


def _decide(user: User, deed: str, pk: int, until: float) -> str:
    if deed != "retry":
        channels.set_input_aside(inbound_id=pk, actor=user)
        return ""
    if time.monotonic() > until:
        channels.release(inbound_id=pk, actor=user)
        return ""
    inbound = channels.retry(inbound_id=pk, actor=user)
    if inbound.state == InboundState.QUARANTINED:
        return inbound.reason or _("It could not be understood again.")
    return ""


def _gone() -> str:
    return _("It is not on the list any more.")
