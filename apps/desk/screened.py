"""What was held off: cases marked as spam, inputs of blocked senders, and the rules."""

from __future__ import annotations

from dataclasses import dataclass

from apps.accounts.models import User
from apps.cases.models import Case
from apps.channels.domain.screening import BLOCKED_SENDER
from apps.channels.enums import InboundState
from apps.channels.models import InboundMessage, SenderRule

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Screened:
    cases: list[Case]
    inputs: list[InboundMessage]
    rules: list[SenderRule]

    @property
    def is_empty(self) -> bool:
        return not (self.cases or self.inputs or self.rules)


def find(user: User) -> Screened:
    """The newest of each, as far as the person may see them."""
    marked = Case.objects.visible_to(user).standing().filter(spam_mark__isnull=False)
    ignored = InboundMessage.objects.visible_to(user).filter(
        state=InboundState.IGNORED, reason=BLOCKED_SENDER
    )
    rules = SenderRule.objects.visible_to(user).select_related("team", "author")
    return Screened(
        cases=list(marked.select_related("customer", "spam_mark").order_by("-pk")[:SHOWN]),
        inputs=list(ignored.select_related("account").order_by("-pk")[:SHOWN]),
        rules=list(rules.order_by("value")[:SHOWN]),
    )
