"""What needs a person: inputs nobody understood, messages that did not leave, faulty accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from apps.accounts.models import User
from apps.cases.models import Case
from apps.channels.models import Account, Delivery
from apps.desk.posts import Post, make_post
from apps.desk.rows import channel_icon, channel_label
from apps.desk.stuck import quarantined, unsent

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Input:
    pk: int
    account: str
    at: datetime
    size: int
    reason: str


@dataclass(frozen=True, slots=True)
class Unsent:
    """A delivery in trouble; the case is told only to those who may read it."""

    pk: int
    account: str
    at: datetime
    to: str
    subject: str
    number: str
    post: Post


@dataclass(frozen=True, slots=True)
class Fault:
    """An account that cannot do its work."""

    name: str
    channel: str
    icon: SafeString
    error: str
    at: datetime | None
    last_success: datetime | None


@dataclass(frozen=True, slots=True)
class Troubles:
    inputs: list[Input]
    unsent: list[Unsent]
    faults: list[Fault]

    @property
    def is_empty(self) -> bool:
        return not (self.inputs or self.unsent or self.faults)


def find(user: User) -> Troubles:
    """Everything in trouble that belongs to the person's teams, the oldest first."""
    return Troubles(_inputs(user), _unsent(user), _faults(user))


def _inputs(user: User) -> list[Input]:
    found = quarantined(user).select_related("account")
    return [
        Input(
            pk=one.pk,
            account=str(one.account),
            at=one.received_at,
            size=one.size,
            reason=one.reason,
        )
        for one in found.order_by("pk")[:SHOWN]
    ]


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
    return Unsent(
        pk=delivery.pk,
        account=str(delivery.account),
        at=delivery.created_at,
        to=to if known else "",
        subject=carried.subject if known else "",
        number=Case(pk=said.case_id).number if said and known else "",
        post=make_post(delivery),
    )


def _faults(user: User) -> list[Fault]:
    accounts = Account.objects.visible_to(user).enabled().exclude(last_error="")
    return [
        Fault(
            name=account.name,
            channel=channel_label(account.channel),
            icon=channel_icon(account.channel),
            error=account.last_error,
            at=account.last_error_at,
            last_success=account.last_success_at,
        )
        for account in accounts
    ]
