from __future__ import annotations

import base64
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.channels.driver import Incoming, IncomingAttachment, Party, Unreadable
from apps.channels.mail.plaintext import html_to_text
from tests.channels.mail.factory import mail, read

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def message(**headers):
    made = EmailMessage(policy=email.policy.SMTP)
    for name, value in {"From": "Cleo <cleo@example.org>", "To": "s@example.com"}.items():
        made[name] = value
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    return made


def test_whole_mail_is_read():
    made = EmailMessage(policy=email.policy.SMTP)
    made["From"] = "克莉奥 <Cleo@Example.org>"
    made["To"] = "Support <support+abc.def@example.com>, dan@example.net"
    made["Cc"] = "Eve <eve@example.net>"
    made["Delivered-To"] = "support@example.com"
    made["Subject"] = "宽带断线了"
    made["Date"] = "Fri, 20 Nov 2026 10:00:00 +0800"
    made["Message-ID"] = "<m3@example.org>"
    made["In-Reply-To"] = "<m2@example.com>"
    made["References"] = "<m1@example.org> <m2@example.com>"
    made.set_content("您好，又断了。\n\nOn Nov 19, 2026 at 9:00, Support wrote:\n> 好了\n")
    made.add_attachment(PNG, maintype="image", subtype="png", filename="路由器.png")
    assert read(made.as_bytes()) == Incoming(
        sender=Party("email", "cleo@example.org", "克莉奥"),
        subject="宽带断线了",
        text="您好，又断了。\n\nOn Nov 19, 2026 at 9:00, Support wrote:\n> 好了",
        text_folded="您好，又断了。",
        html="",
        external_id="m3@example.org",
        references=("m2@example.com", "m1@example.org"),
        to=(
            Party("email", "support+abc.def@example.com", "Support"),
            Party("email", "dan@example.net"),
        ),
        cc=(Party("email", "eve@example.net", "Eve"),),
        delivered_to=(
            "support@example.com",
            "support+abc.def@example.com",
            "dan@example.net",
            "eve@example.net",
        ),
        occurred_at=datetime(2026, 11, 20, 2, tzinfo=UTC),
        language="zh-hans",
        attachments=(IncomingAttachment("路由器.png", "image/png", PNG),),
    )


def test_alternative_gives_text_and_cleaned_html():
    made = message(Subject="x")
    made.set_content("plain form")
    made.add_alternative("<p onclick=x>rich <b>form</b></p>", subtype="html")
    incoming = read(made.as_bytes())
    assert incoming.text == "plain form"
    assert incoming.html == "<p>rich <b>form</b></p>"
    assert incoming.attachments == ()


def test_html_alone_is_read_as_text_too():
    made = message()
    made.set_content("<p>Hello</p><blockquote>quoted</blockquote>", subtype="html")
    incoming = read(made.as_bytes())
    assert incoming.text == "Hello\n\n> quoted"
    assert incoming.text_folded == "Hello"


def test_items_keep_the_numbers_that_their_writer_gave_them():
    html = '<ol start="3"><li>a</li><li value="7">b</li><li>c</li></ol><ol><li>d</li></ol>'
    assert html_to_text(html).split() == ["3.", "a", "7.", "b", "8.", "c", "1.", "d"]


def test_empty_plain_form_gives_way_to_the_html():
    made = message()
    made.set_content(" \n")
    made.add_alternative("<p>words</p>", subtype="html")
    assert read(made.as_bytes()).text == "words"


@pytest.mark.parametrize(
    "advice", ["Your mail program does not support HTML.", "您的邮件客户端不支持HTML格式。"]
)
def test_advice_to_read_the_html_gives_way_to_it(advice):
    made = message()
    made.set_content(advice)
    made.add_alternative("<p>My order never came.</p>", subtype="html")
    assert read(made.as_bytes()).text == "My order never came."


@pytest.mark.parametrize("kind", ["enriched", "markdown", "richtext"])
def test_text_of_an_unusual_kind_is_shown_as_plain(kind):
    found = read(mail(b"My *words*", Content_Type=f"text/{kind}"))
    assert (found.text, found.attachments) == ("My *words*", ())


