"""Outgoing mail as bytes (RFC 5322, 2045, 2047, 2231): the same for the same message.

Written by hand, since the standard library's header folding encodes long message ids and
refuses what it cannot fold; every line is ASCII and at most 998 bytes long, unless an
address itself needs SMTPUTF8.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from email.utils import format_datetime
from urllib.parse import quote

from apps.channels.driver import (
    AccountView,
    DeliveryError,
    Outgoing,
    OutgoingAttachment,
    Party,
)
from apps.channels.mail.addresses import normalise
from apps.channels.mail.automatic import OWN_MARK
from apps.common.filenames import clean_file_name
from apps.common.lines import plain_line
from apps.common.sentences import gettext as _

MAX_REFERENCES = 20
MAX_LINE = 76
MAX_WORD_BYTES = 42  # of UTF-8, so that an encoded word stays within 75 characters
MAX_ID_LENGTH = 900

_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~. -]+")
_ID = re.compile(r"[!-;=?-~]{1,900}")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}")
_LINE_END = re.compile(r"\r\n|\r|\n")

Headers = list[tuple[str, str]]


def compose(account: AccountView, message: Outgoing) -> bytes:
    """Return the mail that ``message`` asks for, sent by ``account``; lines end in CRLF.

    Pure and repeatable: the date, the Message-ID and the boundaries come from the message.
    Control characters in names and subjects become blanks, and an address or an id that is
    none raises DeliveryError (permanent), so nobody's text ever adds a header.
    """
    headers: Headers = [
        ("Date", format_datetime(message.created_at)),
        ("From", _mailbox(Party("email", account.address, _sender_name(account, message)))),
        ("To", _mailboxes(message.to)),
    ]
    if message.cc:
        headers.append(("Cc", _mailboxes(message.cc)))
    if message.reply_to:
        headers.append(("Reply-To", _mailbox(Party("email", message.reply_to))))
    headers.append(("Subject", _text(message.subject)))
    headers.append(("Message-ID", _bracketed(message.message_id)))
    if ids := [f"<{one}>" for one in message.references if _ID.fullmatch(one)]:
        headers.append(("In-Reply-To", ids[-1]))
        # The first of a thread and the youngest are what mail programs look for.
        shown = ids if len(ids) <= MAX_REFERENCES else [ids[0], *ids[1 - MAX_REFERENCES :]]
        headers.append(("References", "\r\n ".join(shown)))
    if message.automatic:
        kind = "auto-replied" if message.answers_by_itself else "auto-generated"
        headers += (("Auto-Submitted", kind), ("X-Auto-Response-Suppress", "All"))
        headers.append((OWN_MARK, "notice"))
    headers.append(("MIME-Version", "1.0"))
    return _write(headers) + _entity(message)


def _sender_name(account: AccountView, message: Outgoing) -> str:
    return message.sender_name or account.display_name


def _entity(message: Outgoing) -> bytes:
    """The body: text, with HTML as its alternative, with files beside them."""
    seed = hashlib.sha256(message.message_id.encode()).hexdigest()[:32]
    inline = [one for one in message.attachments if one.content_id and message.html]
    files = [one for one in message.attachments if one not in inline]
    body = _text_part("plain", message.text)
    if message.html:
        shown = _text_part("html", message.html)
        if inline:
            shown = _multipart("related", seed + "r", [shown, *map(_attachment, inline)])
        body = _multipart("alternative", seed + "a", [body, shown])
    return _multipart("mixed", seed + "m", [body, *map(_attachment, files)]) if files else body


def _multipart(kind: str, boundary: str, parts: Iterable[bytes]) -> bytes:
    mark = f"=_{boundary}"  # "=_" stands in no base64 and no quoted-printable text
    line = f"--{mark}".encode()
    head = _write([("Content-Type", f'multipart/{kind};\r\n boundary="{mark}"')])
    pieces = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts)
    return head + b"\r\n" + pieces + line + b"--\r\n"


def _text_part(kind: str, text: str) -> bytes:
    body = _LINE_END.sub("\r\n", text.replace("\0", "").rstrip()) + "\r\n"
    data = body.encode("utf-8", "replace")
    foreign = len(data) - sum(map(len, re.findall(rb"[\x20-\x7e\r\n\t]+", data)))
    if foreign * 6 > len(data):
        encoding, data = "base64", _base64(data)
    elif foreign or max(map(len, data.split(b"\r\n"))) > MAX_LINE:
        encoding, data = "quoted-printable", binascii.b2a_qp(data, istext=True)
    else:
        encoding = "7bit"
    headers = [("Content-Type", f"text/{kind}; charset=utf-8")]
    return _write([*headers, ("Content-Transfer-Encoding", encoding)]) + b"\r\n" + data


def _attachment(attachment: OutgoingAttachment) -> bytes:
    kind = attachment.content_type.lower()
    if not _TYPE.fullmatch(kind) or kind.startswith(("multipart/", "message/")):
        # RFC 2046, 5.2.1: a message must not be encoded in base64 under its own type.
        kind = "application/octet-stream"
    name = clean_file_name(attachment.name, kind)
    headers = [
        ("Content-Type", kind),
        ("Content-Transfer-Encoding", "base64"),
        (
            "Content-Disposition",
            ("inline" if attachment.content_id else "attachment") + _parameter("filename", name),
        ),
    ]
    if attachment.content_id:
        headers.append(("Content-ID", _bracketed(attachment.content_id)))
    return _write(headers) + b"\r\n" + _base64(attachment.content)


def _parameter(name: str, value: str) -> str:
    """A parameter on lines of its own, in sections where it is long (RFC 2231, 3 and 4)."""
    if value.isascii() and len(value) <= 60 and not re.search(r'["\\%]', value):
        return f';\r\n {name}="{value}"'
    encoded = "utf-8''" + quote(value, safe="")
    if len(encoded) <= 60:
        return f";\r\n {name}*={encoded}"
    pieces = re.findall(r"(?:%[0-9A-F]{2}|[^%]){1,20}", encoded)
    return "".join(f";\r\n {name}*{index}*={piece}" for index, piece in enumerate(pieces))


def _base64(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def _mailboxes(parties: Iterable[Party]) -> str:
    return ",\r\n ".join(_mailbox(party) for party in parties)


def _mailbox(party: Party) -> str:
    address = normalise(party.value)
    if not address:
        reason = _("“%(address)s” is no email address.") % {"address": party.value[:200]}
        raise DeliveryError(reason, permanent=True)
    name = _phrase(party.name)
    return f"{name} <{address}>" if name else address


def _phrase(name: str) -> str:
    """A display name: as atoms, quoted, or in encoded words."""
    name = plain_line(name)
    if not name:
        return ""
    if not name.isascii() or "=?" in name or len(name) > MAX_LINE:
        return _words(name)
    if _ATOM.fullmatch(name) and "." not in name:
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _text(value: str) -> str:
    """An unstructured header: plain where it fits on a line, else in encoded words."""
    value = plain_line(value)
    if value.isascii() and "=?" not in value and len(value) <= MAX_LINE - 9:
        return value
    if value.isascii() and "=?" not in value and max(map(len, value.split())) <= MAX_LINE:
        return re.sub(r"(.{1,66})(?: |\Z)", r"\1\r\n ", value).rstrip()
    return _words(value)


def _words(value: str) -> str:
    """RFC 2047 words in base64, each of whole characters."""
    words: list[str] = []
    piece = b""
    for char in value.encode("utf-8", "replace").decode("utf-8"):
        encoded = char.encode()
        if len(piece) + len(encoded) > MAX_WORD_BYTES:
            words.append(_word(piece))
            piece = b""
        piece += encoded
    return "\r\n ".join([*words, _word(piece)])


def _word(piece: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(piece).decode()}?="


def _bracketed(identifier: str) -> str:
    bare = identifier.strip("<>")
    if not _ID.fullmatch(bare):
        reason = _("“%(id)s” is no message id.") % {"id": identifier[:200]}
        raise DeliveryError(reason, permanent=True)
    return f"<{bare}>"


def _write(headers: Headers) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode("utf-8")
