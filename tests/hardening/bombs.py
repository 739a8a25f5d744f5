"""Mails made to cost much, each of about the size that is asked for.

``python -m tests.hardening.bombs BYTES NAME…`` reads them one after the other, each under a
hard limit of processor time, and prints the most memory that it ever held, in MiB.
"""

from __future__ import annotations

import base64
import resource
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from tests.channels.mail.factory import mail, read

CPU_SECONDS = 10


def multipart(body: bytes, kind: str = "mixed") -> bytes:
    return mail(body, Content_Type=f"multipart/{kind}; report-type=delivery-status; boundary=b")


def text(body: bytes, kind: str = "text/plain", encoding: str = "8bit") -> bytes:
    return mail(body, Content_Type=kind, Content_Transfer_Encoding=encoding)


def headed(header: bytes) -> bytes:
    return b"From: a@b.c\r\n" + header + b"\r\n\r\nbody"


def part(header: bytes, body: bytes) -> bytes:
    return b"--b\r\n" + header + b"\r\n\r\n" + body + b"\r\n"


def fill(piece: bytes, size: int) -> bytes:
    return piece * (size // len(piece))


def nested(size: int, *, same: bool = False) -> bytes:
    head = b"--%s\r\nContent-Type: multipart/mixed; boundary=%s\r\n\r\n"
    names = (b"b%d" % (0 if same else number) for number in range(size // 55 + 1))
    marks = [b"b", *names]
    return multipart(b"".join(head % pair for pair in pairwise(marks)))


def plain(piece: str) -> Callable[[int], bytes]:
    return lambda n: text(fill(piece.encode(), n), "text/plain; charset=utf-8")


QUOTES: dict[str, Callable[[int], bytes]] = {
    "introduction_in_one_line": plain("On 1 Jan 2026 10:00 A <a@b.c> wrote "),
    "introduction_never_ends": plain("On 2026-01-01 10:00, "),
    "introductions_wrapped": plain("On 1 Jan 2026\nat 10:00\nA <a@b.c>\nwrote :\n"),
    "introductions_chinese": plain("在 2026年1月1日 10:00，张三 <a@b.c> 写道：\n"),
    "introduction_chinese_long": plain("在 于 於 2026-1-1 <a@b 写道 "),
    "colons": plain("a:\n"),
    "wide_colons": plain("：\n"),
    "colons_in_one_line": plain("<a@b>:"),
    "senders": plain("From: a\n"),
    "senders_chinese": plain("发件人：a\n\n"),
    "sender_in_bars": plain("| * | * 发件人 "),
    "headers_without_sender": plain("Subject: a\nTo: b\n"),
    "dashes": plain("-"),
    "dashed_lines": plain("-----\n"),
    "separators_open": plain("-----Original Message "),
    "separators_and_marks": plain("-----Original Message-----\n> a\n"),
    "forwards_open": plain("---------- Forwarded by "),
    "titles": plain("-" * 199 + "x\n"),
    "titles_in_turn": plain("--a" * 60 + "\n"),
    "closings": plain("Best regards\n1@abc\n"),
    "wrote_on": plain("A wrote on 1" * 12 + ":\n> a\n"),
    "underscores": plain("_" * 31 + "\n"),
    "underscores_in_one_line": plain("_"),
    "wide_rules": plain("＿" * 9 + " \n"),
    "devices": plain("发自我的iPhone\n"),
    "device_in_one_line": plain("发自我的"),
    "sent_from": plain("Sent from my "),
    "signatures_of_blanks": plain("-- \n\n"),
    "deep_marks": plain(">>>>>>>>>>>>>>>>>>>>>>>> \n"),
    "marks_in_turn": plain("> a\nb\n"),
    "blanks_and_marks": plain(" " * 200 + ">\n"),
    "invisible": plain("\u200b\ufeff"),
    "dates": plain("2026年11月20日 10:00 <a@b.c>:\n"),
    "disclaimers": plain("confidential 机密 免责声明\n"),
}
BOMBS: dict[str, Callable[[int], bytes]] = {
    "newlines": lambda n: fill(b"\n", n),
    "lines": lambda n: text(fill(b"\r\n", n)),
    "no_mail": lambda n: fill(b"a", n),
    "long_header": lambda n: headed(b"X: " + fill(b"y", n)),
    "many_headers": lambda n: headed(fill(b"X: y\r\n", n)),
    "folded_header": lambda n: headed(b"X: y" + fill(b"\r\n z", n)),
    "recipients": lambda n: headed(b"To: " + fill(b'"x" <a@b.c>,\r\n ', n)),
    "unclosed_quote": lambda n: headed(b'To: "' + fill(b'\\"', n)),
    "brackets": lambda n: headed(b"To: " + fill(b"<(", n)),
    "blanks_at": lambda n: headed(b"To: " + fill(b" ", n) + b"@ x"),
    "references": lambda n: headed(b"References: " + fill(b"<a@b.c>\r\n ", n)),
    "open_ids": lambda n: headed(b"References: " + fill(b"<a@", n)),
    "encoded_words": lambda n: headed(b"Subject: " + fill(b"=?gbk?q?=%41?= ", n)),
    "open_words": lambda n: headed(b"Subject: " + fill(b"=?a?q?", n)),
    "word_marks": lambda n: headed(b"Subject: " + fill(b"=?", n)),
    "semicolons": lambda n: headed(b"Content-Type: text/plain" + fill(b";", n)),
    "blank_parameters": lambda n: headed(b"Content-Type: text/plain" + fill(b"; ", n)),
    "open_parameter": lambda n: headed(b'Content-Type: text/plain; a="' + fill(b'\\"', n)),
    "sections": lambda n: headed(b"Content-Type: a/b" + fill(b"; name*0*=a", n)),
    "file_in_base64": lambda n: text(
        base64.encodebytes(bytes(n * 3 // 4)), "application/pdf", "base64"
    ),
    "text_in_base64": lambda n: text(
        base64.encodebytes(fill(b"x\n", n * 3 // 4)), encoding="base64"
    ),
    "broken_base64": lambda n: text(fill(b"A\n=\n", n), "application/pdf", "base64"),
    "quoted": lambda n: text(fill(b"=41=\r\n", n), "text/plain; charset=gbk", "quoted-printable"),
    "uuencoded": lambda n: text(b"begin 644 x\n" + fill(b"!a\n", n), "a/b", "x-uuencode"),
    "parts": lambda n: multipart(fill(b"--b\r\n\r\nx\r\n", n)),
    "digest": lambda n: multipart(fill(b"--b\r\n\r\nSubject: x\r\n\r\ny\r\n", n), "digest"),
    "report": lambda n: multipart(
        fill(part(b"Content-Type: message/rfc822", b"Message-ID: <x@y>\r\n\r\ny"), n), "report"
    ),
    "boundaries": lambda n: multipart(fill(b"\n--b", n)),
    "false_boundaries": lambda n: multipart(fill(b"\n--bX", n)),
    "run_on_boundaries": lambda n: multipart(fill(b"--b", n)),
    "boundary_and_blanks": lambda n: multipart(b"\n--b" + fill(b" ", n)),
    "nested": nested,
    "nested_alike": lambda n: nested(n, same=True),
    "named_parts": lambda n: multipart(
        fill(part(b'Content-Type: a/b; name="%s"' % (b"=?gbk?q?=%41?=" * 3000), b"x"), n)
    ),
    "pages": lambda n: multipart(
        fill(part(b"Content-Type: text/html", b"<p>hello <b>w</b></p>" * 2400), n)
    ),
    "japanese": lambda n: multipart(
        fill(part(b"Content-Type: text/plain; charset=iso-2022-jp", b"\x1b$B-!\x1b(B" * 6000), n)
    ),
    "broken_gbk": lambda n: text(fill(b"\xff\xe9a", n), "text/plain; charset=gbk"),
    "broken_utf16": lambda n: text(fill(b"\xff\xd8", n), "text/plain; charset=utf-16"),
    "quote_marks": lambda n: text(fill(b"> ", n)),
    "quoted_lines": lambda n: text(fill(b"> \r\n", n)),
    "signatures": lambda n: text(fill(b"-- \r\n", n)),
    "introductions": lambda n: text(fill(b"On 1 wrote:\r\n", n)),
    "rules": lambda n: text(fill(b"________\r\n\r\n", n)),
    "quoted_headers": lambda n: text(fill(b"From: a\r\nTo: b\r\n", n)),
    **{
        name: lambda n, tag=tag: text(fill(tag, n), "text/html")
        for name, tag in {
            "deep": b"<div>",
            "deep_tables": b"<table><tr><td>&nbsp;x",
            "deep_quotes": b"<blockquote>a",
            "open_bold": b"<b a=1><p>x",
            "ends": b"<b></i>",
            "ampersands": b"&",
            "angles": b"<",
            "open_comments": b"<!--",
            "open_attributes": b'<a "',
            "open_styles": b"<style",
            "styles": b'<p style="color:red">x</p>',
            "links": b"<a href=http://x>y</a>",
            "entities": b"&nbsp;&#38;",
        }.items()
    },
}


def main(size: int, names: list[str]) -> None:
    from django.conf import settings

    from apps.channels.driver import Unreadable

    settings.configure(USE_I18N=False)
    for name in names:
        raw = (BOMBS | QUOTES)[name](size)
        spent = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (int(spent) + CPU_SECONDS, hard))
        try:
            read(raw)
        except Unreadable:
            pass
        finally:
            del raw
        print(name, most_memory() // 1024, flush=True)


def most_memory() -> int:
    """The most that this program ever held, in KiB; what started it does not count.

    ``ru_maxrss`` would: it outlives the ``exec`` of a child that shared its parent's memory.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:] or list(BOMBS))
