"""Header injection: what comes in adds no header to what we store or send."""

from __future__ import annotations

import email
import email.policy
from email.utils import getaddresses

import pytest

from apps.cases.models import Interaction
from apps.channels import domain
from apps.channels.domain.composing import compose
from apps.channels.driver import DeliveryError, OutgoingAttachment, Party
from apps.channels.mail import composing as wire
from tests.channels.mail.factory import account, outgoing
from tests.hardening.hostile import CLASSES
from tests.hardening.post import office, take

__all__ = ["office"]
OURS = {
    "date", "from", "to", "cc", "reply-to", "subject", "message-id", "in-reply-to", "references",
    "auto-submitted", "x-auto-response-suppress", "x-contact-centre", "mime-version",
    "content-type", "content-transfer-encoding",
}  # fmt: skip
MAILS = CLASSES["injecting"] | CLASSES["scripted"]
EVIL = "x\r\nBcc: evil@x.example\r\n\r\nbody"


def headers(raw: bytes) -> list[tuple[str, str]]:
    """The headers as the standard library reads them, each name once or it is no mail of ours."""
    read = email.message_from_bytes(raw, policy=email.policy.compat32)
    names = [name.lower() for name in read]
    assert set(names) <= OURS
    assert len(set(names)) == len(names)
    return [(name.lower(), str(value)) for name, value in read.items()]


def is_sound(raw: bytes) -> bool:
    """Whether every line end is CRLF and nothing in the head is beyond ASCII."""
    head, blank, _body = raw.partition(b"\r\n\r\n")
    bare = raw.replace(b"\r\n", b"")
    return bool(blank) and head.isascii() and b"\r" not in bare and b"\n" not in bare


@pytest.mark.parametrize("name", MAILS)
def test_answer_to_it_carries_our_headers_alone(office, ana_agent, name):
    result = take(office, MAILS[name])
    word = Interaction.objects.get(pk=result.interaction)
    parties = [word.sender_name, word.subject, word.case.subject]
    parties += [party["name"] for party in [*word.recipients, *word.copies]]
    assert not any(set(value) & set("\r\n\0\x0b\x0c\x85\u2028\u2029") for value in parties)
    delivery = domain.reply(case_id=word.case_id, actor=ana_agent, text="Which one?").delivery
    raw = wire.compose(office.as_view(), compose(delivery))
    assert is_sound(raw)
    head = dict(headers(raw))
    sent_to = getaddresses([head["to"], head.get("cc", "")])
    assert "evil@x.example" not in [address for _name, address in sent_to]


@pytest.mark.parametrize(
    "values",
    [
        {"subject": EVIL},
        {"sender_name": EVIL},
        {"to": (Party("email", "cleo@example.org", EVIL),)},
        {"cc": (Party("email", "dan@example.org", EVIL),)},
        {"references": ("a@b", EVIL, "a@b>\r\nBcc: <x@y")},
        {"attachments": (OutgoingAttachment(EVIL, "a/b", b"x"),)},
        {"attachments": (OutgoingAttachment("a.txt", f"text/plain\r\n{EVIL}", b"x"),)},
    ],
)
def test_values_of_ours_add_no_header(values):
    raw = wire.compose(account(), outgoing(**values))
    assert is_sound(raw)
    read = email.message_from_bytes(raw, policy=email.policy.compat32)
    for part in read.walk():
        assert "bcc" not in [name.lower() for name in part]
    headers(raw)


@pytest.mark.parametrize(
    "values",
    [
        {"message_id": "a@b>\r\nBcc: <x@y"},
        {"reply_to": "a@b.example\r\nBcc: x@y.example"},
        {"to": (Party("email", "a@b.example>\r\nRCPT TO:<x@y.example"),)},
        {"attachments": (OutgoingAttachment("a", "a/b", b"x", "c@d>\r\nBcc: <x"),), "html": "<p>"},
    ],
)
def test_address_or_id_with_line_ends_is_refused(values):
    with pytest.raises(DeliveryError) as refusal:
        wire.compose(account(), outgoing(**values))
    assert refusal.value.permanent
