"""The shape of a mail: broken, doubled, endless; what a server or a reader could trip over."""

from __future__ import annotations

import base64

from tests.hardening.hostile.kit import bundle, entity, letter

_EVIL = "From: boss@example.com\r\nTo: support@example.com\r\nSubject: Pay\r\n\r\nPay them.\r\n"
_COMMANDS = "MAIL FROM:<boss@example.com>\r\nRCPT TO:<support@example.com>\r\nDATA\r\n"

SMUGGLED = {
    f"dot_{name}": letter(f"Hello{end}{_COMMANDS}{_EVIL}")
    for name, end in {
        "feed_feed": "\n.\n",
        "feed_line": "\n.\r\n",
        "return_return": "\r.\r",
        "line_feed": "\r\n.\n",
        "line_return": "\r\n.\r",
        "return_line": "\r.\r\n",
        "true_end": "\r\n.\r\n",
        "nul_in_it": "\r\n\0.\r\n",
    }.items()
} | {
    "bare_returns": letter("a\rb\rc\r\rd"),
    "bare_feeds": letter("a\nb\nc").replace(b"\r\n", b"\n"),
    "mixed_ends": letter("a\r\nb\nc\rd\n\re"),
    "mbox_line": b"From evil Mon Jan  1 00:00:00 2026\r\n" + letter("From x\r\n>From y"),
    "second_mail": letter("one") + b"\r\n\r\n" + letter("two"),
}

SHAPES = {
    "no_header_end": letter("")[:-4] + b"\r\nthis line is no header\r\nnor is this",
    "no_body": letter("").rstrip(),
    "only_sender": b"From: a@example.org",
    "blank_first": b"\r\n" + letter("a"),
    "boundary_missing": letter("--b\r\n\r\nx\r\n--b--", Content_Type="multipart/mixed"),
    "boundary_empty": letter("--\r\n\r\nx\r\n----", Content_Type='multipart/mixed; boundary=""'),
    "boundary_unused": letter("no parts", Content_Type="multipart/mixed; boundary=zzz"),
    "boundary_of_regex": letter(
        "--(.*)+$\r\n\r\nx\r\n--(.*)+$--", Content_Type='multipart/mixed; boundary="(.*)+$"'
    ),
    "boundary_in_boundary": letter(
        "--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n--b--",
        Content_Type="multipart/mixed; boundary=b",
    ),
    "boundary_never_closed": letter("--b\r\n\r\nx", Content_Type="multipart/mixed; boundary=b"),
    "kind_is_broken": letter("x", Content_Type="text//plain/;;;==;charset"),
    "kind_twice": letter("x", Content_Type="text/html\r\nContent-Type: text/plain"),
    "parameters_by_hundreds": letter(
        "x", Content_Type="text/plain" + "".join(f"; p{n}=v" for n in range(1000))
    ),
    "external_body": letter(
        "Content-Type: text/plain\r\n\r\n",
        Content_Type='message/external-body; access-type=local-file; name="/etc/passwd"',
    ),
    "partial": letter("x", Content_Type='message/partial; number=1; total=3; id="a@b"'),
    "message_in_message": bundle(
        [b"Content-Type: message/rfc822\r\n\r\n" + letter("in", From="ana@example.com")]
    ),
    "messages_within": bundle(
        [
            b"".join(
                b"Content-Type: message/rfc822\r\n\r\nFrom: a%d@example.org\r\n" % n
                for n in range(60)
            )
            + b"\r\nx"
        ]
    ),
    "alternative_that_differs": bundle(
        [
            b"Content-Type: text/plain\r\n\r\nPay nothing.",
            b"Content-Type: text/html\r\n\r\n<p>Pay all.</p>",
        ],
        kind="alternative",
    ),
    "alternative_of_nothing": bundle(
        [b"", b"\r\n", b"Content-Type: text/html\r\n\r\n"], "alternative"
    ),
    "encrypted": bundle(
        [
            entity("application/pgp-encrypted", "Version: 1"),
            entity("application/octet-stream", "x"),
        ],
        kind="encrypted",
    ),
    "signed": bundle([b"\r\nhello", entity("application/pkcs7-signature", b"\x30\x80")], "signed"),
    "zip_of_zeros": bundle([b"\r\nsee", entity("application/zip", b"PK\x03\x04" + bytes(50_000))]),
    "gzip_encoding": letter(
        base64.b64encode(b"\x1f\x8b\x08" + bytes(1000)),
        Content_Encoding="gzip",
        Content_Transfer_Encoding="base64",
    ),
    "calendar_bomb": bundle(
        [
            entity(
                "text/calendar; method=REQUEST",
                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"
                + "ATTENDEE:mailto:a@b.example\r\n" * 3000
                + "DTSTART:99999999T999999\r\nRRULE:FREQ=SECONDLY;COUNT=999999999\r\nEND:VEVENT",
            )
        ]
    ),
    "calendar_broken": letter(
        "BEGIN:VEVENT\r\nDTSTART;TZID=../../etc/passwd:x\r\nSUMMARY:<script>pwn(1)</script>",
        Content_Type="text/calendar; charset=utf-8",
    ),
    "winmail_empty": bundle([b"\r\nsee", entity("application/ms-tnef", b"")]),
    "winmail_cut": bundle([b"\r\nsee", entity("application/ms-tnef", b"\x78\x9f\x3e\x22\1\0\2")]),
    "winmail_lies": bundle(
        [b"\r\nsee", entity("application/ms-tnef", b"\x78\x9f\x3e\x22\1\0\1" + b"\xff" * 500)]
    ),
    "winmail_in_name_only": bundle([b"\r\nsee", entity("a/b; name=WINMAIL.DAT", b"no stream")]),
}

# What is no mail at all: it stands in quarantine with its reason.
UNREADABLE = {
    "no_mail": b"just words, no mail",
    "blanks": b"\r\n\r\n \t\0\r\n",
    "nobody": b"Subject: from nobody\r\n\r\nhello",
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "archive": b"PK\x03\x04" + bytes(200),
    "page": b"<html><script>pwn(1)</script></html>",
    "headers_in_utf16": "From: a@example.org\r\n\r\nx".encode("utf-16"),
}
