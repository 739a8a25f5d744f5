"""Line ends that somebody on the way converted twice (CR CR LF): nothing of a header is lost."""

from __future__ import annotations

import pytest
from django.utils import timezone

from apps.cases.models import Interaction
from apps.channels import tokens
from apps.channels.mail.parsing import parse
from apps.channels.models import InboundMessage
from tests.hardening.post import office, raw, sent_answer, take

__all__ = ["office"]


def doubled(mail: bytes, ends: bytes = b"\r\r\n") -> bytes:
    return mail.replace(b"\r\n", ends)


MAIL = raw(
    "First.\r\n\r\nSecond.",
    Subject="A lamp\r\n that flickers",
    Message_ID="<m@example.org>",
    References="<a@x> <b@x>",
)
PARTS = raw(
    "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nWords.\r\n"
    '--b\r\nContent-Type: text/csv; name="a.csv"\r\nContent-Disposition: attachment\r\n\r\n'
    "1,2\r\n3,4\r\n--b--\r\n",
    Content_Type="multipart/mixed; boundary=b",
)


@pytest.mark.parametrize("ends", [b"\r\r\n", b"\r\r\r\n"])
@pytest.mark.parametrize("mail", [MAIL, PARTS], ids=["plain", "parts"])
def test_doubled_line_ends_read_like_single_ones(mail, ends):
    at = timezone.now()
    assert parse(doubled(mail, ends), at=at) == parse(mail, at=at)


def test_old_line_ends_are_read_as_before():
    found = parse(MAIL.replace(b"\r\n", b"\r"), at=timezone.now())
    assert (found.subject, found.external_id) == ("A lamp that flickers", "m@example.org")


def test_doubled_line_end_in_a_body_alone_is_left_alone():
    found = parse(raw("a\r\r\nb\r\r\nc", Subject="x"), at=timezone.now())
    assert found.subject == "x"
    assert [found.text.count(word) for word in "abc"] == [1, 1, 1]


@pytest.mark.parametrize("way", ["reference", "plus_address", "subject"])
def test_answer_with_doubled_line_ends_joins_its_case(office, ana_agent, way):
    answer = sent_answer(office, ana_agent)
    case = answer.interaction.case_id
    proofs = {
        "reference": {"References": f"<{answer.message_id}>"},
        "plus_address": {"To": tokens.reply_address("support@example.com", case)},
        "subject": {"Subject": tokens.mark_subject("Re: The lamp", case, answer=True)},
    }
    mail = doubled(raw("The red one.", **proofs[way]))
    result = take(office, mail)
    assert Interaction.objects.get(pk=result.interaction).case_id == case
    assert bytes(InboundMessage.objects.latest("pk").raw.body) == mail


def test_machine_with_doubled_line_ends_is_known_as_one(office):
    result = take(office, doubled(raw("Away.", Auto_Submitted="auto-replied")))
    assert Interaction.objects.get(pk=result.interaction).automatic == "auto_submitted"
