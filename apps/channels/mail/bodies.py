"""Which parts of a message are its body, and which are files (RFC 2046, 2183, 2387)."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import islice
from urllib.parse import unquote

from apps.channels.driver import IncomingAttachment
from apps.channels.mail.charsets import decode
from apps.channels.mail.flowing import is_flowed_apart, join_flowed
from apps.channels.mail.mime import Part, read_headers
from apps.channels.mail.parameters import Parameter, Parameters
from apps.channels.mail.tnef import TnefFile, unpack
from apps.channels.mail.words import decode_text, one_line
from apps.common.filenames import clean_file_name

MAX_TEXT = 1024 * 1024
MAX_HTML = 2 * 1024 * 1024
# A transfer encoding triples at most what it carries; a charset needs four bytes a letter.
_EXPANSION = 4
MAX_CONTENT_ID = 250
# Files unpacked from all of a mail's winmail.dat; what would be more stays packed.
MAX_FILES = 500
MAX_PACKED = 20

_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?([\w:.-]{2,40})", re.IGNORECASE
)
# Every text without a reader of its own is shown as plain text (RFC 2046, 4.1.4).
_SHOWN = frozenset(
    {
        "text/plain",
        "text/html",
        "text/enriched",
        "text/richtext",
        "text/markdown",
        "text/x-markdown",
    }
)
_CONTENT_ID_USED = re.compile(r"cid:([^\"'\s>)]{1,250})", re.IGNORECASE)


@dataclass(slots=True)
class Segment:
    """A piece of the body; either form may be missing."""

    text: str = ""
    html: str = ""


@dataclass(slots=True)
class Body:
    """What a message shows, in its order, and the parts that are files."""

    segments: list[Segment] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)
    length: int = 0

    @property
    def written(self) -> list[Segment]:
        """The pieces that say something: mail programs end with an empty one after a file."""
        return [one for one in self.segments if one.text.strip() or one.html.strip()]

    @property
    def text(self) -> str:
        """The plain text, where a plain form stands for every piece; else ""."""
        if all(segment.text.strip() for segment in self.written):
            return _strip("\n\n".join(_strip(segment.text) for segment in self.written))
        return ""

    @property
    def html(self) -> str:
        """The HTML, its plain pieces turned into paragraphs; "" where no piece has HTML."""
        if not any(segment.html.strip() for segment in self.written):
            return ""
        pieces = (segment.html or _paragraph(segment.text) for segment in self.written)
        return "\n<br>\n".join(pieces)


def read_body(part: Part) -> Body:
    """Sort the parts of a message into what is shown and what is attached."""
    body = Body()
    _collect(part, body)
    if not body.written:
        packed = (unpack(one.content()) for one in islice(filter(is_tnef, body.files), MAX_PACKED))
        found = [Segment(one.text[:MAX_TEXT], one.html[:MAX_HTML]) for one in packed]
        body.segments = [one for one in found if one.text or one.html] or body.segments
    return body


def is_tnef(part: Part) -> bool:
    """Whether a part is what Outlook calls winmail.dat."""
    return part.type in {"application/ms-tnef", "application/vnd.ms-tnef"} or (
        file_name(part).lower() == "winmail.dat"
    )


def _collect(part: Part, body: Body) -> None:
    if not part.children:
        _collect_leaf(part, body)
    elif part.type == "multipart/alternative":
        _collect_alternative(part, body)
    elif part.type == "multipart/related":
        _collect_related(part, body)
    else:
        for child in part.children:
            _collect(child, body)


def _collect_leaf(part: Part, body: Body) -> None:
    if not _is_shown(part) or body.length > MAX_TEXT:
        # What comes after a million characters is not shown but can still be opened.
        body.files.append(part)
        return
    html = part.type == "text/html"
    content = read_text(part, MAX_HTML if html else MAX_TEXT)
    if is_flowed_apart(part):
        content = join_flowed(content)
    body.segments.append(Segment(html=content) if html else Segment(text=content))
    body.length += len(content)


def _is_shown(part: Part) -> bool:
    if part.shown_type not in _SHOWN or part.disposition == "attachment":
        return False
    # An inline text with a name of its own is a file that some programs would preview.
    return not file_name(part)


def _collect_alternative(part: Part, body: Body) -> None:
    """Take the plain and the richest form as one piece, whatever else as files.

    A form may itself be of several pieces: Apple Mail puts files between pieces of HTML.
    """
    texts: list[str] = []
    htmls: list[str] = []
    for child in part.children:
        inner = Body(length=body.length)
        _collect(child, inner)
        body.files += inner.files
        body.length = inner.length
        if inner.html:
            htmls.append(inner.html)
        elif inner.text:
            texts.append(inner.text)
    if texts or htmls:
        body.segments.append(Segment(texts[0] if texts else "", htmls[-1] if htmls else ""))


def _collect_related(part: Part, body: Body) -> None:
    """Show the root of a compound (RFC 2387, 3.2); what it refers to are files."""
    named = part.parameters.get("start")
    start = parameter_text(named).strip("<> ") if named else ""
    root = next((child for child in part.children if start and content_id(child) == start), None)
    if root is None:
        shown = (child for child in part.children if child.children or _is_shown(child))
        root = next(shown, part.children[0])
    _collect(root, body)
    for child in part.children:
        if child is not root:
            body.files += child.leaves()


def read_text(part: Part, limit: int) -> str:
    """Decode a text part up to ``limit`` characters, line ends as newlines."""
    data = part.content(limit * _EXPANSION)
    label = parameter_text(part.parameters["charset"]) if "charset" in part.parameters else ""
    if not label and part.type == "text/html":
        found = _META_CHARSET.search(data, 0, 4096)
        label = found[1].decode("ascii") if found else ""
    text = decode(data[: limit * _EXPANSION], label)[:limit]
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def parameter_text(parameter: Parameter) -> str:
    """The text of a parameter: in its declared charset, or in encoded words as many write."""
    if parameter.charset is not None:
        return one_line(decode(parameter.value, parameter.charset))
    return decode_text(parameter.value)


def file_name(part: Part) -> str:
    """The name that a part claims, as it was sent; "" when it claims none."""
    for parameters, name in ((part.disposition_parameters, "filename"), (part.parameters, "name")):
        if parameter := _parameter(parameters, name):
            return parameter_text(parameter)
    return ""


def _parameter(parameters: Parameters, name: str) -> Parameter | None:
    found = parameters.get(name)
    return found if found and found.value else None


def content_id(part: Part) -> str:
    return decode_text(part.first("content-id")).strip("<> ")[:MAX_CONTENT_ID]


def read_attachments(files: list[Part], html: str) -> Iterator[IncomingAttachment]:
    """Decode the files; those to whose Content-ID the shown HTML refers are inline."""
    room = MAX_FILES
    used = set(map(_bare, _CONTENT_ID_USED.findall(html))) if "cid:" in html else set()
    for part in files:
        packed = unpack(part.content()).files if is_tnef(part) else []
        if packed and len(packed) <= room:
            room -= len(packed)
            yield from (_unpacked(one, used) for one in packed)
            continue
        identifier = content_id(part)
        yield IncomingAttachment(
            name=_attachment_name(part),
            content_type=part.shown_type,
            content=part.content(),
            content_id=identifier,
            inline=bool(identifier) and _bare(identifier) in used,
        )


def _bare(content_id: str) -> str:
    """A Content-ID as it is compared: programs mix capitals and percent signs (RFC 2392)."""
    return unquote(unescape(content_id)).lower()


def _unpacked(file: TnefFile, used: set[str]) -> IncomingAttachment:
    guessed = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    kind = file.content_type if re.fullmatch(r"[\w.+-]+/[\w.+-]+", file.content_type) else guessed
    return IncomingAttachment(
        name=clean_file_name(one_line(file.name), kind),
        content_type=kind,
        content=file.content,
        content_id=file.content_id[:MAX_CONTENT_ID],
        inline=bool(file.content_id) and _bare(file.content_id) in used,
    )


def _attachment_name(part: Part) -> str:
    name = file_name(part)
    if not name and part.type == "message/rfc822":
        headers, _body = read_headers(part.raw, part.start, part.end)
        name = decode_text(headers.get("subject", [b""])[0])[:100]
        name = f"{name or 'message'}.eml"
    elif not name and part.type == "text/calendar":
        name = "invitation.ics"
    return clean_file_name(name, part.shown_type)


def _strip(text: str) -> str:
    return text.rstrip().lstrip("\n")


def _paragraph(text: str) -> str:
    return f'<div style="white-space:pre-wrap">{escape(_strip(text))}</div>'
