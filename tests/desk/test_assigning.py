"""Giving a case away at the desk: whom one sees, what the receiver reads."""

from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts import domain as accounts
from apps.accounts.enums import AssignmentRule, Presence
from apps.accounts.models import Team, User
from apps.cases import domain
from apps.cases.models import Case
from tests.cast import make_case, make_customer, make_user

HTMX = {"HX-Request": "true"}


def panel(client: Client, case: Case):
    return client.get(reverse("desk:assign", args=[case.number]), headers=HTMX)


def page(client: Client, case: Case) -> str:
    return client.get(reverse("desk:case", args=[case.number])).text


def hand_over(client: Client, case: Case, **data):
    return client.post(reverse("desk:assign", args=[case.number]), data)


def test_panel_shows_who_is_there_and_how_much_they_have_to_do(
    ana: Client, ana_agent: User, ben_agent: User, lamps: Team, her_case: Case
):
    now = timezone.now()
    accounts.set_presence(user=ben_agent, presence=Presence.BUSY)
    carl = make_user("carl", lamps, display_name="Carl", capacity=5)
    make_case(team=lamps, owner=carl)
    dora = make_user("dora", lamps, display_name="Dora")
    accounts.add_absence(user=dora, begins_at=now, ends_at=now + timedelta(days=1))
    other_day = (timezone.localtime(now) + timedelta(days=3)).strftime("%a")
    make_user("eve", lamps, display_name="Eve", working_hours=f"{other_day} 09:00-18:00")
    shown = panel(ana, her_case).context["panel"].form.fields["owner"].choices
    assert [label for _value, label in shown] == [
        "Nobody, back to the queue",
        "Ana · Available · 1 open case",
        "Ben · Busy · 0 open cases",
        "Carl · Available · 1 of 5 cases",
        "Dora · absent · 0 open cases",
        "Eve · not at work · 0 open cases",
    ]


def test_panel_costs_the_same_for_one_and_three_colleagues(
    ana: Client, lamps: Team, her_case: Case
):
    counts = []
    panel(ana, her_case)
    for more in (1, 2):
        for number in range(more):
            make_user(f"more{more}{number}", lamps)
        with CaptureQueriesContext(connection) as asked:
            panel(ana, her_case)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_note_reaches_the_receiver_until_they_have_spoken(
    ana: Client, ben_agent: User, at_desk, her_case: Case
):
    hand_over(ana, her_case, owner=ben_agent.pk, note="She is at home until <noon>.")
    ben = at_desk(ben_agent)
    shown = page(ben, her_case)
    assert "Ana</bdi> handed this case over" in shown or "Ana handed this case over" in shown
    assert "<q" in shown
    assert "She is at home until &lt;noon&gt;." in shown
    assert "handed this case over" not in page(ana, her_case)
    domain.note(case_id=her_case.pk, actor=ben_agent, text="I call her.")
    assert "handed this case over" not in page(ben, her_case)


def test_note_to_another_team_is_for_its_people(
    ana: Client, pumps: Team, stranger: User, at_desk, her_case: Case
):
    answer = hand_over(ana, her_case, owner="", team=pumps.pk, note="A pump after all.")
    assert answer["Location"] == reverse("desk:inbox")
    shown = page(at_desk(stranger), her_case)
    assert "A pump after all." in shown
    assert "handed this case over" in shown


def test_story_says_that_there_was_a_note(ana: Client, ben_agent: User, her_case: Case):
    hand_over(ana, her_case, owner=ben_agent.pk, note="Hm")
    note = her_case.interactions.get(channel="internal")
    assert f'<a href="#ix{note.pk}">with a note</a>' in page(ana, her_case)


def test_story_says_by_which_rule_a_case_was_given(ana: Client, lamps: Team, ana_agent: User):
    told = {}
    make_case(customer := make_customer(), team=lamps, owner=ana_agent)
    for rule in ("round_robin", "least_loaded", "knows_customer"):
        Team.objects.update(assignment_rule=AssignmentRule.NONE)
        case = make_case(customer, team=lamps)
        Team.objects.update(assignment_rule=rule)
        assert domain.give_waiting() == 1
        told[rule] = page(ana, case)
    assert "it was their turn" in told["round_robin"]
    assert "they had the least work" in told["least_loaded"]
    assert "who knows the customer" in told["knows_customer"]


def test_hand_over_costs_the_page_of_the_case_no_query(
    ana: Client, ben_agent: User, at_desk, her_case: Case
):
    domain.assign_case(case_id=her_case.pk, actor=ben_agent, owner=ben_agent)
    ben = at_desk(ben_agent)
    counts = []
    page(ben, her_case)
    for note in ("", "Look here."):
        if note:
            hand_over(ana, her_case, owner=ben_agent.pk, note=note)
            page(ben, her_case)  # marks what one is told as read
        with CaptureQueriesContext(connection) as asked:
            page(ben, her_case)
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 1  # the name of whoever wrote the note


def test_administrator_sets_the_rule_with_its_help(client: Client, root: User, lamps: Team):
    client.force_login(root)
    address = reverse("admin:accounts_team_change", args=[lamps.pk])
    assert "below their number of cases" in client.get(address).text
    values = {
        "name": "Lamps",
        "assignment_rule": "least_loaded",
        "assignment_fallback": "round_robin",
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    }
    assert client.post(address, values).status_code == 302
    lamps.refresh_from_db()
    assert lamps.assignment_rule == AssignmentRule.LEAST_LOADED
