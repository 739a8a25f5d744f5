"""The part of a mail that its writer wrote: without quotes and signature.

An own splitter, since the known ones read two to four of eight Chinese mail programs. It
takes a line at a time and never looks back further than an introduction may be wrapped;
what it leaves out stands in the full text, which is always kept.
"""

from __future__ import annotations

from apps.channels.mail import quoting, signatures
from apps.channels.mail.quoting import is_marked

MAX_WRAPPED = 3
MAX_SIGNATURE_LINES = 15
MAX_SIGNATURE_WINDOW = 30
# No other character begins a line that the rules could mean, unless a colon ends it.
_FIRST = frozenset(">＞|*-—─=_＿fvdbsoaFVDBSOA发寄差开被由在原邮")


def fold(text: str, *, address: str = "", forwards: bool = False) -> str:
    """Return the visible part of a mail's text; the whole when nothing else would remain.

    ``address`` is the sender's. Answers between or below quoted lines stay visible, and so
    does a message that was passed on, since that is what its sender wants to be read:
    ``forwards`` says that the subject tells so, where no line of the text does.
    """
    folder = _Folder(text.split("\n"), address, forwards=forwards)
    return folder.fold() or text.strip()


class _Folder:
    def __init__(self, lines: list[str], address: str, *, forwards: bool) -> None:
        self.lines = lines
        self.address = address
        self.forwards = forwards
        self.visible: list[str] = []
        self.index = 0
        self.forwarded = False
        self.signed = False

    def fold(self) -> str:
        while self.index < len(self.lines):
            line = self.lines[self.index]
            start = line.strip()
            if not start or self.forwarded or not (start[0] in _FIRST or start[-1] in ":："):
                self._keep(line)
            else:
                self._take(line, start)
            self.index += 1
        if not self.forwarded:
            signatures.trim(self.visible, self.address)
        return _tidy(self.visible)

    def _keep(self, line: str) -> None:
        if not self.signed:
            self.visible.append(line)

    def _take(self, line: str, start: str) -> None:
        if self.forwards and (is_marked(line) or self._finds_quote(line) or quoting.runs_on(line)):
            self.forwarded = True
            self._keep(line)
        elif is_marked(line):
            self._open_quote()
        elif self._finds_quote(line):
            self._skip_quote()
        elif quoting.runs_on(line):
            self._open_quote()
            self.index = len(self.lines)
        elif start[-1] in ":：" and self._drop_introduction(start):
            self.signed = False
        elif not self.signed and signatures.DASHES.fullmatch(line) and self._is_signature():
            self.signed = True
        else:
            self.forwarded = not self.signed and quoting.is_forward(line)
            self._keep(line)

    def _open_quote(self) -> None:
        """What stands just above a quote may be a telephone's word; a blank line stays one."""
        if self.visible:
            blank = not self.visible[-1].strip()
            signatures.drop_devices(self.visible)
            if blank:
                self.visible.append("")
        self.signed = False

    def _finds_quote(self, line: str) -> bool:
        """Whether the other side's unmarked mail begins here."""
        if quoting.is_separator(line):
            return True
        if quoting.is_rule(line) or (quoting.is_title(line) and not quoting.is_forward(line)):
            below = self._next_filled(self.index + 1)
            if below < len(self.lines) and quoting.is_rule(self.lines[below]):
                below = self._next_filled(below + 1)
            return quoting.is_header_block(self.lines, below, any_order=True)
        return quoting.is_header_block(self.lines, self.index)

    def _skip_quote(self) -> None:
        """Pass over a quoted mail: all that follows, unless its lines carry quote marks,

        so that answers between them can be told apart; the marks then do the rest.
        """
        self._open_quote()
        last = self.index
        first = self._next_filled(last + 1)
        for number in range(first, min(first + 14, len(self.lines))):
            line = self.lines[number]
            if is_marked(line):
                self.index = last
                return
            if quoting.is_header(line) or quoting.ends_introduction(line):
                last = number
        self.index = len(self.lines)

    def _drop_introduction(self, line: str) -> bool:
        """Take "On … wrote:" back, wrapped over some lines as it may be."""
        quoted = self._quote_follows()
        if len(line) > quoting.MAX_INTRODUCTION or not quoting.may_introduce(line, quoted=quoted):
            return False
        joined = line
        taken = -1
        for back in range(MAX_WRAPPED + 1):
            if back:
                above = self.visible[-back] if back <= len(self.visible) else ""
                if not above.strip() or (taken >= 0 and not quoting.opens_introduction(above)):
                    break
                joined = f"{above.strip()} {joined}"
            if len(joined) > quoting.MAX_INTRODUCTION:
                break
            if quoting.is_introduction(joined, quoted=quoted):
                taken = back
        if taken < 0:
            return False
        if self.forwards:
            self.forwarded = True
            self._keep(self.lines[self.index])
            return True
        del self.visible[len(self.visible) - taken :]
        self._open_quote()
        if not quoted:
            self.index = len(self.lines)
        return True

    def _quote_follows(self) -> bool:
        below = self._next_filled(self.index + 1)
        return below < len(self.lines) and is_marked(self.lines[below])

    def _next_filled(self, index: int) -> int:
        while index < len(self.lines) and not self.lines[index].strip():
            index += 1
        return index

    def _is_signature(self) -> bool:
        """A signature is short; what is long after a dashed line is text.

        So is what a gap parts from bare dashes, unless it is a visiting card.
        """
        below = self.index + 1
        if self.lines[self.index] == "--" and not "".join(self.lines[below : below + 1]).strip():
            return signatures.is_card(self.lines[below : below + MAX_SIGNATURE_WINDOW])
        filled = 0
        until = self.index + 1 + MAX_SIGNATURE_WINDOW
        for number in range(self.index + 1, min(until, len(self.lines))):
            line = self.lines[number]
            start = line.strip()
            if not start:
                continue
            if start[0] in ">＞-" and (is_marked(start) or quoting.is_separator(start)):
                break
            if start[-1] in ":：" and quoting.ends_introduction(start):
                break
            filled += 1
            if filled > MAX_SIGNATURE_LINES:
                return False
        return True


def _tidy(lines: list[str]) -> str:
    """Join lines; no blank ones around, never two of them."""
    kept: list[str] = []
    for line in lines:
        if line.strip() or (kept and kept[-1]):
            kept.append(line.rstrip())
    return "\n".join(kept).strip("\n").rstrip()
