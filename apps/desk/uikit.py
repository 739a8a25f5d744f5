"""One of everything, in every state, made by the code that makes the real thing.

Nothing here is stored: rows, messages and deliveries are built in memory with keys that no
object has.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from apps.accounts.models import User
from apps.cases.enums import Channel, Direction, Kind, Priority, Status, Visibility
from apps.cases.models import Case, Interaction
from apps.channels.enums import DeliveryState
from apps.channels.models import Delivery
from apps.customers.models import Customer, Organisation
from apps.desk.bubbles import END, Bubble, make_bubbles
from apps.desk.forms.base import DeskForm
from apps.desk.keys import keys_for
from apps.desk.names import Names
from apps.desk.rows import channel_icon, channel_label, make_rows

PROMISES = ("later", "calm", "soon", "late", "kept")
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
