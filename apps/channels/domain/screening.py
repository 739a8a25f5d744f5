"""Spam and blocked senders: set aside, never lost, and taken back by one press."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from apps.cases import domain as cases
from apps.cases.domain.events import locked, record
from apps.cases.domain.standing import CLOCKS
from apps.cases.enums import Channel, EventKind, Outcome, Status
from apps.cases.models import Case
from apps.channels import addressing, options, registry, tokens
from apps.channels.domain import restraint
from apps.channels.driver import OWN_NOTICE, Incoming
from apps.channels.enums import NEVER_LEFT, Verdict
from apps.channels.errors import NoAddress
from apps.channels.models import Account, SenderRule, SpamMark
from apps.channels.models.inbound import OWN_MESSAGE

if TYPE_CHECKING:
    from apps.accounts.models import User

SPAM = "spam"
BLOCKED_SENDER = "blocked_sender"
MAX_DOMAINS = 10


@dataclass(frozen=True, slots=True)
class Screen:
    """What is known of the senders of a batch, read in one query."""

    account: Account
    rules: dict[str, str]

    @classmethod
    def of(cls, account: Account, incoming: Iterable[Incoming]) -> Screen:
        names = {name for one in incoming for name in _names(one.sender.value)}
        found = SenderRule.objects.of_team(account.team_id).filter(value__in=names)
        rules: dict[str, str] = {}
        for value, verdict in found.values_list("value", "verdict"):
            rules[value] = Verdict.ALLOW if rules.get(value) == Verdict.ALLOW else verdict
        return cls(account, rules)

    def ignored_by(self, incoming: Incoming) -> str:
        """The name of the rule by which a message is ignored, "" for one that is taken in.

        Whoever has read an id or a header of ours can write it, so ours has to come from us.
        """
        notice = incoming.automatic == OWN_NOTICE
        own = tokens.is_own_message_id(incoming.external_id)
        if own and notice:
            return OWN_MESSAGE
        if (own or notice) and restraint.is_ours(incoming.sender, self.account.channel):
            return OWN_MESSAGE if own else OWN_NOTICE
        return BLOCKED_SENDER if self.blocks(incoming) else ""

    def blocks(self, incoming: Incoming) -> bool:
        """Whether nothing is taken from this sender; allowing any part of it wins."""
        return self._verdicts(incoming) == {Verdict.BLOCK}

    def spam_rule(self, incoming: Incoming) -> str:
        """The rule by which a message is spam, or "": the filter before us says so."""
        heeded = options.heeds_spam_marks(self.account)
        if not heeded or Verdict.ALLOW in self._verdicts(incoming):
            return ""
        mark = options.spam_subject(self.account)
        if mark and incoming.subject.lower().startswith(mark):
            return "spam_subject"
        return incoming.spam

    def _verdicts(self, incoming: Incoming) -> set[str]:
        names = _names(incoming.sender.value)
        return {self.rules[name] for name in names if name in self.rules}


def is_spam(case: Case) -> bool:
    """Whether a case was set aside as spam; a new one is not stored yet and never is."""
    return bool(case.pk) and SpamMark.objects.filter(case=case).exists()


def set_aside(case: Case, reason: str) -> None:
    """Mark a case that intake has just stored as spam, inside its transaction."""
    SpamMark.objects.get_or_create(case=case, defaults={"reason": reason[:40]})
    cases.close_case(case_id=case.pk, actor=None, outcome=Outcome.DUPLICATE)


@transaction.atomic
def mark_spam(*, case_id: int, actor: User) -> Case:
    """Set a case aside as spam: closed in silence. Raises NotAllowed or StillOwed."""
    case = locked(case_id, actor)
    SpamMark.objects.get_or_create(case=case, defaults={"author": actor})
    record(case, EventKind.MARKED_AS_SPAM, actor=actor)
    if case.status != Status.CLOSED:
        case = cases.close_case(case_id=case_id, actor=actor, outcome=Outcome.DUPLICATE)
    return case


@transaction.atomic
def unmark_spam(*, case_id: int, actor: User) -> Case:
    """Take a case back from spam: open, and waiting for us since its customer's last word.

    A case without the mark stays as it is. Raises NotAllowed.
    """
    case = locked(case_id, actor)
    if not _lift(case):
        return case
    record(case, EventKind.UNMARKED_AS_SPAM, actor=actor)
    if case.is_ended:
        case = cases.reopen_case(case_id=case_id, actor=actor, why="not_spam")
    _wait_again(case)
    return case


def follow_reopening(*, case: Case, changed: frozenset[str], **_kwargs: Any) -> None:
    """Receive ``case_changed``: what somebody takes up again is spam no longer.

    A merge, which changes all clocks at once, is told of by signals of its own.
    """
    if "reopened_count" not in changed or changed >= set(CLOCKS) or case.is_ended:
        return
    if _lift(case):
        record(case, EventKind.UNMARKED_AS_SPAM)
        _wait_again(case)


def follow_merge(*, into: Case, kept: dict[str, Any], **_kwargs: Any) -> None:
    """Receive ``case_merged``: a matter that goes on in a case that was spam is none."""
    if into.is_ended:
        return
    if lifted := _lift(into):
        kept["spam"] = lifted
        record(into, EventKind.UNMARKED_AS_SPAM)
        _wait_again(into)


def follow_unmerge(*, into: Case, kept: dict[str, Any], **_kwargs: Any) -> None:
    """Receive ``case_unmerged``: what was spam before the merge is spam again."""
    if lifted := kept.get("spam"):
        values = {name: lifted[name] for name in ("reason", "author_id", "marked_at")}
        SpamMark.objects.get_or_create(case=into, defaults=values)
        into.interactions.filter(pk__in=lifted["words"]).update(automatic=SPAM)


def _lift(case: Case) -> dict[str, Any]:
    """Take the mark from a locked case, and from its words; what it was, for JSON, or {}."""
    mark = SpamMark.objects.filter(case=case).first()
    if mark is None:
        return {}
    words = case.interactions.filter(automatic=SPAM)
    lifted = {
        "reason": mark.reason,
        "author_id": mark.author_id,
        "marked_at": mark.marked_at.isoformat(),
        "words": list(words.values_list("pk", flat=True)),
    }
    words.update(automatic="")
    mark.delete()
    return lifted


def _wait_again(case: Case) -> None:
    """Let a locked open case wait for whatever its customer said and nobody has answered."""
    left = case.interactions.spoken().exclude(delivery__state__in=NEVER_LEFT)
    cases.wait_for_unanswered(case, answered=left.latest_moment())


@transaction.atomic
def block_sender(*, case_id: int, actor: User) -> SenderRule:
    """Take nothing more from the address of a case's customer, in its team's accounts.

    What they send is stored and ignored by name. Raises NotAllowed, or NoAddress where there
    is none that could be blocked.
    """
    case = locked(case_id, actor)
    rule, _created = SenderRule.objects.update_or_create(
        value=_customers_value(case),
        team=case.team,
        defaults={"verdict": Verdict.BLOCK, "author": actor},
    )
    record(case, EventKind.SENDER_BLOCKED, actor=actor)
    return rule


@transaction.atomic
def unblock_sender(*, case_id: int, actor: User) -> None:
    """Take mail of a case's customer again in its team's accounts. Raises NotAllowed, NoAddress."""
    case = locked(case_id, actor)
    rules = SenderRule.objects.filter(value=_customers_value(case), team=case.team)
    if rules.filter(verdict=Verdict.BLOCK).delete()[0]:
        record(case, EventKind.SENDER_UNBLOCKED, actor=actor)


def is_blocked(case: Case) -> bool:
    """Whether the address of a case's customer is blocked by itself in its team."""
    values = [identity.value for identity in case.customer.identities.all()]
    rules = SenderRule.objects.filter(value__in=values, verdict=Verdict.BLOCK)
    return bool(values) and rules.filter(team=case.team).exists()


def _customers_value(case: Case) -> str:
    to = addressing.customers_address(case, registry.get(Channel.EMAIL).identity_kind)
    if to is None or restraint.is_ours(to, Channel.EMAIL):
        raise NoAddress
    return to.value


def _names(address: str) -> list[str]:
    """The names under which rules may speak of an address: itself, its domain, those above."""
    value = address.lower()
    labels = value.rpartition("@")[2].split(".")[-MAX_DOMAINS:]
    return [value, *(".".join(labels[start:]) for start in range(max(1, len(labels) - 1)))]
