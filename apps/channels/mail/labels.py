"""The web's table of charset labels, as codecs of this language.

Source: WHATWG Encoding Standard, 4.2 Names and labels. Two differences serve mail: labels
that the web refuses (HZ, ISO-2022-KR) are read, since what they yield is cleaned
afterwards, and what the table does not know may still name a codec of the CJK family or a
code page. UTF-7 is not read under any name.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

_TABLE = {
    "utf-8": "unicode-1-1-utf-8 utf-8 utf8 unicode11utf8 unicode20utf8 x-unicode20utf8 utf-8-sig "
    "utf_8 utf8mb4 unicode",
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859_2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 "
    "iso_8859-2:1987 l2 latin2",
    "iso8859_3": "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 "
    "iso_8859-3:1988 l3 latin3",
    "iso8859_4": "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 "
    "iso_8859-4:1988 l4 latin4",
    "iso8859_5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 "
    "iso_8859-5 iso_8859-5:1988",
    "iso8859_6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 "
    "iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    "iso8859_7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 "
    "iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek",
    "iso8859_8": "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 "
    "iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical",
    "iso8859_10": "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso8859_13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859_14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859_15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
    "iso8859_16": "iso-8859-16",
    "koi8_r": "cskoi8r koi koi8 koi8-r koi8_r",
    "koi8_u": "koi8-ru koi8-u",
    "mac_roman": "csmacintosh mac macintosh x-mac-roman",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251",
    "cp1252": "ansi_x3.4-1968 cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 "
    "iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 windows-1252 x-cp1252 latin-1",
    "cp1253": "cp1253 windows-1253 x-cp1253",
    "cp1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 "
    "iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254",
    "cp1255": "cp1255 windows-1255 x-cp1255",
    "cp1256": "cp1256 windows-1256 x-cp1256",
    "cp1257": "cp1257 windows-1257 x-cp1257",
    "cp1258": "cp1258 windows-1258 x-cp1258",
    "mac_cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk "
    "gb18030 cp936 ms936 windows-936 x-euc-cn euc-cn gb18030-2000 gb18030-2022 cn-gb",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5 big5hkscs cp950 windows-950 ms950",
    "euc_jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    "iso2022_jp": "csiso2022jp iso-2022-jp iso-2022-jp-ms cp50220 cp50221 x-windows-50220 "
    "x-windows-50221",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis cp932 "
    "x-ms-cp932",
    "euc_kr": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 "
    "ksc5601 ksc_5601",
    "cp949": "windows-949 cp949 uhc x-windows-949",
    "utf-16-be": "unicodefffe utf-16be",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicodefeff utf-16 utf-16le",
    "hz": "hz-gb-2312 hz-gb2312 hz",
    "iso2022_kr": "csiso2022kr iso-2022-kr",
}
CODECS = {label: codec for codec, labels in _TABLE.items() for label in labels.split()}

# Further codecs that a label may name by itself; all of them map bytes to text only.
_FURTHER = re.compile(
    r"(?:cp\d{3,4}|iso8859-\d{1,2}|iso2022_\w{2,12}|euc_\w{2,12}|shift_jis\w{4,8}|johab"
    r"|utf-(?:16|32)(?:-[bl]e)?|mac-\w{4,12}|kz1048|ptcp154|tis-620|hp-roman8|koi8-t)"
)
# Labels that promise seven bits: what has eight is not in the declared charset at all.
_SEVEN_BIT = frozenset({"ascii", "us-ascii", "7bit", "8bit", "iso-646", "us_ascii", "ansi"})
UNKNOWN = ""


@lru_cache(maxsize=512)
def codec_for(label: str) -> str:
    """Return the codec of a charset label, or UNKNOWN for one that says nothing usable."""
    name = label.strip(" \t\r\n\f\"'").lower()
    if name in CODECS:
        return CODECS[name]
    if not name or name in _SEVEN_BIT or len(name) > 40 or not name.isascii():
        return UNKNOWN
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return UNKNOWN
    return codec if _FURTHER.fullmatch(codec) else UNKNOWN
