"""Raw mail to what it means: pure, bounded, and without an error for almost any bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from apps.channels.driver import BounceReport, Incoming, Party, Unreadable
from apps.channels.mail import automatic
from apps.channels.mail.addresses import KIND, first_word, normalise, read_parties
from apps.channels.mail.bodies import MAX_TEXT, read_attachments, read_body
from apps.channels.mail.bounces import quoted_ids, read_bounce
from apps.channels.mail.carried import words_of
from apps.channels.mail.cleaning import clean_html
from apps.channels.mail.folding import fold
from apps.channels.mail.headers import read_date, read_ids, read_references
from apps.channels.mail.mime import Part, Reader
from apps.channels.mail.plaintext import html_to_text
from apps.channels.mail.words import decode_text
from apps.common.sentences import gettext as _

MAX_SUBJECT = 500
MAX_REPLY_TO = 5

_SENDERS = ("from", "sender", "reply-to", "return-path", "x-original-from")
_RECIPIENTS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc")
_HAN = re.compile(r"[\u3400-\u9fff]")
# A subject that says of itself that the mail passes another one on.
_PASSED_ON = re.compile(r"(?:fwd?|wg|tr|rv|转发|轉寄|轉發)\s?[:：]", re.IGNORECASE)
# A plain form that only says that the words stand in the other one.
_POINTER = re.compile(
    r"(?:does|do|can)\s?n[o']t (?:support|display|show|read|view|render)"
    r"|in html|html (?:format|mail|email)"
    r"|不支持|无法显示|無法顯示|HTML\s?(?:格式|邮件)",
    re.IGNORECASE,
)
MAX_POINTER = 300
_LATIN = re.compile(r"[A-Za-z]+")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")


def parse(raw: bytes, *, at: datetime) -> Incoming:
    """Translate a raw mail (RFC 5322) as of ``at``, against which its own date is judged.

    No database, no network, no file. Raises Unreadable for what is no mail at all: no
    content, or nobody who sent it.
    """
    if not raw.strip(b"\0 \t\r\n"):
        raise Unreadable(_("The mail is empty."))
    reader = Reader(raw)
    mail = reader.read()
    headers = mail.headers
    sender = _sender(mail)
    body = read_body(mail)
    html = clean_html(body.html) if body.html else ""
    text = body.text
    if html and (not text or _points_to_html(text)):
        text = html_to_text(html) or text
    text = (text if text.strip() else words_of(body.files))[:MAX_TEXT]
    subject = decode_text(mail.first("subject"))[:MAX_SUBJECT]
    rule = automatic.rule_for(mail)
    folded = fold(text, address=sender.value, forwards=bool(_PASSED_ON.match(subject)))
    bounce = read_bounce(mail, rule, text) if rule else None
    return Incoming(
        sender=sender,
        subject=subject,
        text=text,
        text_folded=folded,
        html=html,
        external_id=next(iter(read_ids(mail.first("message-id"))), ""),
        references=_references(mail, rule, bounce),
        to=read_parties(headers.get("to", ())),
        cc=read_parties(headers.get("cc", ())),
        reply_to=read_parties(headers.get("reply-to", ()))[:MAX_REPLY_TO],
        delivered_to=_delivered_to(mail),
        occurred_at=read_date(mail.first("date"), at=at),
        automatic=rule,
        language=_language(f"{subject}\n{folded[:4000]}"),
        attachments=tuple(read_attachments(body.files, html)),
        left_out=reader.left_out,
        bounce=bounce,
        spam=automatic.spam_mark(mail),
    )


def _sender(mail: Part) -> Party:
    """Who wrote it: From, or what else names somebody; a name alone is one of our own host."""
    for name in _SENDERS:
        parties = read_parties(mail.headers.get(name, ()))
        if parties:
            return parties[0]
    for name in _SENDERS:
        local = first_word(mail.first(name))
        if address := normalise(f"{local}@localhost"):
            return Party(KIND, address, decode_text(mail.first(name))[:200])
    raise Unreadable(_("The mail does not say who sent it."))


def _delivered_to(mail: Part) -> tuple[str, ...]:
    values = [value for name in _RECIPIENTS for value in mail.headers.get(name, ())]
    return tuple(party.value for party in read_parties(values))


def _references(mail: Part, rule: str, bounce: BounceReport | None) -> tuple[str, ...]:
    """Ids that the mail answers; a delivery report names the message that it is about."""
    named = read_references(mail.headers.get("in-reply-to", ()), mail.headers.get("references", ()))
    reported: Iterable[str] = ()
    if bounce or rule == "delivery_report":
        reported = bounce.message_ids if bounce else quoted_ids(mail, "")
    return tuple(dict.fromkeys((*reported, *named)))


def _language(text: str) -> str:
    """The language a text is written in, as far as the portal speaks it; "" when unsure."""
    chinese = len(_HAN.findall(text))
    if chinese and len(_KANA_OR_HANGUL.findall(text)) * 4 > chinese:
        return ""
    words = len(_LATIN.findall(text))
    if chinese * 2 >= words and chinese:
        return "zh-hans"
    return "en" if words else ""


def _points_to_html(plain: str) -> bool:
    """Whether the plain form holds nothing but the advice to read the other."""
    said = plain.strip()
    return 0 < len(said) <= MAX_POINTER and _POINTER.search(said) is not None
