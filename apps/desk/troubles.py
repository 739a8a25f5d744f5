"""What needs a person: inputs nobody understood, messages that did not leave, faulty accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from apps.accounts.models import User
from apps.accounts.rules import leads
from apps.cases.models import Case
from apps.channels.models import Delivery, InboundMessage
from apps.desk import accounts
from apps.desk.inbox import CAP
from apps.desk.posts import Post, make_post
from apps.desk.rows import channel_icon, channel_label
from apps.desk.stuck import quarantined, unsent

SHOWN = CAP


@dataclass(frozen=True, slots=True)
class Input:
    """An input as a row; ``led``: whether the reader may look into it as it arrived."""

    pk: int
    account: str
    channel: str
    channel_label: str
    icon: SafeString
    at: datetime
    size: int
    reason: str
    led: bool
    fate: str = ""
    can_retry: bool = True


@dataclass(frozen=True, slots=True)
class Unsent:
    """A delivery in trouble; the case is told only to those who may read it."""

    pk: int
    account: str
    channel: str
    channel_label: str
    icon: SafeString
    at: datetime
    to: str
    subject: str
    number: str
    post: Post


@dataclass(frozen=True, slots=True)
class Troubles:
    inputs: list[Input]
    unsent: list[Unsent]
    faults: list[accounts.State]

    @property
    def is_empty(self) -> bool:
        return not (self.inputs or self.unsent or self.faults)

    @property
    def inputs_count(self) -> str:
        return _counted(self.inputs)

    @property
    def unsent_count(self) -> str:
        return _counted(self.unsent)


def find(user: User) -> Troubles:
    """Everything in trouble that belongs to the person's teams, the oldest first."""
    return Troubles(_inputs(user), _unsent(user), accounts.find(user, down=True))


def make_input(inbound: InboundMessage, user: User, *, fate: str = "", retry: bool = True) -> Input:
    """A row of an input, whose account is loaded."""
    account = inbound.account
    return Input(
        pk=inbound.pk,
        account=account.name,
        channel=account.channel,
        channel_label=channel_label(account.channel),
        icon=channel_icon(account.channel),
        at=inbound.received_at,
        size=inbound.size,
        reason=inbound.reason,
        led=leads(user, account.team_id),
        fate=fate,
        can_retry=retry,
    )


def _inputs(user: User) -> list[Input]:
    found = quarantined(user).select_related("account").order_by("pk")[:SHOWN]
    return [make_input(one, user) for one in found]


def _unsent(user: User) -> list[Unsent]:
    found = unsent(user).select_related("account", "interaction", "system_mail")
    found = found.defer("interaction__text", "interaction__html", "system_mail__text")
    deliveries = list(found.order_by("pk")[:SHOWN])
    cases = [one.interaction.case_id for one in deliveries if one.interaction]
    readable = set(Case.objects.visible_to(user).filter(pk__in=cases).values_list("pk", flat=True))
    return [_one_unsent(one, readable) for one in deliveries]


def _one_unsent(delivery: Delivery, readable: set[int]) -> Unsent:
    said = delivery.interaction
    carried = said or delivery.system_mail
    known = said is None or said.case_id in readable
    to = ", ".join(party.get("value", "") for party in delivery.recipients)
    channel = delivery.account.channel
    return Unsent(
        pk=delivery.pk,
        account=delivery.account.name,
        channel=channel,
        channel_label=channel_label(channel),
        icon=channel_icon(channel),
        at=delivery.created_at,
        to=to if known else "",
        subject=carried.subject if known else "",
        number=Case(pk=said.case_id).number if said and known else "",
        post=make_post(delivery),
    )


def _counted(rows: list[Input] | list[Unsent]) -> str:
    return f"{SHOWN}+" if len(rows) == SHOWN else str(len(rows))
