"""Looking into what arrived, as it arrived: for leads alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Team, User
from apps.cases.models import Case
from apps.channels import domain
from apps.channels.models import Account, InboundMessage
from tests.cast import make_user

MAIL = (
    b"From: Cleo <cleo@example.org>\r\nTo: support@portal.example\r\n"
    b"Subject: =?utf-8?B?54Gv?=\r\nX-Odd: <script>1</script>\r\n\r\n"
    b"It flickers \xe7\x81\xaf \xe2\x80\xae reversed.\r\n"
)


@pytest.fixture
def arrived(mailbox: Account) -> InboundMessage:
    result = domain.receive(mailbox, MAIL, "message/rfc822")
    return InboundMessage.objects.get(pk=result.inbound)


@pytest.fixture
def sam(sam_supervisor: User, at_desk: Callable[[User], Client]) -> Client:
    return at_desk(sam_supervisor)


def view(inbound: InboundMessage) -> str:
    return reverse("desk:input", args=[inbound.pk])


def test_lead_reads_headers_and_body_as_they_came(sam: Client, arrived: InboundMessage):
    page = sam.get(view(arrived)).text
    assert "Subject: =?utf-8?B?54Gv?=" in page
    assert "X-Odd: &lt;script&gt;1" in page
    assert "It flickers 灯 \ufffd reversed." in page
    bytes_of = sam.get(reverse("desk:raw_input", args=[arrived.pk]))
    assert bytes_of.content == MAIL
    assert bytes_of["Content-Disposition"].startswith("attachment")


def test_case_page_leads_leads_there_and_nobody_else(
    sam: Client, ana: Client, arrived: InboundMessage
):
    address = reverse("desk:case", args=[arrived.case.number])
    assert view(arrived) in sam.get(address).text
    assert view(arrived) not in ana.get(address).text


def test_view_is_no_page_for_agents_strangers_and_foreign_leads(
    ana: Client, foreigner: Client, arrived: InboundMessage, pumps: Team, at_desk
):
    for client in (ana, foreigner, at_desk(make_user("lea", pumps, role="lead"))):
        assert client.get(view(arrived)).status_code == 404
        assert client.get(reverse("desk:raw_input", args=[arrived.pk])).status_code == 404


def test_lead_of_the_account_does_not_see_into_a_case_that_went_elsewhere(
    sam: Client, root: User, at_desk, arrived: InboundMessage, pumps: Team
):
    Case.objects.update(team=pumps)
    assert sam.get(view(arrived)).status_code == 404
    assert at_desk(root).get(view(arrived)).status_code == 200


def test_agent_keeps_the_bytes_of_what_nobody_understood(ana: Client, mailbox: Account):
    result = domain.receive(mailbox, b"\r\n", "message/rfc822")
    assert result.state == "quarantined"
    assert ana.get(reverse("desk:raw_input", args=[result.inbound])).content == b"\r\n"
    assert ana.get(reverse("desk:input", args=[result.inbound])).status_code == 404


def test_input_that_is_no_text_is_only_downloaded(sam: Client, mailbox: Account):
    result = domain.receive(mailbox, b"II*\0", "image/tiff")
    assert "This is no text" in sam.get(reverse("desk:input", args=[result.inbound])).text


def test_long_input_is_cut_on_the_page_and_whole_in_the_download(sam: Client, mailbox: Account):
    long = MAIL + b"word " * 100_000
    result = domain.receive(mailbox, long, "message/rfc822")
    page = sam.get(reverse("desk:input", args=[result.inbound]))
    assert "All of it is in the download" in page.text
    assert len(page.content) < 300_000
    assert sam.get(reverse("desk:raw_input", args=[result.inbound])).content == long
