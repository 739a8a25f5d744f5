"""Whom a team's rule gives a case to."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts import domain as accounts
from apps.accounts.enums import AssignmentRule, Presence
from apps.accounts.errors import NotYourTeam
from apps.accounts.models import Team, User
from apps.cases import domain
from apps.cases.domain import NewInteraction, draft_case, record_many
from apps.cases.enums import Status
from apps.cases.models import Case
from apps.notifications.models import Notification
from tests.cast import make_case, make_customer, make_user

IN_TURN, LEAST, KNOWS = (
    AssignmentRule.ROUND_ROBIN,
    AssignmentRule.LEAST_LOADED,
    AssignmentRule.KNOWS_CUSTOMER,
)


def rule(team, name, fallback=IN_TURN):
    Team.objects.filter(pk=team.pk).update(assignment_rule=name, assignment_fallback=fallback)
    team.refresh_from_db()


def arrive(team, *customers, owner=None, **fields):
    """Cases as intake opens them: drafts stored with a first word, all at once."""
    drafts = [
        draft_case(customer=customer, channel="email", team=team, subject="Lamp", owner=owner)
        for customer in customers or (make_customer(),)
    ]
    word = NewInteraction(**({"channel": "email", "direction": "inbound", "text": "Dark"} | fields))
    record_many([(draft, word) for draft in drafts])
    return [Case.objects.get(pk=draft.pk) for draft in drafts]


def owners(team, count=1):
    found = [arrive(team)[0].owner for _ in range(count)]
    return [owner and owner.username for owner in found]


def test_team_without_a_rule_gives_nothing_away(lamps, ana_agent):
    (case,) = arrive(lamps)
    assert (case.owner, case.status) == (None, Status.NEW)
    assert domain.give_waiting() == 0


def test_in_turn_goes_round(lamps, ana_agent, ben_agent):
    rule(lamps, IN_TURN)
    assert owners(lamps, 5) == ["ana", "ben", "ana", "ben", "ana"]


def test_in_turn_goes_on_where_a_batch_ended(lamps, ana_agent, ben_agent):
    rule(lamps, IN_TURN)
    batch = arrive(lamps, make_customer(), make_customer(), make_customer())
    assert [case.owner.username for case in batch] == ["ana", "ben", "ana"]
    assert owners(lamps, 2) == ["ben", "ana"]


def test_in_turn_newcomer_comes_next_and_does_not_catch_up(lamps, ana_agent, ben_agent):
    rule(lamps, IN_TURN)
    owners(lamps, 4)
    make_user("carl", lamps)
    assert owners(lamps, 4) == ["carl", "ana", "ben", "carl"]


def test_least_work_counts_active_cases_of_all_teams(lamps, pumps, ana_agent, ben_agent):
    rule(lamps, LEAST)
    for team in (lamps, pumps):
        make_case(team=team, owner=ana_agent)
    make_case(team=lamps, owner=ben_agent)
    done = make_case(team=lamps, owner=ben_agent)
    domain.close_case(case_id=done.pk, actor=ben_agent)
    answered = make_case(team=lamps, owner=ben_agent)
    Case.objects.filter(pk=answered.pk).update(status=Status.WAITING, waiting_since=None)
    assert owners(lamps, 3) == ["ana", "ben", "ana"]


def test_whoever_knows_the_customer_comes_first(lamps, ana_agent, ben_agent, cleo_customer):
    rule(lamps, KNOWS)
    old = make_case(cleo_customer, team=lamps, owner=ana_agent)
    domain.close_case(case_id=old.pk, actor=ana_agent)
    Case.objects.filter(pk=old.pk).update(last_activity_at=timezone.now() - timedelta(days=9))
    make_case(cleo_customer, team=lamps, owner=ben_agent)
    (case,) = arrive(lamps, cleo_customer)
    assert case.owner == ben_agent
    accounts.set_presence(user=ben_agent, presence=Presence.AWAY)
    (case,) = arrive(lamps, cleo_customer)
    assert case.owner == ana_agent


def test_customer_nobody_knows_goes_by_the_second_rule(lamps, ana_agent, ben_agent, cleo_customer):
    make_case(cleo_customer, team=lamps, owner=ana_agent)
    rule(lamps, KNOWS, LEAST)
    (case,) = arrive(lamps)
    assert case.owner == ben_agent
    assert case.events.get(kind="case_assigned").data["rule"] == LEAST
    rule(lamps, KNOWS, AssignmentRule.NONE)
    assert owners(lamps) == [None]
    mixed = arrive(lamps, make_customer(), cleo_customer)
    assert [case.owner for case in mixed] == [None, ana_agent]


def test_event_says_by_which_rule(lamps, ana_agent):
    rule(lamps, LEAST)
    (case,) = arrive(lamps)
    told = list(case.events.values_list("kind", "actor", "data"))
    assert told[1] == (
        "case_assigned",
        None,
        {
            "before": {"owner": None, "team": lamps.pk},
            "after": {"owner": ana_agent.pk, "team": lamps.pk},
            "rule": "least_loaded",
        },
    )
    assert [kind for kind, _actor, _data in told] == [
        "case_opened", "case_assigned", "interaction_recorded",
    ]  # fmt: skip
    assert case.status == Status.OPEN


def test_new_owner_is_told_once(lamps, ana_agent):
    rule(lamps, IN_TURN)
    arrive(lamps)
    told = Notification.objects.filter(recipient=ana_agent, kind="assigned")
    assert list(told.values_list("count", flat=True)) == [1]


@pytest.mark.parametrize("presence", [Presence.BUSY, Presence.AWAY, Presence.WRAP_UP])
def test_nobody_who_is_not_available_is_given_a_case(lamps, ana_agent, presence):
    rule(lamps, IN_TURN)
    accounts.set_presence(user=ana_agent, presence=presence)
    assert owners(lamps) == [None]


def test_nobody_absent_at_night_at_capacity_or_inactive_is_given_a_case(lamps):
    rule(lamps, IN_TURN)
    now = timezone.now()
    absent = make_user("absent", lamps)
    accounts.add_absence(user=absent, begins_at=now, ends_at=now + timedelta(days=1))
    local = timezone.localtime(now, timezone.get_default_timezone())
    other_day = (local + timedelta(days=3)).strftime("%a")
    make_user("night", lamps, working_hours=f"{other_day} 09:00-18:00")
    make_user("full", lamps, capacity=0)
    make_user("gone", lamps, is_active=False)
    make_user("foreign")
    assert owners(lamps) == [None]


def test_capacity_bounds_a_batch_too(lamps, ana_agent, ben_agent):
    rule(lamps, IN_TURN)
    User.objects.filter(pk__in=[ana_agent.pk, ben_agent.pk]).update(capacity=1)
    batch = arrive(lamps, *(make_customer() for _ in range(3)))
    assert [case.owner and case.owner.username for case in batch] == ["ana", "ben", None]


def test_what_a_machine_wrote_is_left_to_people(lamps, ana_agent):
    rule(lamps, IN_TURN)
    (case,) = arrive(lamps, automatic="auto-submitted")
    assert case.owner is None
    assert domain.give_waiting() == 0


def test_owner_is_never_overridden(lamps, ana_agent, ben_agent):
    case = make_case(team=lamps, owner=ben_agent)
    rule(lamps, IN_TURN)
    assert domain.give_waiting() == 0
    domain.assign_by_rule(case=case)
    case.refresh_from_db()
    assert case.owner == ben_agent


@pytest.mark.parametrize("name", [IN_TURN, LEAST, KNOWS])
def test_waiting_case_is_given_once_somebody_comes(lamps, ana_agent, name):
    rule(lamps, name)
    accounts.set_presence(user=ana_agent, presence=Presence.AWAY)
    first, second = arrive(lamps, make_customer(), make_customer())
    assert domain.give_waiting() == 0
    accounts.set_presence(user=ana_agent, presence=Presence.AVAILABLE)
    User.objects.filter(pk=ana_agent.pk).update(capacity=1)
    assert [domain.give_waiting(), domain.give_waiting()] == [1, 0]
    for case in (first, second):
        case.refresh_from_db()
    assert (first.owner, second.owner) == (ana_agent, None)


def test_case_from_before_the_rule_is_given_soon_after_it(lamps, ana_agent, cleo_case, root):
    accounts.set_assignment_rule(team_id=lamps.pk, actor=root, rule=LEAST)
    assert domain.give_waiting() == 1
    cleo_case.refresh_from_db()
    assert cleo_case.owner == ana_agent


def test_case_passed_to_a_team_is_given_by_its_rule(cleo_case, ana_agent, stranger, pumps):
    rule(pumps, IN_TURN)
    case = domain.assign_case(case_id=cleo_case.pk, actor=ana_agent, owner=None, team=pumps)
    assert case.owner == stranger
    told = cleo_case.events.filter(kind="case_assigned").values_list("actor", flat=True)
    assert list(told) == [ana_agent.pk, None]


def test_nobody_gets_back_what_was_put_back(lamps, ana_agent, ben_agent):
    rule(lamps, IN_TURN)
    accounts.set_presence(user=ben_agent, presence=Presence.AWAY)
    (case,) = arrive(lamps)
    domain.assign_case(case_id=case.pk, actor=ana_agent, owner=None)
    assert domain.give_waiting() == 0
    accounts.set_presence(user=ben_agent, presence=Presence.AVAILABLE)
    assert domain.give_waiting() == 1
    case.refresh_from_db()
    assert case.owner == ben_agent


def test_restricted_case_goes_to_the_named_alone(
    lamps, pumps, cleo_case, ana_agent, ben_agent, sam_supervisor
):
    accounts.set_presence(user=sam_supervisor, presence=Presence.AWAY)
    domain.restrict_case(case_id=cleo_case.pk, actor=sam_supervisor, teams=[pumps])
    rule(lamps, IN_TURN)
    assert domain.give_waiting() == 0
    domain.restrict_case(case_id=cleo_case.pk, actor=sam_supervisor, users=[ben_agent])
    assert domain.give_waiting() == 1
    cleo_case.refresh_from_db()
    assert cleo_case.owner == ben_agent


def test_closed_and_reopened_cases(lamps, ana_agent, cleo_case):
    domain.close_case(case_id=cleo_case.pk, actor=ana_agent)
    rule(lamps, IN_TURN)
    assert domain.give_waiting() == 0
    domain.reopen_case(case_id=cleo_case.pk, actor=ana_agent)
    assert domain.give_waiting() == 1


def test_stale_rule_gives_nothing_away(lamps, ana_agent):
    rule(lamps, IN_TURN)
    Team.objects.update(assignment_rule=AssignmentRule.NONE)
    assert owners(lamps) == [None]


def test_cases_given_by_a_rule_still_join(lamps, ana_agent, cleo_customer):
    rule(lamps, IN_TURN)
    into, other = arrive(lamps, cleo_customer) + arrive(lamps, cleo_customer)
    assert domain.join_untouched(into=into, other=other)
    third, fourth = arrive(lamps, cleo_customer) + arrive(lamps, cleo_customer)
    domain.assign_case(case_id=fourth.pk, actor=ana_agent, owner=ana_agent)
    fourth.refresh_from_db()
    assert not domain.join_untouched(into=third, other=fourth)


@pytest.mark.parametrize(
    ("name", "count", "most"),
    [("none", 1, 0), (IN_TURN, 1, 2), (LEAST, 1, 2), (KNOWS, 1, 2), (IN_TURN, 3, 2), (KNOWS, 3, 2)],
)
def test_rule_costs_few_queries_however_many_people_there_are(lamps, name, count, most):
    customers = [make_customer() for _ in range(count)]
    owner = make_user("first", lamps)
    with CaptureQueriesContext(connection) as without:  # its owner is told, too
        arrive(lamps, *customers, owner=None if name == "none" else owner)
    costs = []
    for number in range(2):
        make_user(f"agent{number}", lamps)
        rule(lamps, name)
        with CaptureQueriesContext(connection) as asked:
            arrive(lamps, *customers)
        costs.append(len(asked) - len(without))
    assert costs[0] == costs[1] <= most


def test_only_administrators_set_the_rule(lamps, ana_agent, sam_supervisor, root):
    for user in (ana_agent, sam_supervisor):
        with pytest.raises(NotYourTeam):
            accounts.set_assignment_rule(team_id=lamps.pk, actor=user, rule=LEAST)
    accounts.set_assignment_rule(team_id=lamps.pk, actor=root, rule=KNOWS, fallback=LEAST)
    lamps.refresh_from_db()
    assert (lamps.assignment_rule, lamps.assignment_fallback) == (KNOWS, LEAST)
    assert lamps.history.first().assignment_rule == KNOWS


def test_note_stands_in_the_case_and_in_the_event(cleo_case, ana_agent, ben_agent):
    domain.assign_case(
        case_id=cleo_case.pk, actor=ana_agent, owner=ben_agent, note=" Call her at noon. "
    )
    note = cleo_case.interactions.get(channel="internal")
    assert (note.text, note.visibility, note.author) == ("Call her at noon.", "internal", ana_agent)
    assert cleo_case.events.get(kind="case_assigned").data["note"] == note.pk


def test_refused_hand_over_leaves_no_note(cleo_case, ana_agent, stranger):
    with pytest.raises(domain.owning.CannotBeAssigned):
        domain.assign_case(case_id=cleo_case.pk, actor=ana_agent, owner=stranger, note="Hm")
    assert not cleo_case.interactions.filter(channel="internal").exists()


def test_note_of_a_hand_over_brings_in_whom_it_names(cleo_case, ana_agent, ben_agent, stranger):
    words = f"@{stranger.username} knows the lock best."
    domain.assign_case(case_id=cleo_case.pk, actor=ana_agent, owner=ben_agent, note=words)
    assert cleo_case.followers.filter(user=stranger).exists()
