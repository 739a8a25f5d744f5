"""Texts in every East Asian charset, wrapped as mail in every way, read back exactly.

The texts of CPython's own codec tests where its test suite is installed, and always the
repertoire of each codec, which needs nothing but the codecs.
"""

from __future__ import annotations

import base64
import binascii
import encodings
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest

from tests.channels.mail.factory import mail, read
from tests.services import REQUIRED, Absent, skip_or_fail

FOLDER = Path(encodings.__file__).parents[1] / "test" / "cjkencodings"
SAMPLES = [
    "big5", "big5hkscs", "cp949", "euc_jisx0213", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk",
    "hz", "iso2022_jp", "iso2022_kr", "johab", "shift_jis", "shift_jisx0213",
]  # fmt: skip
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "8bit": bytes,
    "base64": base64.encodebytes,
    "quoted-printable": binascii.b2a_qp,
}
# Labels as mail programs write them, and the codec in which the text really is.
DECLARED = {
    "gb2312": "gb2312",
    "GBK": "gbk",
    "gb18030": "gb18030",
    "x-gbk": "gbk",
    "cp936": "gbk",
    "hz-gb-2312": "hz",
    "big5": "big5",
    "Big5-HKSCS": "big5hkscs",
    "cp950": "cp950",
    "shift_jis": "shift_jis",
    "windows-31j": "cp932",
    "euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp",
    "iso-2022-jp-2": "iso2022_jp_2",
    "shift_jisx0213": "shift_jisx0213",
    "euc_jisx0213": "euc_jisx0213",
    "euc-kr": "euc_kr",
    "ks_c_5601-1987": "euc_kr",
    "windows-949": "cp949",
    "iso-2022-kr": "iso2022_kr",
    "johab": "johab",
    "utf-8": "utf-8",
}
# A label that says less than the text holds, as mail programs write it every day.
MISLABELLED = {
    ("gb2312", "gb18030"): "朱镕基，喆、堃，€，㐀𠀀：宽带又断线了。",
    ("gb2312", "gbk"): "喆堃镕，宽带又断线了，麻烦尽快处理。",
    ("gbk", "gb18030"): "ḿ€㐀𠀀，麻烦尽快处理。",
    ("big5", "big5hkscs"): "喺香港嘅啲寬頻斷咗線，唔該。",
    ("big5", "cp950"): "碁銹裏墻恒粧嫺，寬頻又斷線了。",
    ("shift_jis", "cp932"): "①㈱髙﨑回線が切れました。",
    ("iso-2022-jp", "cp50221"): "①㈱髙﨑 ｶﾅ 回線",
    ("euc-kr", "cp949"): "똠방각하 뷁 인터넷이 끊겼습니다.",
    ("ks_c_5601-1987", "cp949"): "똠방각하 뷁",
    ("utf-8", "gb18030"): "您好，宽带又断线了，麻烦尽快处理。",
    ("us-ascii", "gb18030"): "您好，宽带又断线了，麻烦尽快处理。",
    ("iso-8859-1", "utf-8"): "您好，宽带又断线了。",
    ("gb2312", "utf-8"): "您好，宽带又断线了，麻烦尽快处理。",
}


def wrapped(data: bytes, charset: str, encoding: str) -> bytes:
    return mail(
        ENCODINGS[encoding](data),
        Content_Type=f"text/plain; charset={charset}",
        Content_Transfer_Encoding=encoding,
    )


def subject(text: str, codec: str, charset: str, form: str) -> str:
    """What is read of a text that stands in encoded words, a few characters in each."""
    words = []
    for piece in re.findall(r"(?s)(?:.[\u0300-\u036f]*){1,8}", text):
        data = piece.encode(codec)
        if form == "B":
            inner = base64.b64encode(data).decode()
        else:
            inner = "".join(f"={byte:02X}" for byte in data)
        words.append(f"=?{charset}?{form}?{inner}?=")
    return read(mail(b"x", Subject="\r\n ".join(words))).subject


