"""What the clock tells, whom, and once."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts import domain as accounts
from apps.accounts.enums import Presence
from apps.cases import domain as cases
from apps.cases.models import CaseEvent
from apps.notifications.models import Notification
from apps.promises import domain
from apps.promises.domain.stages import moment_of
from apps.promises.enums import Kind, Stage, State
from apps.promises.models import Promise, Reminder, ServiceLevel
from tests.cast import NOON, make_case


def told(promise: Promise) -> list[tuple[str, int]]:
    """The stages that were told, with the minute after noon in which each was due."""
    found = Reminder.objects.filter(promise=promise).order_by("pk")
    return [(one.stage, round((one.due_at - NOON) / timedelta(minutes=1))) for one in found]


def notices(kind: str) -> set[str]:
    found = Notification.objects.filter(kind=kind)
    return set(found.values_list("recipient__username", flat=True))


def test_stages_come_one_after_the_other_and_each_once(promise_for, clock):
    promise = promise_for(minutes=80)
    seen = []
    for minute in (39, 40, 41, 60, 61, 70, 71, 80, 81, 500):
        clock.move_to(NOON + timedelta(minutes=minute))
        domain.tick()
        domain.tick()
        seen.append(len(told(promise)))
    assert seen == [0, 1, 1, 2, 2, 3, 3, 4, 4, 4]
    assert told(promise) == [
        (Stage.HALF, 40),
        (Stage.THREE_QUARTERS, 60),
        (Stage.SOON, 70),
        (Stage.BROKEN, 80),
    ]


def test_what_was_missed_is_told_once_and_the_deadline_is_when_it_broke(promise_for, phoned, clock):
    promise = promise_for(minutes=80)
    clock.move_to(NOON + timedelta(hours=9))
    assert domain.tick() >= 1
    assert [stage for stage, _due in told(promise)] == list(Stage)
    promise.refresh_from_db()
    assert (promise.state, promise.broken_at) == (State.BROKEN, NOON + timedelta(minutes=80))
    events = CaseEvent.objects.filter(case=phoned, kind="promise_broken")
    assert [event.data["promise"] for event in events].count(promise.pk) == 1


def test_of_stages_that_come_at_once_each_hears_the_last(
    promise_for, phoned, ana_agent, ben_agent, sam_supervisor, clock
):
    promise = promise_for(minutes=80)
    clock.move_to(NOON + timedelta(minutes=71))
    domain.tick()
    assert notices("promise_due") == {"ana"}
    assert notices("promise_at_risk") == {"ben", "sam"}
    assert set(Notification.objects.values_list("count", flat=True)) == {1}
    Notification.objects.all().delete()
    other = promise_for(minutes=80)
    clock.move_to(NOON + timedelta(hours=3))
    domain.tick()
    assert notices("promise_broken") == {"ana", "sam"}
    assert set(Notification.objects.values_list("kind", flat=True)) == {"promise_broken"}
    for one in (promise, other):
        assert [stage for stage, _due in told(one)] == list(Stage)


def test_owner_is_reminded_and_team_and_lead_before(
    promise_for, ana_agent, ben_agent, sam_supervisor, stranger, clock
):
    promise_for(minutes=80)
    clock.move_to(NOON + timedelta(minutes=41))
    domain.tick()
    assert notices("promise_at_risk") == {"ana", "ben", "sam"}
    clock.move_to(NOON + timedelta(minutes=71))
    domain.tick()
    assert notices("promise_due") == {"ana"}
    clock.move_to(NOON + timedelta(minutes=81))
    domain.tick()
    assert notices("promise_broken") == {"ana", "sam"}


def test_promise_of_somebody_away_goes_to_somebody_there(
    promise_for, phoned, ana_agent, ben_agent, clock
):
    promise = promise_for(minutes=80)
    accounts.set_presence(user=ana_agent, presence=Presence.AWAY)
    clock.move_to(NOON + timedelta(minutes=71))
    domain.tick()
    promise.refresh_from_db()
    phoned.refresh_from_db()
    assert (promise.owner, phoned.owner) == (ben_agent, ana_agent)
    assert notices("promise_given") == {"ben"}
    assert notices("promise_due") == {"ben"}
    given = CaseEvent.objects.get(case=phoned, kind="promise_given")
    assert given.data["why"] == "away"


def test_nobody_there_leaves_the_promise_where_it_is(promise_for, ana_agent, clock):
    promise = promise_for(minutes=80)
    accounts.set_presence(user=ana_agent, presence=Presence.AWAY)
    clock.move_to(NOON + timedelta(minutes=81))
    domain.tick()
    promise.refresh_from_db()
    assert (promise.owner, promise.state) == (ana_agent, State.BROKEN)


def test_restricted_case_is_nobody_elses_business(
    promise_for, phoned, ana_agent, sam_supervisor, ben_agent, clock
):
    promise_for(minutes=80)
    cases.restrict_case(case_id=phoned.pk, actor=sam_supervisor, users=[ana_agent])
    for minute in (41, 81):
        clock.move_to(NOON + timedelta(minutes=minute))
        domain.tick()
    assert notices("promise_at_risk") == {"ana"}
    assert notices("promise_broken") == {"ana"}


@pytest.mark.parametrize(
    ("hour", "hours", "half", "three_quarters"),
    [
        ("09:00", 2, "10:00", "10:30"),  # inside the hours: by the wall clock
        ("11:00", 3, "12:00", "13:30"),  # lunch counts nothing
        ("16:00", 19, "18:00", "10:00"),  # two hours of today, two of tomorrow
        ("19:00", 2, "20:00", "20:30"),  # nobody is there at all: by the wall clock
    ],
)
def test_shares_are_those_of_opening_time(
    promise_for, office, clock, hour, hours, half, three_quarters
):
    begin = datetime.fromisoformat(f"2026-05-12 {hour}+08:00")
    clock.move_to(begin)
    promise = promise_for(minutes=60 * hours)
    told = [moment_of(promise, stage) for stage in (Stage.HALF, Stage.THREE_QUARTERS)]
    shown = [timezone.localtime(at) for at in told]
    expected = [time.fromisoformat(one) for one in (half, three_quarters)]
    for at, on_the_clock in zip(shown, expected, strict=True):
        late = at - datetime.combine(at.date(), on_the_clock, at.tzinfo)
        assert timedelta(0) <= late < timedelta(seconds=10)
    assert told[0] < told[1] < promise.deadline


def test_clock_of_an_answer_is_at_risk_in_opening_hours(office, cleo_case, lamps, clock):
    ServiceLevel.objects.create(first_reply=240)
    clock.move_to(datetime.fromisoformat("2026-05-12 16:00+08:00"))
    answer = Promise.objects.get(case=make_case(team=lamps))
    assert timezone.localtime(answer.deadline).isoformat() == "2026-05-13T11:00:00+08:00"
    risky = timezone.localtime(moment_of(answer, Stage.THREE_QUARTERS))
    assert (risky.day, risky.hour, risky.minute) == (13, 10, 0)


def test_settled_promise_is_silent(promise_for, ana_agent, clock):
    promise = promise_for(minutes=80)
    domain.keep_promise(promise_id=promise.pk, actor=ana_agent)
    clock.move_to(NOON + timedelta(minutes=90))
    domain.tick()
    assert told(promise) == []


def test_idle_tick_asks_once(promise_for, clock):
    promise_for()
    domain.tick()
    with CaptureQueriesContext(connection) as captured:
        assert domain.tick() == 0
    assert len(captured) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_tick_costs_the_same_for_one_promise_and_for_three(
    promise_for, lamps, ana_agent, clock, count
):
    for _ in range(count):
        case = make_case(team=lamps, owner=ana_agent, channel="phone")
        domain.make_promise(
            case_id=case.pk,
            actor=ana_agent,
            kind=Kind.FOLLOW_UP,
            due_at=NOON + timedelta(minutes=80),
        )
    clock.move_to(NOON + timedelta(minutes=81))
    with CaptureQueriesContext(connection) as captured:
        assert domain.tick() == count
    assert len(captured) <= 20
