"""Charsets: declared wrongly, unknown, broken, or used to smuggle."""

from __future__ import annotations

import base64

from tests.hardening.hostile.kit import letter

CHINESE = "您好，宽带又断线了，麻烦尽快处理。镕㐀"
HONG_KONG = "你好，我喺香港，嘅啲咁。寬頻又斷線了"
JAPANESE = "こんにちは、①㈱の回線が切れました。"


def text(body: bytes, charset: str, **headers: bytes | str) -> bytes:
    return letter(
        body,
        Content_Type=f"text/plain; charset={charset}",
        Content_Transfer_Encoding="8bit",
        **headers,
    )


# What must be read right, whatever the label says.
READABLE = {
    "gb2312_really_gb18030": (text(CHINESE.encode("gb18030"), "gb2312"), CHINESE),
    "gbk_really_utf8": (text(CHINESE.encode(), "gbk"), CHINESE),
    "latin1_really_utf8": (text(CHINESE.encode(), "iso-8859-1"), CHINESE),
    "latin1_really_gbk": (text(CHINESE.encode("gb18030"), "x-unknown"), CHINESE),
    "utf8_really_gbk": (text(CHINESE.encode("gb18030"), "utf-8"), CHINESE),
    "ascii_really_gbk": (text(CHINESE.encode("gb18030"), "us-ascii"), CHINESE),
    "no_charset_utf8": (letter(CHINESE.encode()), CHINESE),
    "big5_really_hong_kong": (text(HONG_KONG.encode("big5hkscs"), "big5"), HONG_KONG),
    "japanese_mail": (text(JAPANESE.encode("cp932"), "shift_jis"), JAPANESE),
    "japanese_seven_bit": (
        text("回線が切れました。".encode("iso2022_jp"), "iso-2022-jp"),
        "回線が切れました。",
    ),
    "japanese_unlabelled": (letter("回線が".encode("iso2022_jp")), "回線が"),
    "utf16_without_mark": (text("Hello 您好".encode("utf-16-le"), "utf-16le"), "Hello 您好"),
    "utf8_with_mark": (text(b"\xef\xbb\xbf" + CHINESE.encode(), "gb2312"), CHINESE),
    "quoted_label": (text(CHINESE.encode("gb18030"), "\"'GB2312'\""), CHINESE),
    "utf7_is_text": (text(b"+ADw-b+AD4-", "utf-7"), "+ADw-b+AD4-"),
    "label_python_codec": (text(b"uryyb", "rot13"), "uryyb"),
    "label_path": (text(b"hello", "../../etc/passwd"), "hello"),
    "label_endless": (text(b"hello", "x" * 5000), "hello"),
    "label_escape": (text(rb"\u003cscript\u003e", "unicode_escape"), r"\u003cscript\u003e"),
}

BROKEN = {
    "eight_bit_subject": text(b"x", "utf-8", Subject="投诉".encode("gbk")),
    "eight_bit_name": letter(From=b"\xd5\xc5\xc8\xfd <cleo@example.org>"),
    "nul_everywhere": text(b"a\0b\0" * 200, "utf-8", Subject=b"a\0b", X=b"\0"),
    "surrogates": text(b"\xed\xa0\xbd\xed\xb8\x80 lone \xed\xa0\x80", "utf-8"),
    "surrogates_in_html": letter(
        b"&#xD800;&#56832;<p title='&#xDFFF;'>a\xed\xa0\x80", Content_Type="text/html"
    ),
    "overlong": text(b"\xc0\xbcscript\xc0\xbe\xe0\x80\xbc", "utf-8"),
    "beyond_unicode": text(b"\xf4\x90\x80\x80\xf8\x88\x80\x80\x80 a", "utf-8"),
    "cut_character": text("您好".encode()[:-1], "utf-8"),
    "cut_utf16": text(b"\xff\xfea\0b", "utf-16"),
    "endless_escapes": text(b"\x1b$B" * 3000 + b"a", "iso-2022-jp"),
    "escapes_of_all_kinds": text(
        b"\x1b$(D!!\x1b(J~\x1b(I1\x1b.A\x1bN\x1b$)C\x0e\x0f", "iso-2022-jp"
    ),
    "stateful_shift": text(b"~{~{~}~~~{VPND~}~\n", "hz-gb-2312"),
    "bidi": text("\u202eabc\u2066\u200f\u061c".encode(), "utf-8", Subject="a\u202eb".encode()),
    "zalgo": text(("a" + "\u0301" * 500).encode(), "utf-8"),
    "invisible": text("\u200b\u2060\ufeff\u00ad".encode() * 50 + b"a", "utf-8"),
    "noncharacters": text("\ufffe\uffff\U0001ffff a".encode(), "utf-8"),
    "controls": text(bytes(range(32)) + b"\x7f\x80\x9f a", "latin-1"),
    "bad_base64": letter(
        b"5oqV!!!6K+J=\x00=\xff", Content_Transfer_Encoding="base64", Content_Type="text/plain"
    ),
    "bad_quoted": letter("=ZZ=\r\n=E6=8=\x00=", Content_Transfer_Encoding="quoted-printable"),
    "encoding_twice": letter(
        base64.b64encode(base64.b64encode(b"<script>")),
        Content_Transfer_Encoding="base64\r\nContent-Transfer-Encoding: base64",
    ),
    "encoding_on_multipart": letter(
        base64.b64encode(b"--b\r\n\r\nx\r\n--b--"),
        Content_Type="multipart/mixed; boundary=b",
        Content_Transfer_Encoding="base64",
    ),
    "words_cut_in_two": text(
        b"x", "utf-8", Subject="=?utf-8?B?5oqV6K?= =?utf-8?B?+J?= =?gbk?q?=CD?="
    ),
    "word_of_every_kind": text(
        b"x", "utf-8", Subject="=?utf-16?b?AGEA?= =?utf-7?q?+ADw-?= =?x?y?z?="
    ),
}
