"""Carrying out a story: each step by the verb that the desk would call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import Team, User
from apps.cases import domain as cases
from apps.cases.enums import Channel, Direction
from apps.cases.models import Case
from apps.channels import domain as channels
from apps.channels.enums import DeliveryState, KeyRole
from apps.channels.models import Account, Delivery, MessageKey
from apps.customers.models import Customer
from apps.notifications.domain import mark_case_read
from contactcentre.demo import mails, promising
from contactcentre.demo.backdating import backdate
from contactcentre.demo.script import Step, Story

CUSTOMER = "customer"  # whoever books a callback themselves
IDENTITY_KINDS = {Channel.WEB: "email", Channel.RECEPTION: ""}


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody there is, by key, and the time at which the loading began."""

    users: dict[str, User]
    teams: dict[str, Team]
    customers: dict[str, Customer]
    account: Account
    now: datetime


def tell(story: Story, cast: Cast) -> Case:
    """Make one case and everything that happened in it, at its own times (UTC)."""
    first, *later = story.steps
    case = _begin(story, first, cast)
    _triage(case, story, cast)
    backdate(case, since=cast.now, to=cast.now - first.ago)
    promising.move(case, -first.ago)
    for step in later:
        with promising.as_of(case, step.ago, since=cast.now):
            _perform(case, story, step, cast)
            backdate(case, since=cast.now, to=cast.now - step.ago)
            if step.state:
                _fail(case, step)
                backdate(case, since=cast.now, to=cast.now - step.ago)
    promising.finish(case, since=cast.now)
    return case


def _begin(story: Story, step: Step, cast: Cast) -> Case:
    if story.channel == Channel.EMAIL:
        return _mail_in(story, step, cast)
    case = cases.open_case(
        customer=cast.customers[story.customer],
        channel=story.channel,
        subject=story.subject,
        kind=story.kind,
        team=cast.teams.get(story.team),
        actor=cast.users.get(story.owner),
    )
    _hear(case, story, step)
    return case


def _triage(case: Case, story: Story, cast: Cast) -> None:
    """What a colleague makes of it at once: kind, tags, who looks after it."""
    admin = cast.users["admin"]
    words = {"kind": story.kind, "priority": story.priority, "need": story.need}
    cases.update_case(case_id=case.pk, actor=admin, tags=story.tags, **words)
    team = cast.teams.get(story.team)
    is_taken = any(step.does == "do" and step.text == "take" for step in story.steps)
    if story.owner and not is_taken:
        owner = cast.users[story.owner]
        cases.assign_case(case_id=case.pk, actor=admin, owner=owner, team=team)
    elif team and case.team_id != team.pk:
        cases.assign_case(case_id=case.pk, actor=admin, owner=None, team=team)
    if story.restricted:
        named = [cast.users[name] for name in story.restricted]
        cases.restrict_case(case_id=case.pk, actor=admin, users=named)


def _perform(case: Case, story: Story, step: Step, cast: Cast) -> None:
    if step.does == "says":
        if story.channel == Channel.EMAIL:
            _mail_in(story, step, cast, answers=_last_message_id(case))
        else:
            _hear(Case.objects.get(pk=case.pk), story, step)
        return
    if step.by == CUSTOMER:
        promising.promise(case, step, None)
        return
    actor = cast.users[step.by or story.owner]
    mark_case_read(user=actor, case_id=case.pk)
    match step.does:
        case "answers":
            channels.reply(
                case_id=case.pk, actor=actor, text=step.text, cc=step.cc, channel=story.channel
            )
        case "note":
            mentions = [cast.users[name] for name in step.mention]
            cases.note(case_id=case.pk, actor=actor, text=step.text, mentions=mentions)
        case "promises":
            promising.promise(case, step, actor)
        case "do" if step.text in promising.DEEDS:
            promising.DEEDS[step.text](case, step, actor)
        case "do":
            _do(case, step.text, actor)


def _do(case: Case, what: str, actor: User) -> None:
    match what:
        case "take":
            cases.take_case(case_id=case.pk, actor=actor)
        case "resolve":
            cases.resolve_case(case_id=case.pk, actor=actor)
        case "confirm":
            cases.confirm_case(case_id=case.pk, actor=actor)
        case "close":
            cases.close_case(case_id=case.pk, actor=actor)
        case _:
            raise ValueError(f"nothing is called {what!r}")


def _mail_in(story: Story, step: Step, cast: Cast, answers: str = "") -> Case:
    customer = cast.customers[story.customer]
    raw = mails.compose(
        step,
        sender=(customer.name, customer.identities.get(kind="email").value),
        to=cast.account.address,
        subject=f"Re: {story.subject}" if answers else story.subject,
        at=cast.now - step.ago,
        answers=answers,
    )
    result = channels.receive(cast.account, raw, "message/rfc822")
    return Case.objects.by_number(result.case or "").get()


def _hear(case: Case, story: Story, step: Step) -> None:
    """A word on a channel without a driver: somebody writes it down."""
    kind = IDENTITY_KINDS.get(Channel(story.channel), story.channel)
    address = case.customer.identities.filter(kind=kind).first()
    new = cases.NewInteraction(
        channel=story.channel,
        direction=Direction.INBOUND,
        sender_kind=kind if address else "",
        sender_value=address.value if address else "",
        sender_name=case.customer.name,
        subject=story.subject,
        text=step.text,
    )
    cases.record_interaction(case=case, new=new)


def _last_message_id(case: Case) -> str:
    """What a mail program would answer: our last message, else the customer's own."""
    own = MessageKey.objects.filter(case=case, role=KeyRole.OWN).order_by("-pk")
    return own.values_list("external_id", flat=True).first() or ""


def _fail(case: Case, step: Step) -> None:
    """Let the delivery of this step end as the story says."""
    last = Delivery.objects.filter(interaction__case=case).latest("pk")
    last.state, last.detail, last.sent_at = DeliveryState(step.state), step.detail, None
    last.save(update_fields=["state", "detail", "sent_at"])
    cases.word_failed(case_id=case.pk)
