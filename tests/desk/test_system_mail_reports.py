"""A mail of ours that comes back holds what it said: the link to a new password, for example."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.system_mail import Message, send
from apps.channels import domain
from apps.channels.models import Account, Delivery, InboundMessage
from tests.hardening.test_delivery_reports import dsn


@pytest.fixture
def report(mailbox: Account) -> InboundMessage:
    """The report of a system mail, as it stands in the account that sent it."""
    send(Message("root@portal.example", "Root", "Choose a new password", "https://…/key/\n"))
    delivery = Delivery.objects.get(interaction=None)
    Delivery.objects.filter(pk=delivery.pk).update(state="sent")
    raw = dsn(delivery.message_id, address="root@portal.example")
    taken = domain.receive(mailbox, raw, "message/rfc822")
    assert taken.state == "ignored"
    return InboundMessage.objects.get(pk=taken.inbound)


@pytest.mark.parametrize("address", ["desk:raw_input", "desk:input", "api:raw"])
def test_report_of_a_system_mail_is_read_by_superusers_alone(
    client: Client,
    report: InboundMessage,
    ana_agent: User,
    sam_supervisor: User,
    root: User,
    address: str,
):
    url = reverse(address, args=[report.pk])
    for user, status in ((ana_agent, 404), (sam_supervisor, 404), (root, 200)):
        client.force_login(user)
        assert client.get(url).status_code == status
