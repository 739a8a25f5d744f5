"""Text whose lines were broken for the way alone (RFC 3676, ``format=flowed; delsp=yes``).

Apple Mail breaks Chinese in this way wherever a line is full. Where the space belongs to the
text (``delsp=no``) the lines read well as they stand, and stay.
"""

from __future__ import annotations

from apps.channels.mail.mime import Part

SIGNATURE = "-- "


def is_flowed_apart(part: Part) -> bool:
    """Whether the space that ends a soft line is no part of the text."""
    wanted = {"format": b"flowed", "delsp": b"yes"}
    given = {name: part.parameters[name].value for name in wanted if name in part.parameters}
    plain = part.shown_type == "text/plain"
    return plain and {name: value.lower() for name, value in given.items()} == wanted


def join_flowed(text: str) -> str:
    """Join soft lines of one depth of quotation, without the space at their ends (4.1 to 4.5)."""
    paragraphs: list[list[str]] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        soft = content.endswith(" ") and content != SIGNATURE
        if open_depth != depth or content == SIGNATURE:
            paragraphs.append([">" * depth + " " if depth else ""])
        paragraphs[-1].append(content[:-1] if soft else content)
        open_depth = depth if soft else None
    return "\n".join("".join(one) for one in paragraphs)
