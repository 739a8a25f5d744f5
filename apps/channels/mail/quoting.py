"""How mail programs mark what they quote: lines of headers, introductions, separators."""

from __future__ import annotations

import re

MAX_INTRODUCTION = 600

# "On … wrote:" in the languages of mail programs; a digit keeps "On reflection I wrote:" out.
_INTRODUCTION_END = re.compile(
    r"(?:wrote|writes|写道|寫道|写到|schrieb(?: [^:]{0,80})?"
    r"|a écrit|escribió|ha scritto|написал\w*)"
    r"\s?[:：]\s*\Z",
    re.IGNORECASE,
)
_INTRODUCTION_START = re.compile(
    r"(?:On|At|Am|Le|El|Il)\b|[在于於]|\d{4}[年/-]|[^<>]{0,200}<[^<>]+@[^<>]+>", re.IGNORECASE
)
# The first line of one that is wrapped: it opens with its word, or names who wrote.
_OPENING = re.compile(
    r"(?:On|At|Am|Le|El|Il) .{0,20}\d|[在于於]\s?.{0,20}\d"
    r"|[^<>。！？!?]{0,100}<[^<>\s]+@[^<>\s]+>\s*\Z"
)
# Some programs write on in the line of the introduction.
_RUNNING_ON = re.compile(
    r"\s*(?:On|At|在) [^<>]{8,200}<[^<>\s]{3,200}@[^<>\s]{3,200}>\s?(?:wrote|写道)[:：]\s+\S",
    re.IGNORECASE,
)
# Some programs say no verb: the date, the name, the address and a colon.
_ADDRESSED = re.compile(r"\d[^<>]*<[^<>\s]+@[^<>\s]+>\s?[:：]\s*\Z")
# Some put the name before the verb and the date behind it.
_NAMED_FIRST = re.compile(
    r"[^<>:]{1,80} (?:wrote|writes|schrieb|写道) ?(?:on|at|am|于)? ?.{0,40}\d\s?[:：]\s*\Z",
    re.IGNORECASE,
)
# A time, a full date or an address: without one, nothing is cut off by "On Monday I wrote:".
_DATED = re.compile(r"\d[:：]\d\d|@|\d{4}\D\d|\d{4}年|\d{1,2}[./]\d{1,2}[./]\d{2}")

# Lines after which the rest is the other side's mail.
_SEPARATOR = re.compile(
    r"\s*-{2,}[\s\xa0]*(?:original(?: (?:message|mail|e-?mail|appointment))?"
    r"|repl(?:y|ied) message|(?:回复的)?原(?:始)?(?:邮件|郵件|信息|消息|件)?|回复的(?:邮件|信息)"
    r"|邮件原件|ursprüngliche nachricht|message d'origine|mensaje original"
    r"|on .{5,200}\bwrote)[\s\xa0]*-{2,}.*",
    re.IGNORECASE,
)
# Words between dashes, or the bare name of the thing: only with headers below it.
_TITLE = re.compile(
    r"\s*+(?:[-—─=*]{2,}+[^-—─=*].{0,60}?[-—─=*]{2,}+|原始邮件|原邮件|邮件原文"
    r"|original (?:message|mail))[:：]?\s*+",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"\s*(?:-{2,}\s*(?:forwarded message|forwarded by .{0,80}|转发(?:的)?(?:邮件|消息|信息)"
    r"|轉寄(?:的)?(?:郵件|訊息)|weitergeleitete nachricht)"
    r"|begin forwarded message\s*[:：]|(?:开始|被)转发的?邮件\s*[:：])",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"[\s|*\xa0]*(?:(?P<sender>from|sender|von|de|发\s?件\s?人|寄件者|寄件人|差出人|由)"
    r"|(?P<other>sent|send time|date|to|cc|subject|reply-to|发\s?送\s?时\s?间|发件时间"
    r"|发送日期|日\s?期|时\s?间|收\s?件\s?人|抄\s?送|主\s?题|寄件日期|傳送日期|收件者|副本|主旨|gesendet|an|betreff|送信日時|宛先|件名))"
    r"[\s|*\xa0]*[:：|]",
    re.IGNORECASE,
)
_OF_A_MAIL = re.compile(
    r"@|\d{1,2}[:：]\d\d|^[\s|*\xa0]*(?:subject|主\s?题|主旨|betreff|件名)[\s|*\xa0]*[:：|]",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*(?:[_＿]{8,}|[-—─=]{10,})\s*")

MARKS = (">", "＞")


def is_marked(line: str) -> bool:
    """Whether a line carries a quote mark."""
    return line.lstrip().startswith(MARKS)


def is_separator(line: str) -> bool:
    return _SEPARATOR.fullmatch(line) is not None


def is_forward(line: str) -> bool:
    return _FORWARD.match(line) is not None


def is_rule(line: str) -> bool:
    return _RULE.fullmatch(line) is not None


def is_title(line: str) -> bool:
    """Whether a line may stand above the headers of a quoted mail, and says nothing else."""
    return len(line) <= 200 and _TITLE.fullmatch(line) is not None


def is_header(line: str) -> bool:
    return _HEADER.match(line) is not None


def is_header_block(lines: list[str], index: int, *, any_order: bool = False) -> bool:
    """Whether From: and two more header lines stand here, as mail programs quote them."""
    if index >= len(lines):
        return False
    first = _HEADER.match(lines[index])
    if not first or not (first["sender"] or any_order):
        return False
    near = lines[index : index + 10]
    found = [match for line in near if (match := _HEADER.match(line))]
    if len(found) < 3 or not any(match["sender"] for match in found):
        return False
    # A parcel has a sender, a recipient and a date as well: words of the writer's own.
    return any(_OF_A_MAIL.search(match.string) for match in found)


def ends_introduction(line: str) -> bool:
    return _INTRODUCTION_END.search(line[-120:]) is not None


def runs_on(line: str) -> bool:
    """Whether a line introduces a quote and begins it."""
    return bool(_RUNNING_ON.match(line[:MAX_INTRODUCTION]) and _DATED.search(line[:300]))


def may_introduce(line: str, *, quoted: bool) -> bool:
    """Whether a line could be the end of "On … wrote:"."""
    if ends_introduction(line):
        return True
    return quoted and bool(_ADDRESSED.search(line) or _NAMED_FIRST.match(line))


def is_introduction(line: str, *, quoted: bool) -> bool:
    """Whether a line tells who wrote what follows; a date at least, and without marks more."""
    if quoted and _NAMED_FIRST.match(line):
        return True
    if not _INTRODUCTION_START.match(line):
        return False
    return any(map(str.isdigit, line)) if quoted else bool(_DATED.search(line))


def opens_introduction(line: str) -> bool:
    """Whether a line could be the first of a wrapped introduction."""
    return len(line) <= 200 and _OPENING.match(line.strip()) is not None
