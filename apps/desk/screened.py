"""What was held off: cases marked as spam, inputs not taken in, and the rules on senders."""

from __future__ import annotations

from dataclasses import dataclass

from apps.accounts.models import User
from apps.cases.models import Case
from apps.channels.domain.quarantine import SET_ASIDE
from apps.channels.domain.screening import BLOCKED_SENDER
from apps.channels.domain.senders import can_remove
from apps.channels.enums import InboundState
from apps.channels.labels import say_rule
from apps.channels.models import InboundMessage, SenderRule
from apps.desk.troubles import Input, make_input

SHOWN = 100


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule on a sender, and whether the reader may take it back."""

    rule: SenderRule
    verdict: str
    tint: str
    blocks: bool
    can_remove: bool


@dataclass(frozen=True, slots=True)
class Screened:
    cases: list[Case]
    inputs: list[Input]
    rules: list[RuleRow]

    @property
    def is_empty(self) -> bool:
        return not (self.cases or self.inputs or self.rules)


def find(user: User) -> Screened:
    """The newest of each, as far as the person may see them."""
    marked = Case.objects.visible_to(user).standing().filter(spam_mark__isnull=False)
    ignored = InboundMessage.objects.visible_to(user).filter(
        state=InboundState.IGNORED, reason__in=[BLOCKED_SENDER, SET_ASIDE]
    )
    rules = SenderRule.objects.visible_to(user).select_related("team", "author")
    return Screened(
        cases=list(marked.select_related("customer", "spam_mark").order_by("-pk")[:SHOWN]),
        inputs=[
            make_input(one, user, fate=say_rule(one.reason), retry=one.reason == SET_ASIDE)
            for one in ignored.select_related("account").order_by("-pk")[:SHOWN]
        ],
        rules=[_row(rule, user) for rule in rules.order_by("value")[:SHOWN]],
    )


def _row(rule: SenderRule, user: User) -> RuleRow:
    return RuleRow(
        rule=rule,
        verdict=rule.get_verdict_display(),
        tint="late" if rule.blocks else "kept",
        blocks=rule.blocks,
        can_remove=can_remove(user, rule),
    )
