"""Reports of mail that did not arrive: DSNs (RFC 3464), and the plain letters of old servers.

Nothing here is believed: anybody can write a report. It is one only if a mail server seems to
have sent it; the core takes it seriously only when it names a Message-ID that we signed, and
marks only addresses to which that message went.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.channels.driver import BounceReport, Returned
from apps.channels.mail.addresses import normalise
from apps.channels.mail.automatic import is_from_server
from apps.channels.mail.headers import read_ids
from apps.channels.mail.mime import Part, read_headers
from apps.channels.mail.words import one_line

MAX_READ = 64 * 1024
MAX_RECIPIENTS = 100
MAX_IDS = 5
MAX_DIAGNOSTIC = 300

_QUOTED = frozenset({"message/rfc822", "message/global", "text/rfc822-headers"})
_STATUS_PARTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_LETTERS = frozenset(
    {"auto_submitted", "empty_return_path", "mailer_daemon", "report", "precedence"}
)
_MESSAGE_ID = re.compile(
    r"^[>|\s]{0,20}message-id\s{0,5}:\s{0,5}(<[^<>\s]{3,900}>)", re.IGNORECASE | re.MULTILINE
)
_ADDRESS = re.compile(r"[\w.+=-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![.\d])")
_REPLY_CODE = re.compile(r"(?<![\d.#])([45])\d\d(?=[ \-:,])")
_NOBODY = re.compile(
    r"user unknown|unknown user|unknown (?:recipient|address)|no such (?:user|recipient|mailbox)"
    r"|no mailbox here|user not found|recipnotfound|(?:address|account|user|mailbox|recipient)"
    r"[^.\n]{0,40}(?:not exist|not found|couldn.t be found|disabled)|address rejected"
    r"|not a valid recipient|invalid (?:recipient|mailbox)|host not found|domain not found"
    r"|不存在|无此用户|已被?停用|被禁用|地址有误|已注销",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"undeliver|not (?:be )?delivered|delivery (?:has )?failed|delivery failure|could not"
    r"|couldn.t be|failed permanently|permanent (?:fatal )?error|returned to sender"
    r"|giving up|given up|退信|无法送达|无法投递|发送失败|投递失败|被退回|拒收",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"delayed|will (?:be retried|retry|keep trying|continue)|not yet been delivered"
    r"|still trying|warning only|暂时无法|延迟|稍后(?:会|将)?(?:再|重)|将继续尝试",
    re.IGNORECASE,
)
# What else than the address can be at fault while the status begins with a five.
_GONE = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_GOOD_ADDRESS = ("5.2.2", "5.2.3", "5.2.4", "5.3.", "5.5.", "5.6.", "5.7.")


def read_bounce(mail: Part, rule: str, text: str) -> BounceReport | None:
    """What a machine's mail says of a message that did not arrive, or None.

    ``rule`` is the one that calls it automatic, ``text`` its plain text.
    """
    if not is_from_server(mail):
        return None
    reported = [one for part in mail.leaves() if part.type in _STATUS_PARTS for one in _rows(part)]
    if not reported and rule in _LETTERS:
        reported = list(_letter(mail, text[:MAX_READ]))
    if not reported:
        return None
    ids = dict.fromkeys(quoted_ids(mail, text))
    return BounceReport(tuple(ids)[:MAX_IDS], tuple(reported)) if ids else None


def is_gone(answer: str) -> bool:
    """Whether a server's permanent answer to a recipient says that the address is no more.

    The status decides where there is one, else the words: a bare 550 may be policy.
    """
    if status := _ENHANCED.search(answer):
        return status[0] in _GONE
    return bool(_NOBODY.search(answer))


def _rows(part: Part) -> Iterator[Returned]:
    """The recipients of a delivery status (RFC 3464, 2.3) that are failed or delayed."""
    content = part.content(MAX_READ)
    start, count = 0, 0
    while start < len(content) and count < MAX_RECIPIENTS:
        fields, after = read_headers(content, start, len(content))
        if row := _row(fields):
            count += 1
            yield row
        start = max(after, start + 1)


def _row(fields: dict[str, list[bytes]]) -> Returned | None:
    action = _text(fields, "action").lower().split(" ")[0]
    if action not in {"failed", "delayed"}:
        return None
    named = [_typed(_text(fields, name)) for name in ("original-recipient", "final-recipient")]
    address = next((found for value in named if (found := normalise(value))), "")
    diagnostic = _typed(_text(fields, "diagnostic-code"))
    status = _status(_text(fields, "status")) or _status(diagnostic)
    return _returned(address, status, diagnostic, delayed=action == "delayed")


def _letter(mail: Part, text: str) -> Iterator[Returned]:
    """Read the letter of a server that writes for people only."""
    quoted = _MESSAGE_ID.search(text)
    words = text[: quoted.start()] if quoted else text
    named = b", ".join(mail.headers.get("x-failed-recipients", ()))[:5000].decode("latin-1")
    if not (named or _FAILED.search(words) or _NOBODY.search(words) or _DELAYED.search(words)):
        return
    delayed = bool(_DELAYED.search(words)) and not _NOBODY.search(words)
    found: dict[str, int] = {}
    for match in _ADDRESS.finditer(words):
        if len(found) < MAX_RECIPIENTS:
            found.setdefault(normalise(match[0]), match.end())
    for match in _ADDRESS.finditer(named):
        found.setdefault(normalise(match[0]), len(words))
    found.pop("", None)
    starts = sorted(found.values())
    following = dict(zip(starts, [*starts[1:], len(words)], strict=False))
    for address, start in found.items():
        own = words[start : following[start]]
        line = _telling_line(own) or _telling_line(words)
        yield _returned(address, _status(line), line, delayed=delayed)


def _telling_line(words: str) -> str:
    """The line that gives the reason: one with a code, else one that says that nobody is there."""
    lines = words.splitlines()
    coded = (line for line in lines if _ENHANCED.search(line) or _REPLY_CODE.search(line))
    return next(coded, "") or next((line for line in lines if _NOBODY.search(line)), "")


def _returned(address: str, status: str, diagnostic: str, *, delayed: bool) -> Returned:
    words = one_line(diagnostic)[:MAX_DIAGNOSTIC]
    if not status and _NOBODY.search(words):
        status = "5.1.1"
    permanent = status.startswith("5.") and not delayed
    # Words such as "address rejected" stand beside policy and full mailboxes, too.
    bad = permanent and not status.startswith(_GOOD_ADDRESS)
    return Returned(address, status, words, delayed=delayed, bad_address=bad)


def _status(text: str) -> str:
    """The enhanced status code in a text; a bare reply code gives its class alone."""
    if found := _ENHANCED.search(text):
        return f"{found[1]}.{int(found[2])}.{int(found[3])}"
    code = _REPLY_CODE.search(text)
    return f"{code[1]}.0.0" if code else ""


def quoted_ids(mail: Part, text: str) -> Iterator[str]:
    """Ids of the message that came back: from its copy, else from what the letter quotes."""
    for part in mail.leaves():
        if part.type in _QUOTED:
            content = part.content(MAX_READ)
            headers, _body = read_headers(content, 0, len(content))
            yield from read_ids(headers.get("message-id", [b""])[0])[:1]
    for match in _MESSAGE_ID.finditer(text[: 4 * MAX_READ]):
        yield match[1].strip("<>")


def _typed(value: str) -> str:
    """A value behind its type, as in ``rfc822; ana@example.org``."""
    kind, semicolon, rest = value.partition(";")
    return (rest if semicolon else kind).strip().strip("<>")


def _text(fields: dict[str, list[bytes]], name: str) -> str:
    return fields.get(name, [b""])[0][:2000].decode("utf-8", "replace").strip()
