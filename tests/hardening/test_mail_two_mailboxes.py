"""The same mail to two of our mailboxes makes one case."""

from __future__ import annotations

import itertools

import pytest

from apps.cases.models import Attachment, Case, Interaction
from apps.channels import domain
from apps.channels.models import Account, Delivery, InboundMessage
from tests.hardening.hostile.kit import with_file
from tests.hardening.post import RFC822, office, raw, take

__all__ = ["office"]
TO = "support@example.com, sales@example.com"


@pytest.fixture
def sales(lamps) -> Account:
    return Account.objects.create(
        channel="email", name="sales", address="sales@example.com", team=lamps
    )


def mail(body: str = "It flickers.", **headers: str) -> bytes:
    return raw(body, To=TO, Subject="The lamp", Message_ID="<two@example.org>", **headers)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_copies_are_one_case_and_both_are_kept(office, sales, order):
    boxes = [office, sales]
    first, second = (take(boxes[index], mail()) for index in order)
    assert (first.state, second.state) == ("accepted", "ignored")
    assert second.case == first.case
    assert second.interaction == first.interaction
    assert (Case.objects.count(), Interaction.objects.count()) == (1, 1)
    assert InboundMessage.objects.count() == 2


def test_copies_that_took_other_ways_are_one(office, sales):
    """Servers on the way add headers of their own."""
    take(office, b"Received: from a by b; Fri, 20 Nov 2026 10:00:00 +0800\r\n" + mail())
    take(sales, b"Delivered-To: sales@example.com\r\nX-Spam-Score: 1\r\n" + mail())
    assert (Case.objects.count(), Interaction.objects.count()) == (1, 1)


def test_copies_without_an_id_are_one(office, sales):
    bare = mail(Date="Fri, 20 Nov 2026 10:00:00 +0800").replace(
        b"Message-ID: <two@example.org>\r\n", b""
    )
    first, second = take(office, bare), take(sales, bare)
    assert second.case == first.case
    assert (Case.objects.count(), Interaction.objects.count()) == (1, 1)


def test_mails_without_an_id_that_differ_are_two(office, sales):
    for box, body, hour in (
        (office, "It flickers.", 10),
        (sales, "It hums.", 10),
        (sales, "It hums.", 11),
    ):
        one = mail(body, Date=f"Fri, 20 Nov 2026 {hour}:00:00 +0800")
        take(box, one.replace(b"Message-ID: <two@example.org>\r\n", b""))
    assert Interaction.objects.count() == 3


def test_mails_that_differ_in_their_html_alone_are_two(office):
    """Many programs' plain part says only that there is another one."""
    for order in ("111", "222"):
        body = (
            "--b\r\nContent-Type: text/plain\r\n\r\nYour program cannot show this.\r\n"
            f"--b\r\nContent-Type: text/html\r\n\r\n<p>Order {order}</p>\r\n--b--\r\n"
        )
        take(office, mail(body, Content_Type='multipart/alternative; boundary="b"'))
    assert Interaction.objects.count() == 2


def test_copies_are_answered_once(office, sales):
    for account in (office, sales):
        account.options, account.outgoing = {"acknowledge": "1"}, "smtp://localhost:9"
        account.save()
        take(account, mail())
    assert Delivery.objects.filter(automatic=True).count() == 1


def test_files_of_a_copy_are_kept_once(office, sales):
    content = with_file("a.txt", "one")
    take(office, content)
    take(sales, content)
    assert Attachment.objects.count() == 1


def test_same_id_with_other_words_is_no_copy(office, sales):
    take(office, mail("It flickers."))
    second = take(sales, mail("It burns!"))
    assert second.state == "accepted"
    assert Interaction.objects.count() == 2


def test_copies_in_batches_of_both_boxes_are_one_each(office, sales):
    letters = [
        raw(f"Mail {n}", To=TO, Message_ID=f"<n{n}@example.org>", From=f"c{n}@example.org")
        for n in range(10)
    ]
    for account in itertools.chain((office, sales), (sales, office)):
        domain.receive_many(account, letters, RFC822)
    assert (Case.objects.count(), InboundMessage.objects.count()) == (10, 20)
