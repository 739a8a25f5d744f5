from __future__ import annotations

import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.channels.mail.tnef import SIGNATURE, unpack
from tests.channels.mail.factory import mail, read

UNICODE, BINARY, EMBEDDED = 0x1F, 0x102, 0x0D


def attribute(level, identifier, value):
    head = struct.pack("<BII", level, identifier, len(value))
    return head + value + struct.pack("<H", sum(value) & 0xFFFF)


def padded(value):
    return struct.pack("<I", len(value)) + value + b"\0" * (-len(value) % 4)


def properties(*rows):
    rest = b"".join(
        struct.pack("<HHI", kind, identifier, 1) + padded(value) for identifier, kind, value in rows
    )
    return struct.pack("<I", len(rows)) + rest


def text(value):
    return f"{value}\0".encode("utf-16-le")


def file(name, content, *rows):
    named = properties((0x3707, UNICODE, text(name)), *rows)
    return (
        attribute(2, 0x00069002, b"\0" * 14)
        + attribute(2, 0x00018010, b"SHORT~1.DOC\0")
        + attribute(2, 0x0006800F, content)
        + attribute(2, 0x00069005, named)
    )


def stream(*parts):
    return SIGNATURE + b"\1\0" + b"".join(parts)


def winmail(data, body="Please see the plan."):
    encoded = base64.encodebytes(data).decode()
    return mail(
        f"--b\r\nContent-Type: text/plain\r\n\r\n{body}\r\n"
        "--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n--b--\r\n",
        Content_Type='multipart/mixed; boundary="b"',
    )


def test_files_in_winmail_are_unpacked():
    incoming = read(winmail(stream(file("计划.docx", b"plan"), file("b.txt", b"two"))))
    assert [(one.name, one.content) for one in incoming.attachments] == [
        ("计划.docx", b"plan"),
        ("b.txt", b"two"),
    ]
    assert incoming.attachments[1].content_type == "text/plain"
    assert incoming.text == "Please see the plan."


def test_names_in_winmail_are_cleaned():
    incoming = read(winmail(stream(file("../../etc/pass\x01wd", b"x"))))
    (one,) = incoming.attachments
    assert "/" not in one.name
    assert "\x01" not in one.name


def test_body_in_winmail_is_read_when_there_is_no_other():
    message = properties((0x1000, UNICODE, text("Only here.")))
    data = stream(attribute(1, 0x00069003, message))
    assert read(winmail(data, body="")).text == "Only here."


def test_message_within_gives_its_files():
    inner = stream(file("inner.txt", b"deep"))
    outer = (
        attribute(2, 0x00069002, b"\0" * 14),
        attribute(2, 0x00069005, properties((0x3701, EMBEDDED, b"\0" * 16 + inner))),
    )
    assert [one.name for one in unpack(stream(*outer)).files] == ["inner.txt"]


def test_messages_within_messages_end():
    data = stream(file("core.txt", b"deep"))
    for _ in range(50):
        nested = properties((0x3701, EMBEDDED, b"\0" * 16 + data))
        new = attribute(2, 0x00069002, b"\0" * 14)
        data = stream(new, attribute(2, 0x00069005, nested))
    assert unpack(data).files == []


@pytest.mark.parametrize("data", [b"", b"junk", SIGNATURE, stream(b"\2"), stream(b"\xff" * 40)])
def test_broken_winmail_stays_a_file(data):
    incoming = read(winmail(data))
    assert [one.name for one in incoming.attachments] == ["winmail.dat"]


def test_cut_winmail_gives_what_is_whole():
    data = stream(file("a.txt", b"one"), file("b.txt", b"two"))
    assert [one.name for one in unpack(data[:-90]).files] == ["a.txt"]


def test_thousands_of_files_are_bounded():
    assert len(unpack(stream(file("a", b"x") * 3000)).files) <= 200


def test_many_winmails_are_bounded_together():
    part = base64.encodebytes(stream(file("a", b"x") * 200)).decode()
    head = "--b\r\nContent-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    raw = mail(f"{head}{part}\r\n" * 40, Content_Type="multipart/mixed; boundary=b")
    files = read(raw).attachments
    assert len(files) <= 500 + 40
    assert sum(one.content.startswith(SIGNATURE) for one in files) == 38


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(noise):
    whole = stream(file("a.txt", b"one"))
    unpack(SIGNATURE + noise)
    unpack(whole[: len(noise)] + noise)
    unpack(stream(attribute(1, 0x00069003, noise), attribute(2, 0x00069002, b""), noise))