@lru_cache
def repertoire(codec: str) -> list[str]:
    """Every letter that a codec can write and read again, in lines as long as those of mail.

    Signs are left out: the web's table, which we follow, gives some of them another code
    point than the codec of the same name (the dash of GB 2312, the cent of Big5); so are
    the Cyrillic and Japanese letters of Big5, which every vendor put elsewhere.
    """
    letters = []
    for code in (*range(0xA0, 0xD800), *range(0xF900, 0xFFE7), *range(0x20000, 0x2A6E0)):
        char = chr(code)
        if unicodedata.category(char)[0] not in "LN":
            continue
        try:
            same = char.encode(codec).decode(codec) == char
        except UnicodeError:
            continue
        if same and (
            codec not in {"big5", "cp950"} or unicodedata.name(char).startswith("CJK UNIFIED")
        ):
            letters.append(char)
    return ["".join(letters[at : at + 60]) for at in range(0, len(letters), 60)]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", SAMPLES)
def test_cpythons_sample_in_a_body_reads_back_exactly(name, encoding):
    data, text = sample(name)
    assert read(wrapped(data, name.replace("_", "-"), encoding)).text == text.rstrip()


@pytest.mark.parametrize("form", ["B", "Q"])
@pytest.mark.parametrize("name", SAMPLES)
def test_cpythons_sample_in_encoded_words_reads_back_exactly(name, form):
    _data, text = sample(name)
    line = " ".join(text.split())
    assert subject(line[:400], name, name.replace("_", "-"), form) == line[:400].strip()


@pytest.mark.parametrize(
    ("required", "outcome"), [("1", pytest.fail.Exception), ("", pytest.skip.Exception)]
)
def test_absent_samples_fail_where_nothing_may_be_skipped(monkeypatch, tmp_path, required, outcome):
    monkeypatch.setenv(REQUIRED, required)
    monkeypatch.setattr("tests.channels.mail.test_charset_oracle.FOLDER", tmp_path)
    with pytest.raises(outcome, match="not installed: libpython3-testsuite"):
        sample("big5")


def sample(name: str) -> tuple[bytes, str]:
    path = FOLDER / f"{name}.txt"
    if not path.exists():
        skip_or_fail(Absent("libpython3-testsuite"))
    return path.read_bytes(), (FOLDER / f"{name}-utf8.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("label", DECLARED)
def test_every_letter_of_a_charset_reads_back_exactly(label, encoding):
    lines = repertoire(DECLARED[label])
    assert sum(map(len, lines)) > 1000
    text = "\n".join(lines)
    assert read(wrapped(text.encode(DECLARED[label]), label, encoding)).text == text


@pytest.mark.parametrize("form", ["B", "Q"])
@pytest.mark.parametrize("label", DECLARED)
def test_every_letter_in_encoded_words_reads_back_exactly(label, form):
    for line in repertoire(DECLARED[label])[::20]:
        assert subject(line, DECLARED[label], label, form) == line


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("case", MISLABELLED, ids="-".join)
def test_text_under_a_poorer_label_reads_back_exactly(case, encoding):
    label, codec = case
    text = MISLABELLED[case]
    data = microsofts(text) if codec == "cp50221" else text.encode(codec)
    assert read(wrapped(data, label, encoding)).text == text


@pytest.mark.parametrize("case", MISLABELLED, ids="-".join)
def test_subject_under_a_poorer_label_reads_back_exactly(case):
    label, codec = case
    text = MISLABELLED[case]
    data = microsofts(text) if codec == "cp50221" else text.encode(codec)
    word = f"=?{label}?B?{base64.b64encode(data).decode()}?="
    assert read(mail(b"x", Subject=word)).subject == text


def microsofts(text: str) -> bytes:
    """ISO-2022-JP as Outlook writes it: CP932's characters by their rows (CP50221)."""
    out = bytearray()
    for char in text:
        data = char.encode("cp932")
        if len(data) == 1 and data[0] < 0x80:
            out += b"\x1b(B" + data
        elif len(data) == 1:
            out += b"\x1b(I" + bytes([data[0] & 0x7F])
        else:
            lead, trail = data
            row = (lead - (0x70 if lead < 0xA0 else 0xB0)) * 2 - (trail < 0x9F)
            cell = trail - (0x7E if trail >= 0x9F else 0x20 if trail >= 0x80 else 0x1F)
            out += b"\x1b$B" + bytes([row, cell])
    return bytes(out) + b"\x1b(B"
