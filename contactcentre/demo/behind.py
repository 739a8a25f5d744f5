"""Questions behind the scenes, an expected time and a return-visit campaign, demonstrated."""

from __future__ import annotations

from datetime import datetime, timedelta

from apps.cases.models import Case
from apps.promises import domain
from apps.promises.domain.waiting import first_to_keep
from apps.promises.enums import Outcome
from apps.promises.models import Attempt, Estimate, Inquiry, Promise, Visit
from contactcentre.demo.backdating import backdate
from contactcentre.demo.telling import Cast

ASKED_AGO, OPEN_FOR = timedelta(minutes=18), timedelta(minutes=72)
ANSWERED_AFTER, ANSWER_DUE = timedelta(minutes=41), timedelta(minutes=60)
BEGUN_AGO, RUNS_FOR = timedelta(days=2), timedelta(days=5)
SCRIPT = """\
Greet them by name. Ask how the new pads feel in the rain, and whether the van came on time.
称呼对方，先问雨天刹车手感如何，再问上门是否准时。听到不满，当场约好回访的时间。"""
OUTCOMES = ("satisfied 满意", "wants a check 想再检查", "unhappy 不满意")
CALLED = ("nadia", "joy", "gareth", "fang", "tan", "qiao", "bai", "ke")
SAID = {"nadia": 0, "tan": 0, "joy": 1}  # the place of the outcome
NOT_REACHED = "gareth"


def ask_and_call(cast: Cast) -> None:
    """One open question, one answered with an expected time, one campaign on its way."""
    _ask_the_workshop(cast)
    _hear_from_the_maker(cast)
    _call_round(cast)


def _ask_the_workshop(cast: Cast) -> None:
    case = _case(cast, "owen", "Brake of cargo bike 2")
    due_at = _in_time(case, cast.now + OPEN_FOR)
    question = domain.Question(
        name="Larkhaven workshop",
        text="Cargo bike 2 at Tallis Bakery: third squeal. When can you swap disc and carrier?",
        due_at=due_at,
        address="workshop@kestrel-cycles.example",
        waits=_waiting(case, due_at),
    )
    domain.ask(case_id=case.pk, actor=cast.users["agent"], question=question)
    _move(case, cast, cast.now - ASKED_AGO)


def _hear_from_the_maker(cast: Cast) -> None:
    case = _case(cast, "nadia", "Battery stops charging")
    asked = cast.now - timedelta(hours=3)
    question = domain.Question(
        name="Voltkern, cell laboratory",
        text="Pack KB7-19 stops at 40 %. Is that the balancer again, and when is the new firmware?",
        due_at=_in_time(case, cast.now + ANSWER_DUE),
    )
    inquiry = domain.ask(case_id=case.pk, actor=cast.users["agent"], question=question)
    _move(case, cast, asked)
    domain.answer_inquiry(
        inquiry_id=inquiry.pk,
        text="It is the balancer. The firmware is in its last test and comes tomorrow.",
        by="Dr Imke Roth",
        restored_at=cast.now + timedelta(hours=22),
    )
    _move(case, cast, asked + ANSWERED_AFTER)
    domain.set_estimate(
        case_id=case.pk,
        actor=cast.users["agent"],
        restored_at=cast.now + timedelta(hours=26),
    )
    _move(case, cast, cast.now - timedelta(minutes=35))
    due = asked + ANSWER_DUE
    Promise.objects.filter(inquiry=inquiry).update(due_at=due, deadline=due)


def _call_round(cast: Cast) -> None:
    begun = cast.now - BEGUN_AGO
    plan = domain.Plan(
        name="Two weeks with the new brake pads 新刹车片用了两周",
        team=cast.teams["care"],
        due_at=cast.now + RUNS_FOR,
        script=SCRIPT,
        outcomes="\n".join(OUTCOMES),
    )
    chosen = {key: cast.customers[key] for key in CALLED}
    lead, agent = cast.users["lead"], cast.users["agent"]
    campaign = domain.start_campaign(actor=lead, plan=plan, customers=chosen.values())
    campaign.made_at = begun
    campaign.save(update_fields=["made_at"])
    visits = Visit.objects.filter(campaign=campaign).select_related("promise__case")
    of = {visit.promise.case.customer_id: visit for visit in visits}
    for key, customer in chosen.items():
        visit = of[customer.pk]
        case = visit.promise.case
        _move(case, cast, begun)
        if key in SAID:
            answer = OUTCOMES[SAID[key]]
            domain.finish_visit(visit_id=visit.pk, actor=agent, outcome=answer)
            _move(case, cast, cast.now - timedelta(hours=20))
        if key == NOT_REACHED:
            promise = visit.promise_id
            domain.record_attempt(promise_id=promise, actor=agent, outcome=Outcome.NO_ANSWER)
            _move(case, cast, cast.now - timedelta(hours=2))


def _case(cast: Cast, customer: str, subject: str) -> Case:
    theirs = Case.objects.filter(customer=cast.customers[customer])
    return theirs.get(subject__startswith=subject)


def _in_time(case: Case, due_at: datetime) -> datetime:
    """That time, or one before the first promise to the customer."""
    first = first_to_keep(case)
    return due_at if first is None else min(due_at, first.deadline - timedelta(minutes=5))


def _waiting(case: Case, due_at: datetime) -> int | None:
    """The key of what the customer was promised after that time, if anything."""
    later = Promise.objects.owed().filter(case=case, deadline__gt=due_at)
    return later.next_first().values_list("pk", flat=True).first()


def _move(case: Case, cast: Cast, to: datetime) -> None:
    """Let what was just written of a case have happened then."""
    backdate(case, since=cast.now, to=to)
    since = {"promise__case": case, "at__gte": cast.now}
    Attempt.objects.filter(**since).update(at=to)
    Estimate.objects.filter(case=case, at__gte=cast.now).update(at=to)
    Inquiry.objects.filter(promise__case=case, answered_at__gte=cast.now).update(answered_at=to)
    promises = Promise.objects.filter(case=case)
    promises.filter(made_at__gte=cast.now).update(made_at=to, line_since=to)
    promises.filter(settled_at__gte=cast.now).update(settled_at=to)