@pytest.mark.parametrize("kind", ["mixed", "alternative"])
def test_empty_piece_after_a_file_takes_no_words_away(kind):
    """Apple Mail ends with such a piece; within an alternative as well."""
    pieces = (
        "--b\r\nContent-Type: text/plain\r\n\r\nMy words\r\n"
        "--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\n\r\n \r\n--b--\r\n"
    )
    if kind == "alternative":
        inner = f"--a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{pieces}--a--"
        found = read(mail(inner.encode(), Content_Type="multipart/alternative; boundary=a"))
    else:
        found = read(mail(pieces.encode(), Content_Type="multipart/mixed; boundary=b"))
    assert (found.text, found.html) == ("My words", "")
    assert [one.name for one in found.attachments] == ["a.pdf"]


def test_charset_of_html_stands_in_its_own_head():
    page = '<html><head><meta charset="gbk"></head><body>投诉投诉</body></html>'.encode("gbk")
    assert read(mail(page, Content_Type="text/html")).text == "投诉投诉"


def test_picture_of_the_html_is_inline_and_others_are_not():
    made = message()
    made.set_content('<p>see <img src="cid:Pic@x"></p>', subtype="html")
    made.add_related(PNG, maintype="image", subtype="png", cid="<pic@x>", filename="a.png")
    made.add_related(PNG, maintype="image", subtype="png", cid="<other@x>")
    incoming = read(made.as_bytes())
    assert [(one.name, one.content_id, one.inline) for one in incoming.attachments] == [
        ("a.png", "pic@x", True),
        ("attachment.png", "other@x", False),
    ]


def test_forwarded_message_is_a_file():
    inner = message(Subject="内部 subject")
    inner.set_content("inner text")
    made = message()
    made.set_content("see below")
    made.add_attachment(inner)
    incoming = read(made.as_bytes())
    (attachment,) = incoming.attachments
    assert (attachment.name, attachment.content_type) == ("内部 subject.eml", "message/rfc822")
    assert b"inner text" in attachment.content
    assert incoming.text == "see below"


def test_invitation_is_a_file():
    made = message()
    made.set_content("Meeting")
    made.add_alternative("BEGIN:VCALENDAR", subtype="calendar")
    incoming = read(made.as_bytes())
    assert incoming.text == "Meeting"
    assert [one.name for one in incoming.attachments] == ["invitation.ics"]


def test_text_parts_follow_each_other_and_named_ones_are_files():
    body = (
        b"--b\r\n\r\nfirst\r\n--b\r\nContent-Type: text/plain; name=log.txt\r\n\r\nlog\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nlast\r\n--b--\r\nepilogue"
    )
    incoming = read(mail(body, Content_Type="multipart/mixed; boundary=b"))
    assert incoming.text == "first\n\nlast"
    assert incoming.attachments == (IncomingAttachment("log.txt", "text/plain", b"log"),)


def test_winmail_is_kept_as_a_file():
    made = message()
    made.add_attachment(b"\x78\x9f", maintype="application", subtype="tnef", filename="winmail.dat")
    assert [one.name for one in read(made.as_bytes()).attachments] == ["winmail.dat"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\report.pdf", "report.pdf"),
        ("evil\u202efdp.exe", "evilfdp.exe"),
        ("con.txt", "_con.txt"),
        ("a\u200b\u0000b.png", "ab.png"),
        ("..", "attachment"),
        ("<script>.html", "_script_.html"),
        ("字" * 300 + ".pdf", "字" * 146 + ".pdf"),
        ("e\u0301.txt", "é.txt"),
        ("．．／x", "x"),
    ],
)
def test_file_name_is_cleaned(sent, kept):
    encoded = "=?utf-8?B?" + base64.b64encode(sent.encode()).decode() + "?="
    raw = mail(b"x", Content_Disposition=f'attachment; filename="{encoded}"', Content_Type="a/b")
    assert [one.name for one in read(raw).attachments] == [kept]


@pytest.mark.parametrize(
    ("body", "encoding", "text"),
    [
        (b"5oqV6K+J", "base64", "投诉"),
        (b"5oqV!6K\r\n+J=", "BASE64", "投诉"),
        (b"=E6=8A=95=\r\n=E8=AF=89", "quoted-printable", "投诉"),
        (b"=E6=8A=95=ZZ", "Quoted-Printable", "投=ZZ"),
        (b"begin 644 x\n#86)C\n`\nend\n", "x-uuencode", "abc"),
        ("投诉".encode(), "8bit", "投诉"),
        ("投诉".encode(), "nonsense", "投诉"),
    ],
)
def test_transfer_encoding_is_undone(body, encoding, text):
    raw = mail(body, Content_Type="text/plain; charset=utf-8", Content_Transfer_Encoding=encoding)
    assert read(raw).text == text


