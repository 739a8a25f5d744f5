"""One of everything, in every state, made by the code that makes the real thing.

Nothing here is stored: rows, messages and deliveries are built in memory with keys that no
object has.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from apps.accounts.models import User
from apps.cases.enums import Channel, Direction, Kind, Priority, Status, Visibility
from apps.cases.models import Case, Interaction
from apps.channels.enums import DeliveryState
from apps.channels.models import Delivery
from apps.customers.models import Customer, Organisation
from apps.desk import promised
from apps.desk.bubbles import END, Bubble, make_bubbles
from apps.desk.forms.base import DeskForm
from apps.desk.keys import keys_for
from apps.desk.names import Names
from apps.desk.rings import ring_of
from apps.desk.rows import channel_icon, channel_label, make_rows
from apps.desk.strip import make_chip
from apps.promises.models import Promise

PROMISES = ("later", "calm", "soon", "late", "kept")
# minutes from now until a promise breaks that was made two hours ago, and how it ended
PROMISED: tuple[tuple[str, float, dict[str, Any]], ...] = (
    ("progress_update", 3 * 24 * 60, {}),
    ("test", 176, {}),
    ("callback", 5.8, {"address": "+861065551234"}),
    ("callback", -4.2, {"address": "+861065551234"}),
    ("first_reply", -200, {"automatic": True}),
    ("follow_up", 60, {"settlement": "kept"}),
    ("callback", -30, {"settlement": "late", "state": "broken"}),
    ("callback", 60, {"settlement": "renegotiated", "reason": "By phone just now"}),
    ("inquiry", 60, {"settlement": "withdrawn", "reason": "She came in herself"}),
)
NO_PROMISE = 10**9  # addresses take no negative numbers
COLOURS = ("indigo", "jade", "amber", "cinnabar", "gold")
ICONS = ("inbox", "search", "phone", "mail", "user", "users", "flag", "lock", "clock", "history")
WORDS = "The lamp in the hall flickers since this morning. Could somebody look at it?"


class SampleForm(DeskForm):
    """A field of each kind."""

    name = forms.CharField(label="Name", help_text="As colleagues read it.")
    email = forms.EmailField(label="Email address")
    kind = forms.ChoiceField(label="Kind", choices=Kind.choices)
    text = forms.CharField(label="Text", required=False, widget=forms.Textarea(attrs={"rows": 3}))


def build(user: User) -> dict[str, Any]:
    """All that the page shows."""
    now = timezone.now()
    case = _case(1, "李女士", status=Status.OPEN)
    wrong = SampleForm({"name": "", "email": "nobody", "kind": "help"})
    return {
        "promises": PROMISES,
        **_promised(case, user, now),
        "suffix": "",
        "colours": COLOURS,
        "icons": ICONS,
        "channels": [(one.value, channel_icon(one), channel_label(one)) for one in Channel],
        "rows": [
            row.markup("/desk/cases/", "", "CC-000002") for row in make_rows(_cases(), None, user)
        ],
        "bubbles": _bubbles(case, user, now),
        "form": SampleForm(prefix="fresh"),
        "wrong": wrong,
        "keys": keys_for(single=True),
        "end": END,
    }


def _promised(case: Case, user: User, now: datetime) -> dict[str, Any]:
    """Promises in every state: as rings, chips, pinned and in a list."""
    made = [_promise(case, user, now, one) for one in PROMISED]
    views = [promised.view(one, case, user, now) for one in made]
    return {
        "rings": [ring_of(one, now) for one in made],
        "chips": [make_chip(one) for one in made if one.is_owed],
        "pinneds": [view for view in views if view.line.owed],
        "lines": [view.line for view in views],
    }


def _promise(
    case: Case, user: User, now: datetime, sample: tuple[str, float, dict[str, Any]]
) -> Promise:
    kind, minutes, more = sample
    at = now + timedelta(minutes=minutes)
    values = {"made_at": min(now, at) - timedelta(hours=2), "timezone": settings.TIME_ZONE} | more
    number = NO_PROMISE + PROMISED.index(sample)
    promise = Promise(
        pk=number, case=case, kind=kind, owner=user, made_by=user, due_at=at, deadline=at, **values
    )
    promise.settled_at = now if promise.settlement else None
    return promise


def _case(pk: int, name: str, **fields: Any) -> Case:
    customer = Customer(
        pk=-pk, form_of_address=name, organisation=Organisation(name="Lamps & Sons")
    )
    values = {"subject": "The lamp flickers", "channel": Channel.EMAIL, "snippet": WORDS}
    return Case(pk=pk, customer=customer, **(values | fields))


def _cases() -> list[Case]:
    at = timezone.now() - timedelta(minutes=18)
    return [
        _case(1, "李女士", status=Status.NEW, subject="走廊的灯一直在闪", waiting_since=at),
        _case(2, "Mr Gao", status=Status.OPEN, kind=Kind.COMPLAINT, channel=Channel.PHONE),
        _case(3, "Ms Bell", status=Status.OPEN, priority=Priority.URGENT, channel=Channel.WEB),
        _case(4, "Dr Long-Winded " * 4, status=Status.WAITING, subject="Long " * 30),
    ]


def _bubbles(case: Case, user: User, at: datetime) -> list[Bubble]:
    said = [_said(case, -1, at, channel=Channel.EMAIL, sender_name="李女士")]
    said.append(_said(case, -2, at, channel=Channel.PHONE, sender_name="李女士"))
    note = {"channel": Channel.INTERNAL, "visibility": Visibility.INTERNAL, "author": user}
    said.append(_said(case, -3, at, direction=Direction.OUTBOUND, **note))
    said += _sent(case, user, at)
    return make_bubbles(said, case, Names(user, {}), known=True)


def _sent(case: Case, user: User, at: datetime) -> Iterator[Interaction]:
    """An answer of ours in each state of its delivery."""
    for number, state in enumerate(DeliveryState, start=10):
        answer = _said(
            case, -number, at, channel=Channel.EMAIL, direction=Direction.OUTBOUND, author=user
        )
        Delivery(
            pk=-number,
            interaction=answer,
            state=state,
            sent_at=at if state == DeliveryState.SENT else None,
            held_until=at + timedelta(hours=2) if state == DeliveryState.HELD else None,
            detail="550 No such mailbox" if state == DeliveryState.FAILED else "",
        )
        yield answer


def _said(case: Case, pk: int, at: datetime, **fields: Any) -> Interaction:
    values = {"direction": Direction.INBOUND, "text": WORDS, "text_folded": WORDS}
    said = Interaction(pk=pk, case=case, received_at=at, occurred_at=at, **(values | fields))
    vars(said).update(shown=WORDS, is_folded=False, has_html=False)  # as ``for_bubbles`` loads it
    return said
