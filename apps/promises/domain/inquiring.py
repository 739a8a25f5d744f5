"""Asking behind the scenes in time: crews, departments and partners without an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.cases import domain as cases
from apps.cases.domain.events import locked, record
from apps.cases.enums import ACTIVE, Channel, Direction, EventKind, Visibility
from apps.cases.models import Case, Interaction
from apps.channels.domain import Forward, forward
from apps.channels.domain.naming import nearest_named
from apps.channels.domain.notices import tell_in_words
from apps.common.text import dated_time
from apps.promises.domain.holding import hold_owed, tell
from apps.promises.domain.making import draft_promise, zone_of
from apps.promises.domain.settling import settle_kept
from apps.promises.domain.waiting import first_to_keep, needed_at
from apps.promises.enums import Kind
from apps.promises.errors import AlreadySettled, LaterThanPromise, NoQuestion, PastTime
from apps.promises.inquiry_links import link_to
from apps.promises.models import Estimate, Inquiry, Promise
from apps.promises.models.inquiry import InquiryQuerySet

if TYPE_CHECKING:
    from apps.accounts.models import User

ESTIMATE = "estimate"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of whom. ``due_at`` is aware; ``waits`` the key of the customer's promise.

    Without an address nothing is sent: they are asked by phone or in person.
    """

    name: str
    text: str
    due_at: datetime
    address: str = ""
    waits: int | None = None


@transaction.atomic
def ask(*, case_id: int, actor: User, question: Question) -> Inquiry:
    """Ask somebody behind the scenes, by mail with a signed link where an address is given.

    The answer is due before the promise that waits for it: an own promise of kind ``inquiry``
    says so. What goes out and what comes back is internal.
    Raises NoQuestion, LaterThanPromise with a time that would do, AlreadySettled where nothing
    waits any more, PastTime, NotAllowed, or what ``channels.domain.forward`` raises.
    """
    case = locked(case_id, actor)
    if not question.text.strip() or not question.name.strip():
        raise NoQuestion
    waits = _waiting(case, question)
    promise = draft_promise(
        case, actor=actor, kind=Kind.INQUIRY, due_at=question.due_at, text=question.name
    )
    promise.save()
    inquiry = Inquiry.objects.create(
        promise=promise,
        waits=waits,
        name=question.name.strip()[:200],
        address=question.address.strip().lower(),
        question=question.text.strip(),
    )
    if inquiry.address:
        words = _mail(inquiry)
        promise.made_in = forward(
            case_id=case.pk, actor=actor, what=Forward(to=[inquiry.address], text=words)
        )
        promise.save(update_fields=["made_in"])
    due = promise.due_at.isoformat()
    asked = {"inquiry": inquiry.pk, "asked": inquiry.name, "due_at": due}
    tell(case, EventKind.INQUIRY_MADE, promise, actor, **asked)
    return inquiry


@transaction.atomic
def answer_inquiry(
    *,
    inquiry_id: int,
    text: str,
    by: str = "",
    restored_at: datetime | None = None,
    actor: User | None = None,
) -> Inquiry:
    """Put the answer of somebody without an account on record, as an internal word in the case.

    ``actor`` is the agent whom they told it, None when they wrote it themselves by their link.
    ``restored_at`` is when they expect it to work again: the customer is told, unless it does.
    Raises AlreadySettled for an inquiry that was answered, NoQuestion for an empty answer,
    PastTime or NotAllowed.
    """
    inquiry = Inquiry.objects.select_related("promise").get(pk=inquiry_id)
    case, promise = hold_owed(inquiry.promise_id, actor)
    inquiry = Inquiry.objects.select_for_update(of=("self",)).get(pk=inquiry_id)
    if not text.strip():
        raise NoQuestion
    if inquiry.answered_at is not None:
        raise AlreadySettled
    said = cases.record_interaction(
        case=case,
        new=cases.NewInteraction(
            channel=Channel.PHONE if actor else Channel.WEB,
            direction=Direction.INBOUND,
            visibility=Visibility.INTERNAL,
            author=actor,
            sender_kind="email" if inquiry.address else "",
            sender_value=inquiry.address,
            sender_name=by.strip() or inquiry.name,
            text=text.strip(),
        ),
    )
    _settle(case, promise, inquiry, said, text=text, by=by, actor=actor)
    if restored_at is not None and case.status in ACTIVE:
        set_estimate(case_id=case.pk, actor=actor, restored_at=restored_at, inquiry=inquiry)
    return inquiry


