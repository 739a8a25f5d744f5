"""Signed marks by which an answer is recognised: Message-ID, reply address and subject.

Each purpose has its own key, derived from SECRET_KEY, so no mark can be turned into another.
A signature is 80 bits in lower-case base32, since addresses and subjects change their case on
the way. A mark says which case is meant; whether the sender belongs to it is asked elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings

SIGNATURE_BYTES = 10
_SIGNATURE = "[a-z2-7]{16}"
MESSAGE_ID = re.compile(rf"cc\.([a-z2-7]{{16}})\.({_SIGNATURE})@", re.IGNORECASE)
ADDRESS = re.compile(rf"\+cc(\d{{1,15}})-({_SIGNATURE})@", re.IGNORECASE)
SUBJECT = re.compile(rf"\[CC-(\d{{1,15}})\.({_SIGNATURE})\]", re.IGNORECASE)
MAX_MARKS = 20
ANSWER = re.compile(
    r"(?:re|aw|antw|sv|vs|fw|fwd|wg|回复|回覆|答复|答覆|转发|轉寄)(?:\[\d{1,3}\])?\s{0,3}[:：]\s*",
    re.IGNORECASE,
)


def new_message_id(domain: str) -> str:
    """A Message-ID (without brackets) that ``is_own_message_id`` recognises for ever."""
    unique = _encode(secrets.token_bytes(SIGNATURE_BYTES))
    return f"cc.{unique}.{_sign('message-id', unique)}@{domain or 'localhost'}"


def is_own_message_id(text: str) -> bool:
    """True for an id made by ``new_message_id``; whoever has read it can quote it."""
    match = MESSAGE_ID.match(text)
    return match is not None and _verify("message-id", match[1], match[2])


def reply_address(address: str, case_id: int) -> str:
    """The account's address with the case's mark behind a plus; empty without an address."""
    local, at, domain = address.rpartition("@")
    return f"{local}+cc{case_id}-{_sign('address', str(case_id))}@{domain}" if at else ""


def cases_in_addresses(addresses: Iterable[str]) -> list[int]:
    """Ids of the cases that signed plus-addresses among these name, in order."""
    matches = (ADDRESS.search(address) for address in list(addresses)[: MAX_MARKS * 5])
    return _genuine("address", (match for match in matches if match))


def strip_address_mark(address: str) -> str:
    """The account's own address behind one that ``reply_address`` made."""
    return ADDRESS.sub("@", address)


def mark_subject(subject: str, case_id: int, *, answer: bool) -> str:
    """The subject with the case's mark exactly once, and one ``Re:`` when it is an answer."""
    words = bare_subject(subject) if answer else strip_marks(subject)
    mark = f"[CC-{case_id:06d}.{_sign('subject', str(case_id))}]"
    return " ".join(part for part in ("Re:" if answer else "", words, mark) if part)


def strip_marks(subject: str) -> str:
    """The subject without any mark, ours or forged."""
    return " ".join(SUBJECT.sub(" ", subject).split())


def bare_subject(subject: str) -> str:
    """The subject without marks and without leading ``Re:``, ``回复：`` and their like."""
    words = strip_marks(subject)
    while match := ANSWER.match(words):
        words = words[match.end() :]
    return words


def cases_in_subject(subject: str) -> list[int]:
    """Ids of the cases that signed marks in the subject name, in order."""
    return _genuine("subject", SUBJECT.finditer(subject))


def _genuine(purpose: str, matches: Iterable[re.Match[str]]) -> list[int]:
    found: list[int] = []
    for _turn, match in zip(range(MAX_MARKS), matches, strict=False):
        case_id = int(match[1])
        if case_id not in found and _verify(purpose, str(case_id), match[2]):
            found.append(case_id)
    return found


def _sign(purpose: str, text: str) -> str:
    return _signature(settings.SECRET_KEY, purpose, text)


def _verify(purpose: str, text: str, signature: str) -> bool:
    given = signature.lower().encode()
    keys = [str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)]
    return any(
        hmac.compare_digest(given, _signature(key, purpose, text.lower()).encode()) for key in keys
    )


def _signature(secret: str, purpose: str, text: str) -> str:
    digest = hmac.digest(_key(secret, purpose), text.encode(), hashlib.sha256)
    return _encode(digest[:SIGNATURE_BYTES])


@lru_cache(maxsize=32)
def _key(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), f"contactcentre.channels.{purpose}".encode(), "sha256")


def _encode(raw: bytes) -> str:
    return base64.b32encode(raw).decode().lower()
