"""Damaged mail: whatever is done to the bytes, they are read or named unreadable."""

from __future__ import annotations

import base64
import random

import pytest

from apps.channels.driver import Unreadable
from tests.channels.mail.factory import read

SEEDS = [
    (
        b"""Return-Path: <cleo@example.org>\r
Received: from mx by mail; Fri, 20 Nov 2026 10:00:00 +0800\r
From: =?utf-8?B?5YWL6I6J5aWl?= <cleo@example.org>\r
To: "Support, the" <support+abc@example.com>, b@c.d\r
Subject: =?gb2312?B?zbbL3w==?= =?utf-8?q?caf=C3=A9?=\r
Date: Fri, 20 Nov 2026 10:00:00 +0800\r
Message-ID: <m3@example.org>\r
References: <m1@example.org>\r
 <m2@example.com>\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary="b1"\r
\r
--b1\r
Content-Type: multipart/alternative; boundary=b2\r
\r
--b2\r
Content-Type: text/plain; charset=gbk\r
Content-Transfer-Encoding: base64\r
\r
"""
        + base64.encodebytes(
            "您好\n\n在 2026-11-20 10:00，客服 <a@b.c> 写道：\n> 引用".encode("gbk")
        )
        + b"""\r
--b2\r
Content-Type: text/html; charset=utf-8\r
Content-Transfer-Encoding: quoted-printable\r
\r
<p style=3D"color:red">x <a href=3D"https://a.b">=E6=8A=95</a><table><tr><td>1</td></table>\r
--b2--\r
--b1\r
Content-Type: application/pdf; name*0*=utf-8''%E5%8F; name*1*=%91.pdf\r
Content-Disposition: attachment; filename="=?utf-8?B?5Y+R56Wo?=.pdf"\r
Content-Transfer-Encoding: base64\r
\r
JVBERi0xLjQK\r
--b1\r
Content-Type: message/rfc822\r
\r
From: x@y.z\r
Subject: inner\r
\r
inner\r
--b1--\r
"""
    ),
    (
        b"From: a@b.c\nSubject: \x1b$B?75,\x1b(B\nContent-Type: text/plain; charset=iso-2022-jp\n\n"
        b"\x1b$B$3$s\x1b(B\n-- \nme\n"
    ),
    (
        b"From: MAILER-DAEMON\r\nContent-Type: multipart/report; report-type=delivery-status;"
        b" boundary=r\r\n\r\n--r\r\n\r\nfailed\r\n--r\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        b"Message-ID: <x@y>\r\n--r--\r\n"
    ),
]
TOKENS = [
    b"\r\n", b"\n", b"\r", b"\0", b"\x1b$B", b"\xff\xfe", b"=?utf-8?B?", b"?=", b"--b1", b"--b2--",
    b"Content-Type: ", b"multipart/mixed", b"; boundary=", b"charset=utf-16", b"charset=utf-7",
    b"Content-Transfer-Encoding: base64\r\n", b"<", b">", b'"', b"\\", b"*0*=", b"%", b"=", b"(",
    b"&#xd800;", b"<!--", b"<svg>", b"> ", b"From: ", b"Date: 1 Jan 99999 99:99:99 +9999\r\n",
    b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"begin 644 x\n", b"message/rfc822", b"text/html", b"",
]  # fmt: skip


def mutate(raw: bytes, chance: random.Random) -> bytes:
    mail = bytearray(raw)
    for _count in range(chance.randint(1, 12)):
        at = chance.randrange(len(mail) + 1)
        until = at + int(chance.expovariate(1 / 20))
        match chance.randrange(5):
            case 0:
                mail[at:at] = chance.choice(TOKENS)
            case 1:
                del mail[at:until]
            case 2:
                mail[at:until] = chance.randbytes(until - at)
            case 3:
                mail[at:at] = mail[at : until * 3]
            case _:
                mail[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(mail)


@pytest.mark.parametrize("seed", range(4))
def test_damaged_mail_is_read_or_named_unreadable(seed):
    chance = random.Random(seed)
    readable = 0
    for _count in range(500):
        try:
            incoming = read(mutate(chance.choice(SEEDS), chance))
        except Unreadable as refusal:
            assert refusal.reason
            continue
        readable += 1
        shown = (incoming.subject, incoming.text, incoming.html, incoming.external_id)
        shown += (incoming.sender.value, incoming.sender.name, *incoming.references)
        shown += tuple(one.name for one in incoming.attachments)
        for value in shown:
            value.encode("utf-8")
            assert "\0" not in value
    assert readable > 400
