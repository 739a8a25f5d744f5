"""Teams and their rules, and handing cases over, by programs."""

from __future__ import annotations

import pytest

from apps.accounts.models import Team
from apps.cases.models import Case

RULE = {"assignment_rule": "knows_customer", "assignment_fallback": "least_loaded"}
NEW = {
    "identity": "phone:+8613800138000",
    "kind": "help",
    "channel": "phone",
    "subject": "Lamp",
    "body": "It is dark.",
}


def test_members_read_their_own_teams_alone(ana, chief, lamps, pumps):
    own = {
        "id": lamps.pk,
        "name": "Lamps",
        "assignment_rule": "none",
        "assignment_fallback": "round_robin",
    }
    assert ana.at("get", "teams/").json()["results"] == [own]
    assert ana.at("get", f"teams/{lamps.pk}/").json() == own
    assert ana.at("get", f"teams/{pumps.pk}/").status_code == 404
    names = [team["name"] for team in chief.at("get", "teams/").json()["results"]]
    assert sorted(names) == ["Lamps", "Pumps"]


def test_administrator_changes_the_rule(chief, lamps):
    answer = chief.at("patch", f"teams/{lamps.pk}/", RULE)
    assert answer.status_code == 200
    assert answer.json() == {"id": lamps.pk, "name": "Lamps"} | RULE


def test_members_and_leads_may_not_change_the_rule(ana, sam, outsider, lamps):
    answers = [one.at("patch", f"teams/{lamps.pk}/", RULE) for one in (ana, sam, outsider)]
    assert [one.status_code for one in answers] == [403, 403, 404]
    assert "administrator" in answers[0].json()["detail"]
    lamps.refresh_from_db()
    assert lamps.assignment_rule == "none"


@pytest.mark.parametrize(
    "fields",
    [
        {"assignment_rule": "by_dice"},
        {"assignment_fallback": "knows_customer"},
        {"name": "Bulbs"},
    ],
)
def test_wrong_rule_names_its_field(chief, lamps, fields):
    answer = chief.at("patch", f"teams/{lamps.pk}/", fields)
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == set(fields)


def test_created_case_is_given_by_the_rule(ana, ana_agent, ben_agent):
    Team.objects.update(assignment_rule="least_loaded")
    owners = [ana.at("post", "cases/", NEW).json()["owner"] for _ in range(3)]
    assert owners == ["ana", "ben", "ana"]
    events = ana.at("get", f"cases/{Case.objects.last().number}/events/").json()["results"]
    given = next(event for event in events if event["kind"] == "case_assigned")
    assert (given["actor"], given["data"]["rule"]) == (None, "least_loaded")


def test_hand_over_leaves_its_note(ana, ben_agent, cleo_case):
    fields = {"owner": "ben", "note": "Call her at noon."}
    assert ana.at("post", f"cases/{cleo_case.number}/assign/", fields).json()["owner"] == "ben"
    note = cleo_case.interactions.get(channel="internal")
    assert (note.text, note.visibility) == ("Call her at noon.", "internal")


def test_note_without_a_receiver_is_refused(ana, cleo_case):
    answer = ana.at("post", f"cases/{cleo_case.number}/assign/", {"note": "Hm"})
    assert answer.status_code == 400
