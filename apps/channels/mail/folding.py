"""The part of a mail that its writer wrote: without quotes and signature.

An own splitter, since the known ones read two to four of eight Chinese mail programs. It
takes a line at a time and never looks back further than an introduction may be wrapped;
what it leaves out stands in the full text, which is always kept.
"""

from __future__ import annotations

import re

MAX_WRAPPED = 3
MAX_INTRODUCTION = 600
MAX_SIGNATURE_LINES = 15
MAX_SIGNATURE_WINDOW = 30
_QUOTE_MARKS = (">", "＞")
# No other character begins a line that the rules below could mean, unless a colon ends it.
_FIRST = frozenset(">＞|*-_＿—fvdbFVDB发寄差开")

# "On … wrote:" in the languages of mail programs; a digit keeps "On reflection I wrote:" out.
_INTRODUCTION_END = re.compile(
    r"(?:wrote|writes|写道|寫道|写到|schrieb(?: [^:]{0,80})?"
    r"|a écrit|escribió|ha scritto|написал\w*)"
    r"\s?[:：]\s*\Z",
    re.IGNORECASE,
)
_INTRODUCTION_START = re.compile(
    r"(?:On|At|Am|Le|El|Il|在|于|於)\b|(?:在|于|於)|[^<>]{0,200}<[^<>]+@[^<>]+>"
)
# Some programs say no verb: the date, the name, the address and a colon.
_ADDRESSED = re.compile(r"\d[^<>]*<[^<>\s]+@[^<>\s]+>\s?[:：]\s*\Z")
# A time, a full date or an address: without one, nothing is cut off by "On Monday I wrote:".
_DATED = re.compile(r"\d[:：]\d\d|@|\d{4}\D\d|\d{4}年")
# Lines after which the rest is the other side's mail.
_SEPARATOR = re.compile(
    r"\s*-{2,}\s*(?:original message|original appointment|reply message|原始邮件|原始郵件"
    r"|原邮件|回复的原邮件|回复的邮件|ursprüngliche nachricht|message d'origine)\s*-{2,}.*",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"\s*(?:-{2,}\s*(?:forwarded message|forwarded by .{0,80}|转发邮件信息|转发的邮件|转发邮件"
    r"|轉寄郵件|轉寄的郵件)"
    r"|begin forwarded message\s*[:：]|开始转发的邮件\s*[:：])",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"[\s|*]*(?:(?P<sender>from|von|de|发件人|寄件者|寄件人|差出人)"
    r"|(?P<other>sent|date|to|cc|subject|reply-to|发送时间|发送日期|日期|时间|收件人|抄送|主题"
    r"|寄件日期|傳送日期|收件者|副本|主旨|gesendet|an|betreff|送信日時|宛先|件名))"
    r"[\s|*]*[:：|]",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*[_＿]{8,}\s*")
_SIGNATURE = re.compile(r"-- ?|——\s?")
_SENT_FROM = re.compile(
    r"\s*(?:(?:发自|發自|来自|來自|发送自|傳送自)\s?(?:我的|于)?.{1,40}"
    r"|从我的.{1,20}发送.{0,10}"
    r"|(?:sent|get|gesendet|envoyé|enviado) (?:from|via|with|von|de|desde) ?.{1,40}"
    r"|get outlook for .{1,20})\s*",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"iphone|ipad|ipod|android|mobile|phone|手机|手機|邮箱|郵件|邮件|mail|outlook|foxmail|windows"
    r"|华为|小米|huawei|xiaomi|samsung|blackberry|yahoo|thunderbird|proton|galaxy|pixel",
    re.IGNORECASE,
)


def fold(text: str) -> str:
    """Return the visible part of a mail's text; the whole when nothing else would remain.

    Answers between or below quoted lines stay visible, and so does a message that was
    passed on, since that is what its sender wants to be read.
    """
    folder = _Folder(text.split("\n"))
    visible = folder.fold()
    return visible or text.strip()


class _Folder:
    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
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
            elif self._is_end(line):
                break
            else:
                self._take(line, start)
            self.index += 1
        self._drop_device()
        return _tidy(self.visible)

    def _keep(self, line: str) -> None:
        if not self.signed:
            self.visible.append(line)

    def _take(self, line: str, start: str) -> None:
        if start.startswith(_QUOTE_MARKS):
            self._drop_device()
            self.signed = False
        elif start[-1] in ":：" and self._drop_introduction(start):
            self.signed = False
        elif _SIGNATURE.fullmatch(line.rstrip("\r")) and self._is_signature():
            self.signed = True
        else:
            self.forwarded = not self.signed and _FORWARD.match(line) is not None
            self._keep(line)

    def _is_end(self, line: str) -> bool:
        """Whether the other side's unmarked mail begins here and nothing but it follows."""
        if _SEPARATOR.fullmatch(line):
            return self._skip_headers(self.index + 1)
        if _RULE.fullmatch(line):
            below = self._next_filled(self.index + 1)
            return self._is_header_block(below) and self._skip_headers(below)
        return self._is_header_block(self.index) and self._skip_headers(self.index)

    def _is_header_block(self, index: int) -> bool:
        """Whether From: and two more header lines stand here, as mail programs quote them."""
        if index >= len(self.lines):
            return False
        first = _HEADER.match(self.lines[index])
        if not (first and first["sender"]):
            return False
        others = 0
        for line in self.lines[index + 1 : index + 10]:
            found = _HEADER.match(line)
            others += bool(found and found["other"])
        return others >= 2

    def _skip_headers(self, index: int) -> bool:
        """Pass over the headers of a quoted mail. False when its lines carry quote marks,

        so that answers between them can be told apart; the marks then do the rest.
        """
        last = index
        for offset, line in enumerate(self.lines[index : index + 12]):
            if line.lstrip().startswith(_QUOTE_MARKS):
                self.index = last
                return False
            if _HEADER.match(line):
                last = index + offset
        return True

    def _drop_introduction(self, line: str) -> bool:
        """Take "On … wrote:" back, wrapped over some lines as it may be."""
        if len(line) > MAX_INTRODUCTION:
            return False
        quoted = self._quote_follows()
        if not (_INTRODUCTION_END.search(line) or (quoted and _ADDRESSED.search(line))):
            return False
        joined = line
        for back in range(MAX_WRAPPED + 1):
            if back:
                if back > len(self.visible) or not self.visible[-back].strip():
                    return False
                joined = f"{self.visible[-back].strip()} {joined}"
            if len(joined) > MAX_INTRODUCTION:
                return False
            if _is_introduction(joined, quoted=quoted):
                del self.visible[len(self.visible) - back :]
                self._drop_device()
                if not quoted:
                    self.index = len(self.lines)
                return True
        return False

    def _quote_follows(self) -> bool:
        below = self._next_filled(self.index + 1)
        return below < len(self.lines) and self.lines[below].lstrip().startswith(_QUOTE_MARKS)

    def _next_filled(self, index: int) -> int:
        while index < len(self.lines) and not self.lines[index].strip():
            index += 1
        return index

    def _is_signature(self) -> bool:
        """A signature is short; what is long after a dashed line is text."""
        filled = 0
        for line in self.lines[self.index + 1 : self.index + 1 + MAX_SIGNATURE_WINDOW]:
            if line.lstrip().startswith(_QUOTE_MARKS) or _INTRODUCTION_END.search(line[-120:]):
                break
            filled += bool(line.strip())
            if filled > MAX_SIGNATURE_LINES:
                return False
        return True

    def _drop_device(self) -> None:
        """Take back "Sent from my phone" when it is the last that was written."""
        while self.visible and not self.visible[-1].strip():
            self.visible.pop()
        if self.visible:
            last = self.visible[-1]
            if len(last) <= 80 and _SENT_FROM.fullmatch(last) and _DEVICE.search(last):
                self.visible.pop()


def _is_introduction(line: str, *, quoted: bool) -> bool:
    """Whether a line tells who wrote what follows; a date at least, and without marks more."""
    if not _INTRODUCTION_START.match(line):
        return False
    return any(map(str.isdigit, line)) if quoted else bool(_DATED.search(line))


def _tidy(lines: list[str]) -> str:
    """Join lines; no blank ones around, never two of them."""
    kept: list[str] = []
    for line in lines:
        if line.strip() or (kept and kept[-1]):
            kept.append(line.rstrip())
    return "\n".join(kept).strip("\n").rstrip()
