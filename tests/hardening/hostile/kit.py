"""What the builders of hostile mails share."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from itertools import count

from tests.channels.mail.factory import mail

_numbers = count(1)

# The word by which tests find out whether anything of a mail would run.
CALL = "pwn(1)"


def letter(body: bytes | str = "It flickers.", **headers: bytes | str) -> bytes:
    """A mail with a Message-ID of its own, else as little as one may have."""
    given = {"Message_ID": f"<hostile-{next(_numbers)}@example.org>", "Subject": "The lamp"}
    return mail(body, **(given | headers))


def page(body: bytes | str, charset: str = "utf-8", **headers: bytes | str) -> bytes:
    return letter(body, Content_Type=f"text/html; charset={charset}", **headers)


def pages(bodies: dict[str, str]) -> dict[str, bytes]:
    return {name: page(body) for name, body in bodies.items()}


def entity(kind: str, content: bytes | str, *lines: str) -> bytes:
    """A part of a multipart, without its boundary, in base64."""
    data = content.encode() if isinstance(content, str) else content
    head = [f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", *lines]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + base64.encodebytes(data)


def bundle(parts: Iterable[bytes], kind: str = "mixed", **headers: bytes | str) -> bytes:
    body = b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    return letter(body, Content_Type=f'multipart/{kind}; boundary="edge"', **headers)


def with_file(
    name: str, content: bytes | str = b"x", kind: str = "application/octet-stream"
) -> bytes:
    """A mail with one file, whose name goes through an encoded word."""
    word = base64.b64encode(name.encode("utf-8", "surrogatepass")).decode()
    named = f'Content-Disposition: attachment; filename="=?utf-8?B?{word}?="'
    return bundle([b"Content-Type: text/plain\r\n\r\nSee the file.", entity(kind, content, named)])
