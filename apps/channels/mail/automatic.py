"""Telling a machine's mail from a person's, by named rules (RFC 3834 and practice)."""

from __future__ import annotations

import re
from collections.abc import Callable

from apps.channels.driver import OWN_NOTICE
from apps.channels.mail.addresses import read_parties
from apps.channels.mail.mime import Part
from apps.channels.mail.words import decode_text

OWN_MARK = "X-Contact-Centre"

_SUPPRESSING = re.compile(rb"\b(?:all|oof|autoreply|dr|rn|nrn)\b")
_DAEMONS = frozenset({"mailer-daemon", "mailerdaemon", "mail-daemon", "postmaster", "bounce"})
_SPAM = frozenset({b"yes", b"true", b"spam"})
_LISTS = (b"bulk", b"junk", b"list", b"auto_reply")
# What mailboxes put before the subject that they answer; some, Chinese ones above all, mark
# their answers by nothing else. A person who writes on about it has "Re:" before it.
_AWAY = re.compile(
    r"(?:auto(?:matic)?[ -]?(?:reply|response)|out of (?:the )?office(?: (?:auto)?reply)?"
    r"|自动(?:回复|答复)|自動(?:回覆|回復|答覆)|(?:外出|休假)自[动動](?:回复|回覆|答复|答覆)"
    r"|automatische antwort|abwesenheits(?:notiz|assistent)|réponse automatique"
    r"|respuesta automática|自動返信|自動応答)\s?[:：]",
    re.IGNORECASE,
)


def _own_notice(part: Part) -> bool:
    return OWN_MARK.lower() in part.headers


def _delivery_report(part: Part) -> bool:
    return _is_report(part) and _report_type(part) == b"delivery-status"


def _is_report(part: Part) -> bool:
    return part.type == "multipart/report"


def _report_type(part: Part) -> bytes:
    kind = part.parameters.get("report-type")
    return kind.value.strip().lower() if kind else b""


def _auto_submitted(part: Part) -> bool:
    value = _word(part, "auto-submitted")
    return bool(value) and value != b"no"


def _auto_reply(part: Part) -> bool:
    return any(_word(part, name) not in {b"", b"no"} for name in ("x-autoreply", "x-autorespond"))


def _suppressed(part: Part) -> bool:
    value = part.first("x-auto-response-suppress").lower()
    return bool(_SUPPRESSING.search(value))


def _precedence(part: Part) -> bool:
    return _word(part, "precedence") in _LISTS


def _mailing_list(part: Part) -> bool:
    return "list-id" in part.headers


def _loop(part: Part) -> bool:
    return "x-loop" in part.headers


def _empty_return_path(part: Part) -> bool:
    return re.sub(rb"\s", b"", part.first("return-path")) == b"<>"


def _mailer_daemon(part: Part) -> bool:
    return "x-failed-recipients" in part.headers or _of_daemon(part)


def _of_daemon(part: Part) -> bool:
    parties = read_parties(part.headers.get("from", ())[:1])
    name = parties[0].value.partition("@")[0] if parties else ""
    return name in _DAEMONS or name.startswith("microsoftexchange")


def _away_subject(part: Part) -> bool:
    return _AWAY.match(decode_text(part.first("subject")[:1000])) is not None


def _word(part: Part, name: str) -> bytes:
    return re.split(rb"[;\s(]", part.first(name).strip().lower(), maxsplit=1)[0]


RULES: dict[str, Callable[[Part], bool]] = {
    OWN_NOTICE: _own_notice,
    "delivery_report": _delivery_report,
    "report": _is_report,
    "auto_submitted": _auto_submitted,
    "auto_reply": _auto_reply,
    "auto_response_suppress": _suppressed,
    "precedence": _precedence,
    "list_id": _mailing_list,
    "loop": _loop,
    "empty_return_path": _empty_return_path,
    "mailer_daemon": _mailer_daemon,
    "away_subject": _away_subject,
}


def rule_for(part: Part) -> str:
    """Name the first rule that calls a message automatic; "" for a person's.

    List-Unsubscribe alone is no rule: shops put it on answers that people write.
    """
    return next((name for name, applies in RULES.items() if applies(part)), "")


def is_from_server(part: Part) -> bool:
    """Whether a mail presents itself as a mail server's own: no return path, or a daemon's name.

    RFC 3464, 2: a report is sent with an empty return path. Anybody can pretend that; a
    person's own mail does not have it.
    """
    return _empty_return_path(part) or _of_daemon(part)


def spam_mark(part: Part) -> str:
    """Name the header in which a spam filter before us calls a message spam; "" for none."""
    for name in ("x-spam-flag", "x-spam-status", "x-spam"):
        if re.split(rb"[,;\s(]", part.first(name).strip().lower(), maxsplit=1)[0] in _SPAM:
            return name.replace("-", "_")
    return ""