@pytest.mark.parametrize(
    ("raw", "sender"),
    [
        (b"From: A <a@b.c>\nTo: x@y.z\n\nhi", "a@b.c"),
        (b"From someone Mon Jan 1\r\nFrom: a@b.c\r\n\r\nhi", "a@b.c"),
        (b"From: a@b.c\rTo: x@y.z\r\rhi", "a@b.c"),
        (b"Subject: x\r\nFrom: a@b.c\r\nbroken line\r\nTo: x@y.z\r\n\r\nhi", "a@b.c"),
        (b"From: nobody\r\nSender: real@b.c\r\n\r\nhi", "real@b.c"),
        (b"Return-Path: <a@b.c>\r\n\r\nhi", "a@b.c"),
        (b"From: MAILER-DAEMON (Mail System)\r\n\r\nhi", "mailer-daemon@localhost"),
        (b"From: a@b.c\r\nfirst line of a body\r\nwithout a blank line", "a@b.c"),
    ],
)
def test_sender_of_a_broken_mail_is_found(raw, sender):
    incoming = read(raw)
    assert incoming.sender.value == sender
    assert incoming.text.startswith(("hi", "first line"))


@pytest.mark.parametrize("raw", [b"", b"\r\n \0\n", b"just text", b"Subject: no sender\r\n\r\nhi"])
def test_what_is_no_mail_is_unreadable(raw):
    with pytest.raises(Unreadable) as refusal:
        read(raw)
    assert refusal.value.reason


@pytest.mark.parametrize(
    ("headers", "rule"),
    [
        ({"Auto-Submitted": "auto-replied"}, "auto_submitted"),
        ({"Auto-Submitted": "auto-generated (failure)"}, "auto_submitted"),
        ({"Auto-Submitted": "no"}, ""),
        ({"Precedence": "Bulk"}, "precedence"),
        ({"Precedence": "first-class"}, ""),
        ({"X-Auto-Response-Suppress": "OOF, AutoReply"}, "auto_response_suppress"),
        ({"X-Auto-Response-Suppress": "None"}, ""),
        ({"List-Id": "<news.example.org>"}, "list_id"),
        ({"List-Unsubscribe": "<https://example.org/u>"}, ""),
        ({"Return-Path": "<>"}, "empty_return_path"),
        ({"Return-Path": "<a@b.c>"}, ""),
        ({"X-Contact-Centre": "notice"}, "own_notice"),
        ({"X-Autoreply": "yes"}, "auto_reply"),
        ({"X-Loop": "support@example.com"}, "loop"),
        ({"Content-Type": "multipart/report; report-type=disposition-notification"}, "report"),
        ({"Subject": "Automatic reply: The lamp"}, "away_subject"),
        ({"Subject": "自动回复：台灯"}, "away_subject"),
        ({"Subject": "=?utf-8?B?6Ieq5Yqo5Zue5aSNOiDlj7Dnga8=?="}, "away_subject"),
        ({"Subject": "Re: Automatic reply: The lamp"}, ""),
        ({"Subject": "自动回复功能不能用"}, ""),
        ({"Subject": "Out of office lamps are broken"}, ""),
        ({}, ""),
    ],
)
def test_automatic_mail_is_told_by_a_named_rule(headers, rule):
    assert read(mail(b"hi", **headers)).automatic == rule


def test_delivery_report_names_the_message_that_failed():
    body = (
        b"--b\r\n\r\nIt could not be delivered.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nStatus: 5.1.1\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <ours@example.com>\r\n\r\nx"
    )
    kind = 'multipart/report; report-type=delivery-status; boundary="b"'
    incoming = read(mail(body, Content_Type=kind, From="MAILER-DAEMON@mx.example.org"))
    assert incoming.automatic == "delivery_report"
    assert incoming.references == ("ours@example.com",)
    assert incoming.text == "It could not be delivered."


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The router is broken", "en"),
        ("路由器坏了，请看 router 的灯", "zh-hans"),
        ("ルーターが壊れました", ""),
        ("12345", ""),
    ],
)
def test_language_is_that_of_the_text(text, language):
    assert read(mail(text)).language == language


