"""A mail account with an answer of ours on its way, and raw mail that comes back."""

from __future__ import annotations

import pytest

from apps.cases.models import Interaction
from apps.channels import domain
from apps.channels.enums import DeliveryState
from apps.channels.models import Account, Delivery

RFC822 = "message/rfc822"


@pytest.fixture
def office(lamps) -> Account:
    return Account.objects.create(
        channel="email", name="support", address="support@example.com", team=lamps, is_default=True
    )


def raw(body: str, **headers: str) -> bytes:
    fields = {"From": "Cleo <cleo@example.org>", "To": "support@example.com"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{head}\r\n{body}".encode()


def take(office: Account, mail: bytes) -> domain.Result:
    return domain.receive(office, mail, RFC822)


def sent_answer(office: Account, agent, *, cc=()) -> Delivery:
    """Cleo's question and our answer to it, which has left."""
    result = take(office, raw("It flickers.", Subject="The lamp", Message_ID="<q1@example.org>"))
    case = Interaction.objects.get(pk=result.interaction).case
    delivery = domain.reply(case_id=case.pk, actor=agent, text="Which one?", cc=cc).delivery
    Delivery.objects.update(state=DeliveryState.SENT)
    delivery.refresh_from_db()
    return delivery
