from __future__ import annotations

import email
import email.policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.channels.driver import DeliveryError, OutgoingAttachment, Party
from apps.channels.mail.composing import compose
from tests.channels.mail.factory import account, outgoing, read

LINE = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), max_size=120)


def one_line(text):
    return " ".join(text.split())


def parsed(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_same_message_gives_the_same_bytes():
    message = outgoing(html="<p>x</p>", attachments=(OutgoingAttachment("a", "a/b", b"c"),))
    assert compose(account(), message) == compose(account(), message)


@given(subject=LINE, name=LINE, text=st.text(st.characters(codec="utf-8"), max_size=400))
def test_mail_reads_back_as_it_was_meant(subject, name, text):
    message = outgoing(subject=subject, text=text, to=(Party("email", "cleo@example.org", name),))
    raw = compose(account(display_name=name), message)
    incoming = read(raw)
    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert incoming.subject == one_line(subject)
    assert incoming.to[0].value == "cleo@example.org"
    assert incoming.to[0].name in (one_line(name).strip(" '\""), "")
    assert incoming.external_id == "d7.abc@example.com"
    assert incoming.occurred_at == message.created_at


@given(LINE)
def test_two_readers_agree_on_names_and_subject(text):
    text = one_line(text).strip("'\" \\") or "x"
    raw = compose(account(), outgoing(subject=text, sender_name=text))
    assert one_line(parsed(raw)["Subject"]) == text
    # The standard library leaves a blank between two encoded words of a name.
    name = parsed(raw)["From"].addresses[0].display_name
    assert "".join(name.split()) == "".join(text.split())


@pytest.mark.parametrize(
    "break_", ["\r\n", "\n", "\r", "\0", "\x0b", "\x1b", "\x7f", "\x85", "\u2028"]
)
def test_control_characters_in_names_and_subjects_become_blanks(break_):
    text = f"x{break_}Bcc: victim@example.org"
    party = Party("email", "cleo@example.org", text)
    raw = compose(account(), outgoing(subject=text, sender_name=text, to=(party,), cc=(party,)))
    mail = parsed(raw)
    assert mail["Bcc"] is None
    names = [mail[name].addresses[0].display_name for name in ("From", "To", "Cc")]
    assert {mail["Subject"], *names} == {"x Bcc: victim@example.org"}


@pytest.mark.parametrize("field", ["message_id", "reply_to"])
@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\0"])
def test_header_injection_is_refused(field, break_):
    message = outgoing(**{field: f"x{break_}Bcc: victim@example.org"})
    with pytest.raises(DeliveryError) as refusal:
        compose(account(), message)
    assert refusal.value.permanent is True


def test_foreign_reference_cannot_inject():
    message = outgoing(references=("ok@example.org", "x>\r\nBcc: v@example.org"))
    raw = parsed(compose(account(), message))
    assert raw["References"] == "<ok@example.org>"
    assert raw["Bcc"] is None


def test_long_thread_keeps_its_first_and_its_youngest():
    ids = tuple(f"{number}@{'x' * 80}.example.org" for number in range(100))
    raw = compose(account(), outgoing(references=ids))
    references = parsed(raw)["References"].split()
    assert references[0] == f"<{ids[0]}>"
    assert references[1:] == [f"<{one}>" for one in ids[-19:]]
    assert parsed(raw)["In-Reply-To"] == f"<{ids[-1]}>"


def test_automatic_mail_says_so_and_a_persons_does_not():
    notice, reply = (read(compose(account(), outgoing(automatic=one))) for one in (True, False))
    assert notice.automatic == "own_notice"
    assert (
        parsed(compose(account(), outgoing(automatic=True)))["Auto-Submitted"] == "auto-generated"
    )
    assert reply.automatic == ""


def test_html_and_inline_picture_stand_beside_the_text():
    message = outgoing(
        html='<p>see <img src="cid:p@x"></p>',
        attachments=(
            OutgoingAttachment("p.png", "image/png", b"png", content_id="p@x"),
            OutgoingAttachment("报价 (最终版).pdf", "application/pdf", b"pdf"),
            OutgoingAttachment("长" * 100 + ".pdf", "application/pdf", b"long"),
            OutgoingAttachment("m.eml", "message/rfc822", b"Subject: x\n\ny"),
        ),
    )
    raw = compose(account(), message)
    incoming = read(raw)
    assert incoming.text == "It is on its way."
    assert incoming.html == '<p>see <img src="cid:p@x"></p>'
    assert [(one.name, one.content, one.inline) for one in incoming.attachments] == [
        ("p.png", b"png", True),
        ("报价 (最终版).pdf", b"pdf", False),
        ("长" * 100 + ".pdf", b"long", False),
        ("m.eml", b"Subject: x\n\ny", False),
    ]
    names = [part.get_filename() for part in parsed(raw).walk() if part.get_filename()]
    assert names == ["p.png", "报价 (最终版).pdf", "长" * 100 + ".pdf", "m.eml"]


def test_addresses_are_in_ascii_and_names_are_not_repeated():
    message = outgoing(to=(Party("email", "Ana@例子.中国"),))
    assert b"To: ana@xn--fsqu00a.xn--fiqs8s\r\n" in compose(account(), message)


def test_wrong_recipient_is_named():
    with pytest.raises(DeliveryError, match="nobody") as refusal:
        compose(account(), outgoing(to=(Party("email", "nobody"),)))
    assert refusal.value.permanent is True
