"""Store first: every input is committed raw before anybody tries to understand it.

``receive`` and ``receive_many`` are what doors call; ``process`` takes up what was stored and
never settled.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from apps.channels.domain.accepting import accept
from apps.channels.domain.reading import Reader
from apps.channels.driver import Unreadable
from apps.channels.enums import InboundState
from apps.channels.errors import EmptyInput
from apps.channels.hearing import ATTENTION
from apps.channels.models import Account, InboundMessage, RawInput
from apps.common.bulk import insert_rows
from apps.common.sentences import gettext as _
from apps.live.domain import announce

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
READER_SECONDS = 15
STORE_ATTEMPTS = 5
Outage = (OperationalError, InterfaceError)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one input; ``case`` is a number such as CC-000123."""

    stored: bool
    duplicate: bool = False
    inbound: int | None = None
    case: str | None = None
    interaction: int | None = None
    state: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Stored:
    """An input that is committed; ``duplicate`` when it was there before."""

    inbound: InboundMessage
    raw: bytes
    duplicate: bool


def receive(account: Account, raw: bytes, content_type: str) -> Result:
    """Store one input, then say what became of it. Raises EmptyInput, nothing stored."""
    return receive_many(account, [raw], content_type)[0]


def receive_many(account: Account, raws: Sequence[bytes], content_type: str) -> list[Result]:
    """Store inputs in one transaction and settle them in another; results in their order.

    Bytes that came before through the same account answer with what became of them then.
    Raises EmptyInput when one has no byte, with nothing stored.
    """
    stored = store(account, raws, content_type)
    _settle(account, stored)
    return [_result(one) for one in stored]


def store(account: Account, raws: Sequence[bytes], content_type: str) -> list[Stored]:
    """Commit inputs raw; the same bytes through one account are one input. Raises EmptyInput."""
    if not all(raws):
        raise EmptyInput
    hashes = [hashlib.sha256(raw).hexdigest() for raw in raws]
    for attempt in range(STORE_ATTEMPTS):
        try:
            return _store(account, list(raws), hashes, content_type)
        except IntegrityError:  # the same bytes are being stored by somebody else
            if attempt == STORE_ATTEMPTS - 1:
                raise
    raise AssertionError


def settle(account: Account, inbound_ids: Sequence[int]) -> None:
    """Read and accept inputs that the caller has just stored through an account."""
    waiting = InboundMessage.objects.filter(pk__in=inbound_ids, state=InboundState.RECEIVED)
    stored = []
    for inbound in waiting.select_related("raw").order_by("pk"):
        inbound.account = account
        stored.append(Stored(inbound, bytes(inbound.raw.body), duplicate=False))
    _settle(account, stored)


def process(inbound_id: int) -> InboundMessage:
    """Try an input that was stored and never settled; nothing to do is no error.

    Each try is counted before it begins, so an input that kills its reader ends in
    quarantine like one that raises.
    """
    inbound = InboundMessage.objects.select_related("account", "account__team").get(pk=inbound_id)
    if inbound.state == InboundState.RECEIVED and inbound.next_attempt_at <= timezone.now():
        _try(Reader(inbound.account), inbound, bytes(inbound.raw.body))
    return inbound


@transaction.atomic
def _store(
    account: Account, raws: list[bytes], hashes: list[str], content_type: str
) -> list[Stored]:
    before = InboundMessage.objects.filter(account=account, content_hash__in=hashes)
    known = {one.content_hash: one for one in before.select_related("case", "copy_of")}
    new: dict[str, InboundMessage] = {}
    bodies: list[tuple[InboundMessage, bytes]] = []
    stored: list[Stored] = []
    now = timezone.now()
    for raw, digest in zip(raws, hashes, strict=True):
        duplicate = digest in known
        if not duplicate:
            inbound = InboundMessage(
                account=account,
                content_hash=digest,
                content_type=content_type[:100],
                size=len(raw),
                attempts=1,
                received_at=now,
                next_attempt_at=now + timedelta(seconds=READER_SECONDS),
            )
            known[digest] = new[digest] = inbound
            bodies.append((inbound, raw))
        stored.append(Stored(known[digest], raw, duplicate))
    insert_rows(list(new.values()))
    insert_rows([RawInput(inbound=inbound, body=raw) for inbound, raw in bodies])
    return stored