def answered_by_mail(words: Sequence[Interaction]) -> None:
    """Take what third parties just wrote for the answer to what they were asked."""
    theirs = [
        one
        for one in words
        if one.direction == Direction.INBOUND
        and one.is_internal
        and one.channel == Channel.EMAIL
        and not one.automatic
    ]
    if not theirs:
        return
    open_ones = Inquiry.objects.unanswered().filter(
        promise__case__in={one.case_id for one in theirs}, promise__settled_at=None
    )
    by_party: dict[tuple[int, str], list[Inquiry]] = {}
    for one in _with_promises(open_ones):
        by_party.setdefault((one.promise.case_id, one.address), []).append(one)
    for word in theirs:
        asked = by_party.get((word.case_id, word.sender_value), [])
        inquiry = _meant(asked, word)
        if inquiry is not None:
            asked.remove(inquiry)
            inquiry.promise.case = word.case
            text = word.text_folded
            _settle(word.case, inquiry.promise, inquiry, word, text=text, by=word.sender_name)


@transaction.atomic
def set_estimate(
    *,
    case_id: int,
    actor: User | None,
    restored_at: datetime,
    inquiry: Inquiry | None = None,
) -> Estimate:
    """Say when a case's matter is expected to work again; the customer is told each change.

    The same time said again changes nothing. Records ``estimate_changed``.
    Raises PastTime, NotAllowed or AlreadyMerged.
    """
    case = locked(case_id, actor)
    now = timezone.now()
    if restored_at <= now:
        raise PastTime(now + timedelta(hours=1))
    last = Estimate.objects.filter(case=case).last()
    if last is not None and last.restored_at == restored_at:
        return last
    words = _estimate_words(case, restored_at, changed=last is not None)
    told = tell_in_words(case, ESTIMATE, words)
    estimate = Estimate.objects.create(
        case=case, restored_at=restored_at, actor=actor, inquiry=inquiry, told=told
    )
    due = restored_at.isoformat()
    record(case, EventKind.ESTIMATE_CHANGED, actor=actor, restored_at=due, told=told)
    return estimate


def _meant(asked: Sequence[Inquiry], word: Interaction) -> Inquiry | None:
    """The question that a mail answers: the only one, or that whose mail it names nearest.

    Where several are open and it names none of them, whoever asked reads it and decides.
    """
    if len(asked) < 2:
        return next(iter(asked), None)
    by_mail = {one.promise.made_in_id: one for one in asked if one.promise.made_in_id}
    nearest = nearest_named(word, among=by_mail)
    return by_mail[nearest] if nearest is not None else None


def _waiting(case: Case, question: Question) -> Promise | None:
    """The customer's promise that waits for the answer, which must come before it is due.

    Where none in particular waits, it must come before the first that can still be kept.
    """
    if question.waits is None:
        _check_in_time(question, first_to_keep(case))
        return None
    waits = Promise.objects.owed().filter(pk=question.waits, case=case).first()
    if waits is None:
        raise AlreadySettled
    _check_in_time(question, waits)
    return waits


def _check_in_time(question: Question, needs: Promise | None) -> None:
    if needs is None or needs.is_broken:
        return
    now, latest = timezone.now(), needed_at(needs)
    if question.due_at >= latest:
        raise LaterThanPromise(latest, now + (max(latest, now) - now) / 2)


def _settle(
    case: Case,
    promise: Promise,
    inquiry: Inquiry,
    said: Interaction,
    *,
    text: str,
    by: str,
    actor: User | None = None,
) -> None:
    settle_kept(promise, at=said.received_at, actor=actor, interaction=said)
    promise.save()
    inquiry.answered_at, inquiry.answer = said.received_at, text.strip()
    inquiry.answered_by = (by.strip() or inquiry.name)[:200]
    inquiry.serial += 1
    inquiry.save(update_fields=["answered_at", "answer", "answered_by", "serial"])
    asked = {"inquiry": inquiry.pk, "asked": inquiry.name}
    tell(case, EventKind.INQUIRY_ANSWERED, promise, actor, **asked)


def _with_promises(found: InquiryQuerySet) -> list[Inquiry]:
    return list(found.select_related("promise").select_for_update(of=("self",)).order_by("pk"))


def _mail(inquiry: Inquiry) -> str:
    with timezone.override(None):  # the site's clock, as on the page of the link
        due = dated_time(inquiry.promise.deadline)
        values = {"time": due, "zone": timezone.get_current_timezone_name()}
    parts = [inquiry.question, _("Please answer by %(time)s (%(zone)s).") % values]
    if link := link_to(inquiry):
        parts.append(_("Answer here, without an account: %(link)s") % {"link": link})
    parts.append(_("Or just answer this message."))
    return "\n\n".join(parts)


def _estimate_words(case: Case, restored_at: datetime, *, changed: bool) -> str:
    zone = zone_of(case)
    with translation.override(case.customer.language or settings.LANGUAGE_CODE):
        with timezone.override(zone):
            values = {"number": case.number, "time": dated_time(restored_at), "zone": zone}
        if changed:
            return (
                _(
                    "the expected time for your case %(number)s has changed: we now expect it to"
                    " work again by %(time)s (%(zone)s). If that is too late for you, just answer"
                    " this message."
                )
                % values
            )
        return (
            _(
                "we expect that it works again by %(time)s (%(zone)s); this is about your case"
                " %(number)s. If that is too late for you, just answer this message."
            )
            % values
        )