def test_parts_end_where_the_inner_multipart_does():
    body = (
        b"preamble\r\n--o\r\nContent-Type: multipart/alternative; boundary=oo\r\n\r\n"
        b"--oo\r\n\r\nplain\r\n--oo\r\nContent-Type: text/html\r\n\r\n<p>rich</p>\r\n--oo--\r\n"
        b"--o  \r\nContent-Type: text/plain; name=a.txt\r\n\r\nfile\r\n--o--\r\n"
    )
    incoming = read(mail(body, Content_Type="multipart/mixed; boundary=o"))
    assert (incoming.text, incoming.html) == ("plain", "<p>rich</p>")
    assert [one.content for one in incoming.attachments] == [b"file"]


@pytest.mark.parametrize(
    "kind", ["multipart/mixed", "multipart/mixed; boundary=wrong", 'multipart/mixed; boundary="']
)
def test_boundary_that_is_not_declared_is_found(kind):
    body = b"--real\r\n\r\ntext\r\n--real\r\nContent-Type: a/b; name=f\r\n\r\nfile\r\n--real--"
    incoming = read(mail(body, Content_Type=kind))
    assert incoming.text == "text"
    assert [one.name for one in incoming.attachments] == ["f"]


def test_multipart_without_parts_shows_its_text():
    assert read(mail(b"only text", Content_Type="multipart/mixed; boundary=b")).text == "only text"


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=40)


@given(WORDS, st.lists(st.tuples(WORDS, st.binary(max_size=200)), max_size=3), st.booleans())
def test_what_the_standard_library_writes_reads_back(text, files, html):
    made = message(Subject="s")
    made.set_content(text)
    if html:
        made.add_alternative("<p>x</p>", subtype="html")
    for name, content in files:
        made.add_attachment(content, maintype="a", subtype="b", filename=f"n{name.strip()}")
    incoming = read(made.as_bytes())
    assert incoming.text == text.rstrip() or (html and not text.strip())
    assert [one.content for one in incoming.attachments] == [content for _name, content in files]


FLOWED = {"MIME_Version": "1.0", "Content_Transfer_Encoding": "8bit"}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("format=flowed; delsp=yes", "这是一个句子。\n> 引用的话。\n>> 更早的话\n\n-- \nCleo"),
        ("Format=Flowed; DelSp=Yes", "这是一个句子。\n> 引用的话。\n>> 更早的话\n\n-- \nCleo"),
        ("format=flowed", "这是 \n一个 \n句子。\n> 引用 \n> 的话。\n>> 更早的话\n\n-- \nCleo"),
    ],
)
def test_soft_lines_are_joined_where_their_space_is_no_part_of_the_text(kind, text):
    written = (
        "这是 \r\n一个 \r\n句子。\r\n> 引用 \r\n> 的话。\r\n>> 更早的话\r\n\r\n-- \r\nCleo\r\n"
    )
    made = mail(written, Content_Type=f"text/plain; charset=utf-8; {kind}", **FLOWED)
    assert read(made).text == text


def test_files_beyond_the_bound_are_counted():
    file = b"--b\r\nContent-Type: a/b; name=f\r\n\r\nx\r\n"
    body = b"--b\r\n\r\nhello\r\n" + file * 700 + b"--b--\r\n"
    incoming = read(mail(body, Content_Type="multipart/mixed; boundary=b"))
    assert incoming.text == "hello"
    assert len(incoming.attachments) + incoming.left_out == 700
    few = read(
        mail(b"--b\r\n\r\nhello\r\n" + file + b"--b--", Content_Type="multipart/mixed; boundary=b")
    )
    assert (len(few.attachments), few.left_out) == (1, 0)


@pytest.mark.parametrize("plain", ["", "Words above. Thanks"])
def test_pieces_of_html_around_a_file_are_all_kept(plain):
    """Apple Mail's form: the plain text, or HTML with the file in its middle."""
    first = f"--a\r\nContent-Type: text/plain\r\n\r\n{plain}\r\n" if plain else ""
    found = read(
        (
            "From: cleo@example.org\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n"
            f"{first}--a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            "--b\r\nContent-Type: text/html\r\n\r\n<p>Words above.</p>\r\n"
            "--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF\r\n"
            "--b\r\nContent-Type: text/html\r\n\r\n<p>Thanks</p>\r\n--b--\r\n--a--\r\n"
        ).encode()
    )
    assert found.html == "<p>Words above.</p>\n<br>\n<p>Thanks</p>"
    assert found.text.split() == ["Words", "above.", "Thanks"]
    assert [one.name for one in found.attachments] == ["a.pdf"]