def _settle(account: Account, stored: Sequence[Stored]) -> None:
    """Settle together what is new; then, each alone, whatever has no fate yet."""
    fresh = {one.inbound.pk: one for one in stored if not one.duplicate}
    _settle_batch(account, list(fresh.values()))
    for one in stored:
        if one.inbound.state == InboundState.RECEIVED:
            _settle_again(account, one)


def _settle_batch(account: Account, batch: Sequence[Stored]) -> None:
    """Read and accept together; what fails is left ``received`` for the one-by-one way."""
    reader = Reader(account)
    readings = []
    for one in batch:
        try:
            readings.append(reader.read(one.inbound, one.raw))
        except Unreadable as error:
            _quarantine(one.inbound, error.reason)
        except Exception:
            logger.exception("input %s could not be read", one.inbound.pk)
    try:
        if readings:
            accept(account, readings)
    except Exception:
        logger.exception("a batch of %d could not be accepted as a whole", len(readings))
        for reading in readings:
            reading.inbound.refresh_from_db()


def _settle_again(account: Account, one: Stored) -> None:
    """Try an input alone until it has a fate.

    An outage of the database leaves it as it is. What somebody else is reading just now is
    tried once beside them, so that a repeated delivery need not wait; their tries count.
    """
    reader = Reader(account)
    try:
        if one.duplicate and one.inbound.next_attempt_at > timezone.now():
            _attempt(reader, one.inbound, one.raw)
            return
        while one.inbound.state == InboundState.RECEIVED:
            _try(reader, one.inbound, one.raw)
    except Outage:
        logger.exception("input %s waits for the database", one.inbound.pk)


def _try(reader: Reader, inbound: InboundMessage, raw: bytes) -> None:
    """One counted try; the last one that fails ends in quarantine."""
    if not _count_try(inbound):
        return
    error = _attempt(reader, inbound, raw)
    if error is not None and inbound.attempts >= MAX_ATTEMPTS:
        values = {"count": inbound.attempts, "error": f"{type(error).__name__}: {error}"}
        _quarantine(inbound, _("Failed %(count)d times: %(error)s") % values)


def _attempt(reader: Reader, inbound: InboundMessage, raw: bytes) -> Exception | None:
    """Read and accept one input; of many at once, the row's lock lets one do it."""
    try:
        accept(inbound.account, [reader.read(inbound, raw)])
    except Unreadable as error:
        _quarantine(inbound, error.reason)
    except Outage:
        raise
    except Exception as error:
        logger.exception("input %s failed", inbound.pk)
        inbound.refresh_from_db()
        return error
    if inbound.state == InboundState.RECEIVED:  # settled by somebody else meanwhile
        inbound.refresh_from_db()
    return None


def _count_try(inbound: InboundMessage) -> bool:
    """Claim a try; without one left the input goes into quarantine."""
    mine = InboundMessage.objects.filter(pk=inbound.pk, state=InboundState.RECEIVED)
    lease = timezone.now() + timedelta(seconds=READER_SECONDS)
    more = mine.filter(attempts=inbound.attempts, attempts__lt=MAX_ATTEMPTS)
    if more.update(attempts=F("attempts") + 1, next_attempt_at=lease):
        inbound.attempts += 1
        return True
    inbound.refresh_from_db()
    if inbound.state == InboundState.RECEIVED and inbound.attempts >= MAX_ATTEMPTS:
        _quarantine(inbound, _("Whoever read this input died three times over it."))
    return False


def _quarantine(inbound: InboundMessage, reason: str) -> None:
    """Set an input aside with its reason, unless somebody else has settled it."""
    mine = InboundMessage.objects.filter(pk=inbound.pk, state=InboundState.RECEIVED)
    if mine.update(state=InboundState.QUARANTINED, reason=reason):
        announce(ATTENTION, inbound.account_id)
    inbound.refresh_from_db()


def _result(one: Stored) -> Result:
    inbound = one.inbound
    original = inbound.copy_of or inbound
    return Result(
        stored=True,
        duplicate=one.duplicate,
        inbound=inbound.pk,
        case=inbound.case.number if inbound.case else None,
        interaction=original.interaction_id,
        state=str(inbound.state),
    )
