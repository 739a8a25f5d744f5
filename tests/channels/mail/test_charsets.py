from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.channels.mail import labels
from apps.channels.mail.charsets import decode

CHINESE = "您好，宽带又断线了，麻烦尽快处理。"
TRADITIONAL = "您好，寬頻又斷線了，麻煩盡快處理。"
JAPANESE = "こんにちは、回線が切れました。"
KOREAN = "안녕하세요, 인터넷이 끊겼습니다."


@pytest.mark.parametrize(
    ("text", "label", "codec"),
    [
        (CHINESE, "gb2312", "gb2312"),
        (CHINESE, "GBK", "gbk"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "hz-gb-2312", "hz"),
        (CHINESE + "镕€㐀𠀀", "gb2312", "gb18030"),
        (TRADITIONAL, "big5", "big5"),
        (TRADITIONAL + "喺嘅", "Big5", "big5hkscs"),
        (JAPANESE, "ISO-2022-JP", "iso2022_jp"),
        (JAPANESE + "①㈱髙", "shift_jis", "cp932"),
        (JAPANESE, "EUC-JP", "euc_jp"),
        (KOREAN, "ks_c_5601-1987", "euc_kr"),
        (KOREAN + "똠방각하", "euc-kr", "cp949"),
        (KOREAN, "iso-2022-kr", "iso2022_kr"),
        ("“café” – 5 €", "iso-8859-1", "cp1252"),
        ("Жалоба", "koi8-r", "koi8_r"),
        ("Жалоба", "windows-1251", "cp1251"),
        ("şikâyet", "iso-8859-9", "cp1254"),
        ("שלום", "iso-8859-8-i", "iso8859_8"),
        (CHINESE, "utf-16", "utf-16"),
        (CHINESE, "utf-16le", "utf-16-le"),
        (CHINESE, "unicode-1-1-utf-8", "utf-8"),
        (CHINESE, '"UTF-8"', "utf-8-sig"),
    ],
)
def test_declared_charset_is_read(text, label, codec):
    assert decode(text.encode(codec), label) == text


def test_declared_charset_is_believed_before_a_lucky_utf8():
    data = "你好".encode()
    assert decode(data, "gb2312") == "浣犲ソ"


@pytest.mark.parametrize("label", ["utf-8", "us-ascii", "", "x-unknown", "iso-2022-jp"])
def test_chinese_under_a_wrong_label_is_repaired(label):
    assert decode(CHINESE.encode("gbk"), label) == CHINESE


@pytest.mark.parametrize("label", ["gb2312", "iso-8859-1", "us-ascii", "", "x-unknown", "big5"])
def test_utf8_under_a_wrong_label_is_repaired(label):
    assert decode(CHINESE.encode(), label) == CHINESE


def test_traditional_without_label_is_read():
    assert decode(TRADITIONAL.encode("big5")) == TRADITIONAL


def test_western_without_label_is_read():
    assert decode("Crème brûlée à la carte".encode("cp1252")) == "Crème brûlée à la carte"


def test_damaged_text_keeps_its_declared_charset():
    damaged = CHINESE.encode("gbk") * 10 + b"\xff\xff" + CHINESE.encode("gbk") * 10
    assert decode(damaged, "gbk").startswith(CHINESE * 10)


def test_text_cut_within_a_character_loses_only_that():
    assert decode(CHINESE.encode()[:-1], "utf-8") == CHINESE[:-1]


def test_microsofts_japanese_is_read():
    assert decode(b"\x1b$B-!-j\x1b(B \x1b(I3@\x1b(B", "iso-2022-jp") == "①㈱ ｳﾀ"


def test_utf7_is_never_read():
    assert decode(b"+ADw-script+AD4-", "utf-7") == "+ADw-script+AD4-"
    assert labels.codec_for("unicode-1-1-utf-7") == labels.UNKNOWN


@pytest.mark.parametrize(
    "label", ["rot13", "base64", "zlib", "idna", "punycode", "unicode_escape", "undefined", "mbcs"]
)
def test_codec_that_is_no_charset_is_not_used(label):
    assert labels.codec_for(label) == labels.UNKNOWN


def test_nul_and_controls_are_left_out():
    assert decode(b"a\0b\x1bc\x08d\te\n", "utf-8") == "abcd\te\n"


@given(st.binary(max_size=300), st.sampled_from([*labels.CODECS, "", "x-none", "utf-7", "johab"]))
def test_any_bytes_become_storable_text(data, label):
    text = decode(data, label)
    assert text.encode("utf-8").decode() == text
    assert "\0" not in text
