"""Bodies of our own in the style of the usual mail programs, with what should stand unfolded."""

from __future__ import annotations

from tests.channels.mail.quotes.html import HTML
from tests.channels.mail.quotes.kit import Case
from tests.channels.mail.quotes.plain import PLAIN
from tests.channels.mail.quotes.second import SECOND
from tests.channels.mail.quotes.shapes import SHAPES

CASES: dict[str, Case] = PLAIN | SHAPES | HTML | SECOND
