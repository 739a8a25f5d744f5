from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.channels.mail.addresses import normalise, read_parties
from apps.channels.mail.bodies import parameter_text
from apps.channels.mail.headers import read_date, read_ids, read_references
from apps.channels.mail.parameters import read_parameters
from apps.channels.mail.words import decode_text
from tests.channels.mail.factory import NOW


def encoded(text, charset="utf-8"):
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"Plain", "Plain"),
        (b"=?UTF-8?B?5oqV6K+J?=", "投诉"),
        (b"=?utf-8?q?caf=C3=A9_au_lait?=", "café au lait"),
        (b"=?utf-8*en?Q?a?= =?utf-8?Q?b?=", "ab"),
        (b"Re: =?gb2312?B?zbbL3w==?= now", "Re: 投诉 now"),
        (b"=?gb2312?B?zbbL?=\t=?gb2312?B?3w==?=", "投诉"),
        (b"=?utf-8?B?5oqV6K?= =?utf-8?B?+J?=", "投诉"),
        (b"=?utf-8?B?5oqV6K-J?=", "投"),
        (b"=?utf-8?q?blanks inside?=", "blanks inside"),
        (b"=?utf-8?B?5oqV6K+J", "投诉"),
        (b"=?x-none?Q?=CD=B6=CB=DF?=", "投诉"),
        (b"=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        (b"=?utf-8?B??=", ""),
        ("投诉".encode(), "投诉"),
        ("投诉".encode("gbk"), "投诉"),
        (b"two\r\n lines\0 \x1b[31m", "two lines [31m"),
        (b"a =?utf-8?q?=0D=0ABcc=3A_x=40y.example?=", "a Bcc: x@y.example"),
    ],
)
def test_header_text_is_decoded(value, text):
    assert decode_text(value) == text


@given(st.text(), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_encoded_word_reads_back(text, charset):
    clean = " ".join("".join(c for c in text if c.isprintable()).split())
    try:
        value = encoded(clean, charset)
    except UnicodeEncodeError:
        return
    assert decode_text(value.encode()) in (clean, clean.removeprefix("\ufeff"))


@given(st.binary(max_size=200))
def test_any_header_is_one_storable_line(value):
    text = decode_text(b"=?gbk?q?" + value)
    assert not set(text) & set("\r\n\0")
    assert text.encode().decode() == text


@pytest.mark.parametrize(
    ("header", "name", "text"),
    [
        (b'a; filename="plain.txt"', "filename", "plain.txt"),
        (b"a; filename=bare name.txt", "filename", "bare name.txt"),
        (b"a; filename*=utf-8''%E5%8F%91%E7%A5%A8.pdf", "filename", "发票.pdf"),
        (b"a; filename*=gb2312'zh'%B7%A2%C6%B1.pdf", "filename", "发票.pdf"),
        (
            b"a; filename*0*=utf-8''%E5%8F; filename*1*=%91%E7%A5%A8; filename*2=.pdf",
            "filename",
            "发票.pdf",
        ),
        (b"a; filename*1=b; filename*0=a", "filename", "ab"),
        (b"a; filename=old.pdf; filename*=utf-8''new.pdf", "filename", "new.pdf"),
        (b'a; filename="=?gb2312?B?t6LGsQ==?=.pdf"', "filename", "发票.pdf"),
        (b'a; filename="\xb7\xa2\xc6\xb1.pdf"', "filename", "发票.pdf"),
        (b'a; filename="never ends.pdf', "filename", "never ends.pdf"),
        (b'a; filename="semi;colon.txt"; x=y', "filename", "semi;colon.txt"),
        (b'a; FileName="say \\"hi\\".txt"', "filename", 'say "hi".txt'),
        (b"a;;; name=b", "name", "b"),
    ],
)
def test_parameter_is_read(header, name, text):
    assert parameter_text(read_parameters(header)[1][name]) == text


@pytest.mark.parametrize(
    ("header", "people"),
    [
        ("Ana <Ana@Example.ORG>", [("ana@example.org", "Ana")]),
        ('"Smith, Ana" <a@b.c>, d@e.f', [("a@b.c", "Smith, Ana"), ("d@e.f", "")]),
        ("a@b.c (Ana Smith)", [("a@b.c", "Ana Smith")]),
        ("Team: a@b.c, d@e.f;", [("a@b.c", ""), ("d@e.f", "")]),
        ('"john doe"@example.com', [('"john doe"@example.com', "")]),
        ('"Ana <a@b.c>', [("a@b.c", "Ana")]),
        ("ana @ b.c", [("ana@b.c", "")]),
        ("<@route.example:real@z.w>", [("real@z.w", "")]),
        ("undisclosed-recipients:;", []),
        ("=?utf-8?B?5byg5LiJ?= <z@x.cn>", [("z@x.cn", "张三")]),
        ("=?utf-8?B?5byg5LiJIDxhQGIuY24+?=", [("a@b.cn", "张三")]),
        ('"张三" <z@例子.中国>', [("z@xn--fsqu00a.xn--fiqs8s", "张三")]),
        ('"a@evil.example" <real@x.y>', [("real@x.y", "a@evil.example")]),
        ("a@b.c, A@B.C", [("a@b.c", "")]),
        ("ana@[127.0.0.1]", [("ana@[127.0.0.1]", "")]),
        ("=?utf-8?q?x=2C_y=40z.example?= <a@b.c>", [("a@b.c", "x, y@z.example")]),
        ("nobody", []),
        ("a@b@c@", []),
    ],
)
def test_addresses_are_read(header, people):
    parties = read_parties([header.encode()])
    assert [(party.value, party.name) for party in parties] == people


@given(st.text(alphabet=st.sampled_from('a@.<>",;:()\\ \r\n\t=?é张'), max_size=60))
def test_any_header_yields_only_plain_addresses(header):
    for party in read_parties([header.encode()]):
        assert normalise(party.value) == party.value
        assert not set(party.value) & set("\r\n\0<>,;")
        assert "\n" not in party.name


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@", "@b", "a b@c.d", "a@b c.d", "a@-b.c", "a@b..c", "x" * 65 + "@b.c", "a\r@b"],
)
def test_no_address_is_empty(address):
    assert normalise(address) == ""


