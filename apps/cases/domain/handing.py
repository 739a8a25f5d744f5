"""A warm hand-over: a colleague is asked first; until they say yes the sender keeps the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import rules as people
from apps.cases import customer_notices, signals
from apps.cases.domain.events import locked, record
from apps.cases.domain.lifecycle import set_owner
from apps.cases.domain.owning import leave_word, may_own
from apps.cases.enums import EventKind, OfferState, Status
from apps.cases.errors import AlreadyClosed, CannotBeAssigned, CannotBeOffered, OfferOver
from apps.cases.models import Case, CaseFollower, CaseOffer

if TYPE_CHECKING:
    from apps.accounts.models import Team, User

MAX_REASON = 1000


@transaction.atomic
def offer_case(
    *,
    case_id: int,
    actor: User,
    to: User,
    team: Team | None = None,
    note: str = "",
    tell_customer: bool = False,
) -> CaseOffer:
    """Ask a colleague to take a case over; it stays with its owner until they accept.

    A case that has no owner is the actor's from now on. ``team`` is where it goes with its new
    owner, who may read it until then. ``note`` stands in the case as an internal note.
    ``tell_customer``: once accepted, the customer learns the name.

    Raises CannotBeOffered, CannotBeAssigned, AlreadyClosed, NotAllowed or AlreadyMerged.
    """
    case = locked(case_id, actor)
    if case.status == Status.CLOSED:
        raise AlreadyClosed
    _check_receiver(case, actor, to, team)
    if case.owner_id is None:
        _save(case, set_owner(case, actor))
        record(case, EventKind.CASE_TAKEN, actor=actor)
    word = leave_word(case, actor, note) if note.strip() else None
    offer = CaseOffer.objects.create(
        case=case,
        by=actor,
        to=to,
        team=team,
        note=word,
        tell_customer=tell_customer,
        follows=_let_read(case, to),
    )
    told: dict[str, Any] = {"note": word.pk} if word else {}
    record(case, EventKind.CASE_OFFERED, actor=actor, offer=offer.pk, user=to.pk, **told)
    _tell(case)
    return offer


@transaction.atomic
def accept_offer(*, offer_id: int, actor: User) -> Case:
    """Take over a case that one was asked to; its customer is told where that was wished.

    Raises OfferOver unless the question is open and put to the actor,
    CannotBeAssigned when they may not own the case any more, or CaseOffer.DoesNotExist.
    """
    case, offer = _locked_offer(offer_id)
    if offer.to_id != actor.pk:
        raise OfferOver
    before = {"owner": case.owner_id, "team": case.team_id}
    case.team = offer.team or case.team
    if not may_own(actor, case):
        raise CannotBeAssigned(actor.name, str(case.team))
    _settle(offer, OfferState.ACCEPTED)
    _save(case, set_owner(case, actor) | {"team"})
    after = {"owner": case.owner_id, "team": case.team_id}
    values = {"offer": offer.pk, "user": offer.by_id, "before": before, "after": after}
    record(case, EventKind.OFFER_ACCEPTED, actor=actor, **values)
    if offer.tell_customer:
        customer_notices.tell(case, "handed_over")
    return case


@transaction.atomic
def decline_offer(*, offer_id: int, actor: User, reason: str = "") -> Case:
    """Say that one does not take a case over; the reason stands in the case as a note.

    Raises OfferOver unless the question is open and put to the actor, or CaseOffer.DoesNotExist.
    """
    case, offer = _locked_offer(offer_id)
    if offer.to_id != actor.pk:
        raise OfferOver
    word = leave_word(case, actor, reason[:MAX_REASON]) if reason.strip() else None
    _settle(offer, OfferState.DECLINED)
    told = {"note": word.pk} if word else {}
    _record(case, EventKind.OFFER_DECLINED, actor, offer, offer.by_id, **told)
    return case


@transaction.atomic
def withdraw_offer(*, offer_id: int, actor: User) -> Case:
    """Take a question back; whoever may change the case may do so.

    Raises OfferOver when it is settled, NotAllowed, AlreadyMerged or CaseOffer.DoesNotExist.
    """
    locked(CaseOffer.objects.get(pk=offer_id).case_id, actor)
    case, offer = _locked_offer(offer_id)
    _settle(offer, OfferState.WITHDRAWN)
    _record(case, EventKind.OFFER_WITHDRAWN, actor, offer, offer.to_id)
    return case


def case_changed(case: Case, changed: frozenset[str], **_kwargs: Any) -> None:
    """Let an open question end with what it was about: the case closed, or got another owner.

    Hears the signal of that name, in the transaction of the change.
    """
    if case.status != Status.CLOSED and "owner" not in changed:
        return
    offer = CaseOffer.objects.pending().select_for_update(of=("self",)).filter(case=case).first()
    if offer is not None:
        _settle(offer, OfferState.ENDED)
        _record(case, EventKind.OFFER_ENDED, None, offer, offer.to_id)


def _check_receiver(case: Case, actor: User, to: User, team: Team | None) -> None:
    if to.pk in {actor.pk, case.owner_id}:
        raise CannotBeOffered(
            _("%(name)s has this case already. Choose somebody else.") % {"name": to.name}
            if to.pk == case.owner_id
            else _("This would be a question to yourself. Take the case instead.")
        )
    goes_to = team or case.team
    in_team = goes_to is None or people.is_in_team(to, goes_to.pk) or to.is_superuser
    if not to.is_active or not (may_own(to, case) if case.restricted else in_team):
        raise CannotBeAssigned(to.name, str(goes_to))
    asked = CaseOffer.objects.pending().filter(case=case).select_related("to").first()
    if asked is not None:
        said = _("%(name)s is asked already. Withdraw that first.")
        raise CannotBeOffered(said % {"name": asked.to.name})


def _let_read(case: Case, to: User) -> bool:
    """Let the receiver read what they are asked about; whether that is new to them."""
    if Case.objects.visible_to(to).filter(pk=case.pk).exists():
        return False
    return CaseFollower.objects.get_or_create(case=case, user=to)[1]


def _locked_offer(offer_id: int) -> tuple[Case, CaseOffer]:
    """The case and its open question, locked in this order; raises OfferOver."""
    case_id = CaseOffer.objects.get(pk=offer_id).case_id
    case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    offers = CaseOffer.objects.select_for_update(of=("self",))
    offer = offers.select_related("to", "by", "team").get(pk=offer_id)
    if offer.state != OfferState.OPEN:
        raise OfferOver
    return case, offer


def _settle(offer: CaseOffer, state: str) -> None:
    offer.state, offer.settled_at = state, timezone.now()
    offer.save(update_fields=["state", "settled_at"])
    if offer.follows:
        CaseFollower.objects.filter(case_id=offer.case_id, user_id=offer.to_id).delete()


def _record(
    case: Case, kind: str, actor: User | None, offer: CaseOffer, whom: int, **told: int
) -> None:
    record(case, kind, actor=actor, offer=offer.pk, user=whom, **told)
    _tell(case)


def _tell(case: Case) -> None:
    signals.case_changed.send(Case, case=case, changed=frozenset({"offers"}))


def _save(case: Case, fields: set[str]) -> None:
    case.save(update_fields=fields)
    signals.case_changed.send(Case, case=case, changed=frozenset(fields))
