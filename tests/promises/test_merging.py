"""Merged, parted and split cases: what was promised is owed once, and nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import Team, User
from apps.cases import domain as cases
from apps.cases.domain import Terms
from apps.cases.models import Case
from apps.promises import domain
from apps.promises.domain.holding import refresh_dues
from apps.promises.enums import REPLIES, Kind
from apps.promises.models import Attempt, Promise, Reminder
from tests.cast import NOON, make_case, make_customer, make_interaction, make_user

pytestmark = pytest.mark.django_db
QUIET = Terms(tell=False, seat_customer=False)
DEEDS = ("answer", "ask", "promise", "call", "keep", "withdraw", "move", "wait", "resolve")
names = count(1)


@st.composite
def stories(draw) -> list[tuple[int, str, int]]:
    """What happens to which of two cases, and after how many minutes."""
    deed = st.tuples(st.integers(0, 1), st.sampled_from(DEEDS), st.integers(1, 300))
    return draw(st.lists(deed, max_size=8))


def perform(case_id: int, deed: str, agent: User) -> None:
    case = Case.objects.get(pk=case_id)
    owed = Promise.objects.owed().filter(case=case, automatic=False).first()
    now = datetime.now(tz=UTC)
    match deed:
        case "answer":
            make_interaction(case, direction="outbound", author=agent, channel="phone")
        case "ask":
            make_interaction(case, text="And now?")
        case "promise" | "call":
            kind = Kind.CALLBACK if deed == "call" else Kind.PROGRESS_UPDATE
            due = now + timedelta(minutes=45)
            domain.make_promise(
                case_id=case_id, actor=agent, kind=kind, due_at=due, address="+861012345"
            )
        case "keep" if owed:
            domain.keep_promise(promise_id=owed.pk, actor=agent)
        case "withdraw" if owed and not owed.is_broken and owed.deadline > now:
            domain.withdraw_promise(promise_id=owed.pk, actor=agent, reason="They came by")
        case "move" if owed:
            later = now + timedelta(hours=3)
            domain.renegotiate_promise(
                promise_id=owed.pk, actor=agent, due_at=later, consent="By phone"
            )
        case "resolve" if not case.is_ended:
            cases.resolve_case(case_id=case_id, actor=agent)
        case "wait":
            domain.tick()


@pytest.fixture
def agent(db) -> User:
    return make_user("vera", Team.objects.create(name="Property"))


def two_cases(agent: User) -> tuple[int, int]:
    customer = make_customer(email=f"two{next(names)}@example.org")
    team = agent.teams.get()
    first, second = (make_case(customer, team=team, owner=agent).pk for _ in range(2))
    return first, second


def told(story, pair, agent, traveller) -> None:
    for which, deed, minutes in story:
        traveller.shift(timedelta(minutes=minutes))
        perform(pair[which], deed, agent)
    domain.tick()


def state(*case_ids: int) -> dict[str, list]:
    """All that was promised in these cases, tried and told, and what their caches say."""
    promises = Promise.objects.filter(case__in=case_ids).order_by("pk")
    return {
        "promises": list(promises.values()),
        "attempts": list(Attempt.objects.filter(promise__in=promises).order_by("pk").values()),
        "told": list(Reminder.objects.filter(promise__in=promises).order_by("pk").values()),
        "dues": list(Case.objects.filter(pk__in=case_ids).order_by("pk").values("pk", "due_at")),
    }


def check(*case_ids: int) -> None:
    """What holds always: one clock for each case that waits, and true caches."""
    for case in Case.objects.filter(pk__in=case_ids):
        clocks = Promise.objects.owed().filter(case=case, automatic=True, kind__in=REPLIES)
        assert clocks.count() == (case.waiting_since is not None)
        due_at = case.due_at
        refresh_dues({case.pk})
        assert Case.objects.get(pk=case.pk).due_at == due_at


EXAMPLES = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@EXAMPLES
@given(story=stories())
def test_undone_merge_leaves_the_promises_exactly_as_they_were(agent, story):
    with time_machine.travel(NOON, tick=False) as traveller:
        pair = two_cases(agent)
        told(story, pair, agent, traveller)
        check(*pair)
        before = state(*pair)
        merged, into = pair
        cases.merge_case(case_id=merged, into_id=into, actor=agent, terms=QUIET)
        check(*pair)
        assert not Promise.objects.filter(case=merged).exists()
        assert Promise.objects.filter(case=into).count() == len(before["promises"])
        cases.unmerge_case(case_id=merged, actor=agent)
        check(*pair)
        assert state(*pair) == before


@EXAMPLES
@given(story=stories(), chosen=st.integers(0, 20))
def test_split_moves_no_promise_and_starts_the_clocks_that_the_words_demand(agent, story, chosen):
    with time_machine.travel(NOON, tick=False) as traveller:
        pair = two_cases(agent)
        told(story, pair, agent, traveller)
        case_id = pair[0]
        case = Case.objects.get(pk=case_id)
        make_interaction(case, text="By the way, the door sticks, too.")
        words = list(case.interactions.exclude(channel="internal").order_by("pk"))
        before = set(Promise.objects.filter(case=case_id).values_list("pk", flat=True))
        picked = [words[chosen % len(words)].pk]
        new = cases.split_case(case_id=case_id, actor=agent, interactions=picked)
        check(case_id, new.pk)
        here = set(Promise.objects.filter(case=case_id).values_list("pk", flat=True))
        assert before <= here
        assert all(one.automatic for one in Promise.objects.filter(case=new.pk))
        kinds = set(Promise.objects.filter(case=new.pk).values_list("kind", flat=True))
        assert kinds <= set(REPLIES)
        new.refresh_from_db()
        if new.waiting_since:
            clock = Promise.objects.owed().get(case=new.pk)
            assert clock.made_at == new.waiting_since


def test_merged_cases_owe_one_answer_the_one_that_is_due_first(clock, agent):
    first, second = two_cases(agent)
    by_hand = domain.make_promise(
        case_id=second, actor=agent, kind=Kind.FOLLOW_UP, due_at=NOON + timedelta(hours=1)
    )
    earliest = Promise.objects.replies().filter(case__in=[first, second]).order_by("deadline")[0]
    cases.merge_case(case_id=second, into_id=first, actor=agent, terms=QUIET)
    owed = Promise.objects.owed().filter(case=first)
    assert set(owed) == {by_hand, earliest}
    assert Case.objects.get(pk=first).due_at == min(one.deadline for one in owed)
    assert Case.objects.get(pk=second).due_at is None