def test_ids_lose_folds_and_brackets():
    assert read_ids(b"<a@b> <c\r\n d@e> junk") == ["a@b", "cd@e"]
    assert read_ids(b"bare@id") == ["bare@id"]
    assert read_ids(b"") == []


def test_long_id_stays_equal_to_itself():
    (first,), (second,) = read_ids(b"<%s@b>" % (b"x" * 900)), read_ids(b"<%s\n @b>" % (b"x" * 900))
    assert first == second
    assert len(first) < 100


def test_references_are_nearest_first_and_bounded():
    assert read_references([b"<c@x>"], [b"<a@x> <b@x> <c@x>"]) == ("c@x", "b@x", "a@x")
    many = b" ".join(b"<%d@x>" % number for number in range(5000))
    references = read_references([], [many])
    assert references[0] == "4999@x"
    assert len(references) == 100


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (b"Fri, 20 Nov 2026 10:00:00 +0800", datetime(2026, 11, 20, 2, tzinfo=UTC)),
        (b"20 Nov 26 10:00 GMT (comment)", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        (b"Fri, 20 Nov 2026 10:00:00 -0000", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        (b"Mon, 23 Nov 2026 10:00:00 +0000", None),
        (b"Thu, 01 Jan 1970 00:00:00 +0000", None),
        (b"Fri, 99 Nov 2026 10:00:00 +0800", None),
        (b"Fri, 20 Nov 2026 10:00:00 +9999", None),
        (b"Fri, 20 Nov 99999 10:00:00 +0000", None),
        (b"yesterday", None),
        (b"", None),
        (b"\xff\xfe", None),
        (b"1 Jan 2020 1:1:99999999999999999999", None),
    ],
)
def test_date_is_read_unless_absurd(value, moment):
    assert read_date(value, at=NOW) == moment
