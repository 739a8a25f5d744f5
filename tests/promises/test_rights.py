"""What is owed stays with somebody who may work on its case, and concerns whoever may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from apps.accounts.domain import set_presence
from apps.accounts.enums import Presence, Role
from apps.accounts.models import Membership, Team, User
from apps.cases import domain as cases
from apps.cases.models import Case, CaseEvent
from apps.notifications.models import Notification
from apps.promises import domain
from apps.promises.enums import Kind
from apps.promises.errors import AlreadyTakenBy
from apps.promises.models import Promise
from tests.cast import NOON, make_case, make_customer, make_user
from tests.promises.test_clock import notices


@pytest.fixture
def bens(promise_for, ben_agent) -> Promise:
    """A call in Ana's case that Ben has to make."""
    return promise_for(owner=ben_agent)


@pytest.fixture
def paul(pumps: Team) -> User:
    return make_user("paul", pumps)


def given(case: Case) -> list[tuple[object, object, object]]:
    found = CaseEvent.objects.filter(case=case, kind="promise_given").order_by("pk")
    return [(one.data["before"], one.data["user"], one.data["why"]) for one in found]


def owner_now(promise: Promise) -> User | None:
    promise.refresh_from_db()
    return promise.owner


def leave_team(user: User, team: Team) -> None:
    Membership.objects.filter(user=user, team=team).delete()


def test_case_that_moves_to_another_team_takes_its_promises_along(
    bens, phoned, ana_agent, ben_agent, pumps, paul
):
    cases.assign_case(case_id=phoned.pk, actor=ana_agent, owner=paul, team=pumps)
    assert (owner_now(bens), bens.follows_owner) == (paul, True)
    assert given(phoned) == [(ben_agent.pk, paul.pk, "shut_out")]
    assert notices("promise_given") == {"paul"}


def test_case_that_moves_without_an_owner_leaves_its_promises_to_whoever_takes_them(
    bens, phoned, ana_agent, ben_agent, pumps, paul
):
    cases.assign_case(case_id=phoned.pk, actor=ana_agent, owner=None, team=pumps)
    assert owner_now(bens) is None
    assert given(phoned) == [(ben_agent.pk, None, "shut_out")]
    domain.take_callback(promise_id=bens.pk, actor=paul)
    assert owner_now(bens) == paul


def test_promise_of_somebody_who_may_work_on_the_case_stays(
    bens, phoned, ana_agent, ben_agent, pumps, paul
):
    Membership.objects.create(user=ben_agent, team=pumps, role=Role.AGENT)
    cases.assign_case(case_id=phoned.pk, actor=ana_agent, owner=paul, team=pumps)
    assert (owner_now(bens), given(phoned)) == (ben_agent, [])


@pytest.mark.parametrize("names_owner", [True, False])
def test_restricted_case_gives_its_promises_to_somebody_named(
    bens, phoned, ana_agent, ben_agent, sam_supervisor, names_owner
):
    users = [ana_agent] if names_owner else []
    cases.restrict_case(case_id=phoned.pk, actor=sam_supervisor, users=[*users, sam_supervisor])
    assert owner_now(bens) == (ana_agent if names_owner else None)
    assert given(phoned)[0] == (ben_agent.pk, ana_agent.pk if names_owner else None, "shut_out")


def test_merged_case_gives_its_promises_to_somebody_of_the_other_team(
    bens, phoned, ana_agent, ben_agent, pumps, paul
):
    Membership.objects.create(user=ana_agent, team=pumps, role=Role.AGENT)
    other = make_case(phoned.customer, team=pumps, owner=paul)
    cases.merge_case(case_id=phoned.pk, into_id=other.pk, actor=User.objects.get(pk=ana_agent.pk))
    assert (owner_now(bens), bens.case_id) == (paul, other.pk)


def test_who_left_the_team_is_not_there_and_hears_of_nothing(
    bens, phoned, ana_agent, ben_agent, lamps, sam_supervisor, clock
):
    leave_team(ben_agent, lamps)
    clock.move_to(NOON + timedelta(minutes=51))
    domain.tick()
    assert owner_now(bens) == ana_agent
    clock.move_to(NOON + timedelta(minutes=61))
    domain.tick()
    assert "ben" not in notices("promise_broken")
    assert notices("promise_broken") == {"ana", "sam"}
    assert given(phoned) == [(ben_agent.pk, ana_agent.pk, "shut_out")]


def test_who_left_leaves_the_promise_to_whoever_is_there_when_the_owner_is_away(
    promise_for, phoned, ana_agent, ben_agent, lamps, clock
):
    cara = make_user("cara", lamps)
    promise = promise_for(owner=cara)
    leave_team(cara, lamps)
    set_presence(user=ana_agent, presence=Presence.AWAY)
    clock.move_to(NOON + timedelta(minutes=51))
    domain.tick()
    assert owner_now(promise) == ben_agent


def test_breach_of_what_nobody_has_reaches_the_cases_owner_though_away(
    promise_for, phoned, ana_agent, clock
):
    Promise.objects.filter(pk=promise_for().pk).update(owner=None)
    set_presence(user=ana_agent, presence=Presence.AWAY)
    clock.move_to(NOON + timedelta(minutes=61))
    domain.tick()
    assert notices("promise_broken") == {"ana"}


def test_take_works_on_what_belongs_to_somebody_who_left(
    bens, ana_agent, ben_agent, lamps, sam_supervisor
):
    with pytest.raises(AlreadyTakenBy):
        domain.take_callback(promise_id=bens.pk, actor=sam_supervisor)
    leave_team(ben_agent, lamps)
    domain.take_callback(promise_id=bens.pk, actor=sam_supervisor)
    assert owner_now(bens) == sam_supervisor


@pytest.fixture
def nowhere(clock, unhurried) -> Case:
    """A case without a team and an owner, in which a call is promised within the hour."""
    case = make_case(make_customer("Dora"))
    due = datetime.now(tz=UTC) + timedelta(hours=1)
    domain.make_promise(
        case_id=case.pk, actor=None, kind=Kind.CALLBACK, due_at=due, address="+861012345"
    )
    return case


def test_leads_look_after_what_has_no_team(nowhere, ana_agent, sam_supervisor, root, pumps, clock):
    make_user("petra", pumps, role=Role.LEAD)
    clock.move_to(NOON + timedelta(minutes=31))
    domain.tick()
    assert notices("promise_at_risk") == {"sam", "petra"}
    for minute in (51, 61):
        clock.move_to(NOON + timedelta(minutes=minute))
        domain.tick()
    assert notices("promise_due") == notices("promise_broken") == {"sam", "petra"}


def test_superusers_look_after_what_has_no_team_where_nobody_leads(nowhere, ana_agent, root, clock):
    clock.move_to(NOON + timedelta(minutes=61))
    domain.tick()
    assert notices("promise_broken") == {root.username}


def test_owner_of_a_case_without_a_team_keeps_what_is_theirs(
    nowhere, ana_agent, sam_supervisor, clock
):
    promise = Promise.objects.get(case=nowhere, kind=Kind.CALLBACK)
    Promise.objects.filter(pk=promise.pk).update(owner=ana_agent)
    clock.move_to(NOON + timedelta(minutes=61))
    domain.tick()
    assert owner_now(promise) == ana_agent
    assert not Notification.objects.filter(kind="promise_given").exists()
