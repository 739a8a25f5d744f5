from __future__ import annotations

import pytest

from apps.cases import domain
from apps.cases.models import Case
from apps.customers.models import Customer
from tests.cast import make_case, make_customer, make_interaction


@pytest.fixture
def other(cleo_customer, lamps):
    return make_case(cleo_customer, team=lamps, subject="The lamp again", text="It went out.")


def test_merging_answers_the_case_that_goes_on(ana, cleo_case, other):
    answer = ana.at("post", f"cases/{other.number}/merge/", {"into": cleo_case.number})
    assert (answer.status_code, answer.json()["number"]) == (200, cleo_case.number)
    shown = ana.at("get", f"cases/{other.number}/").json()
    assert (shown["status"], shown["merged_into"]) == ("closed", cleo_case.number)
    words = ana.at("get", f"cases/{cleo_case.number}/interactions/").json()["results"]
    assert [word["text"] for word in words] == ["It flickers since this morning.", "It went out."]


def test_merged_cases_stand_in_no_list(ana, cleo_case, other):
    ana.at("post", f"cases/{other.number}/merge/", {"into": cleo_case.number})
    for query in ("", "?status=closed", "?q=lamp", f"?q={other.number}"):
        found = ana.at("get", f"cases/{query}").json()["results"]
        assert other.number not in [case["number"] for case in found], query


def test_merge_is_undone(ana, cleo_case, other):
    ana.at("post", f"cases/{other.number}/merge/", {"into": cleo_case.number, "tell": False})
    answer = ana.at("post", f"cases/{other.number}/unmerge/", {})
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["merged_into"]) == ("new", None)
    assert ana.at("post", f"cases/{other.number}/unmerge/", {}).status_code == 409


def test_merge_that_cannot_be_undone_exactly_is_a_conflict(ana, cleo_case, other):
    ana.at("post", f"cases/{other.number}/merge/", {"into": cleo_case.number})
    make_interaction(Case.objects.get(pk=cleo_case.pk), text="More.")
    answer = ana.at("post", f"cases/{other.number}/unmerge/", {})
    assert answer.status_code == 409
    assert "Split off" in answer.json()["detail"]


@pytest.mark.parametrize("into", ["CC-999999", "nonsense", "foreign"])
def test_unknown_and_foreign_targets_are_refused_alike(ana, cleo_case, pumps, into):
    number = make_case(team=pumps).number if into == "foreign" else into
    answer = ana.at("post", f"cases/{cleo_case.number}/merge/", {"into": number})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"into": ["You know no case with this number."]}


def test_target_that_one_merely_follows_is_refused(ana, cleo_case, pumps, ana_agent, root):
    followed = make_case(team=pumps)
    domain.follow_case(case_id=followed.pk, actor=root, follower=ana_agent)
    answer = ana.at("post", f"cases/{cleo_case.number}/merge/", {"into": followed.number})
    assert answer.status_code == 403


def test_merging_twice_and_into_itself_is_a_conflict(ana, cleo_case, other):
    itself = {"into": cleo_case.number}
    assert ana.at("post", f"cases/{cleo_case.number}/merge/", itself).status_code == 409
    assert ana.at("post", f"cases/{other.number}/merge/", itself).status_code == 200
    again = ana.at("post", f"cases/{other.number}/merge/", itself)
    assert again.status_code == 409
    assert cleo_case.number in again.json()["detail"]


def test_changes_of_a_merged_case_are_conflicts(ana, cleo_case, other):
    ana.at("post", f"cases/{other.number}/merge/", {"into": cleo_case.number})
    note = {"channel": "internal", "direction": "outbound", "body": "Hm"}
    assert ana.at("post", f"cases/{other.number}/interactions/", note).status_code == 409
    assert ana.at("patch", f"cases/{other.number}/", {"subject": "Hm"}).status_code == 409


def test_splitting_answers_the_new_case(ana, cleo_case):
    door = make_interaction(cleo_case, text="The door sticks.", subject="The door")
    fields = {"interactions": [door.pk]}
    answer = ana.at("post", f"cases/{cleo_case.number}/split/", fields)
    assert (answer.status_code, answer.json()["subject"]) == (201, "The door")
    new = Case.objects.by_number(answer.json()["number"]).get()
    assert list(new.interactions.all()) == [door]
    kinds = [
        event["kind"] for event in ana.at("get", f"cases/{new.number}/events/").json()["results"]
    ]
    assert kinds == ["case_opened", "case_split_off"]


@pytest.mark.parametrize("chosen", [[], [10**9], "all", ["x"]])
def test_what_cannot_be_split_is_named(ana, cleo_case, chosen):
    keys = [cleo_case.interactions.get().pk] if chosen == "all" else chosen
    answer = ana.at("post", f"cases/{cleo_case.number}/split/", {"interactions": keys})
    assert answer.status_code == 400
    assert next(iter(answer.json()["errors"])).startswith("interactions")


def test_customers_are_merged_and_parted(ana, lamps):
    work, home = make_customer("Cleo"), make_customer("Cleo")
    make_case(home, team=lamps)
    answer = ana.at("post", f"customers/{home.pk}/merge/", {"into": work.pk})
    assert (answer.status_code, answer.json()["id"]) == (200, work.pk)
    assert len(answer.json()["identities"]) == 2
    listed = [one["id"] for one in ana.at("get", "customers/?q=Cleo").json()["results"]]
    assert listed == [work.pk]
    gone = ana.at("get", f"customers/{home.pk}/").json()
    assert (gone["merged_into"], gone["identities"]) == (work.pk, [])
    assert ana.at("patch", f"customers/{home.pk}/", {"name": "X"}).status_code == 409
    back = ana.at("post", f"customers/{home.pk}/unmerge/", {})
    assert (back.status_code, len(back.json()["identities"])) == (200, 1)
    assert home.cases.count() == 1


def test_who_may_not_read_both_merges_no_customers(ana, lamps, pumps):
    mine, theirs = make_customer("Cleo"), make_customer("Cleo")
    make_case(theirs, team=pumps)
    for customer, into in ((mine, theirs), (theirs, mine)):
        answer = ana.at("post", f"customers/{customer.pk}/merge/", {"into": into.pk})
        assert answer.status_code == 403
    assert ana.at("post", f"customers/{mine.pk}/merge/", {"into": 10**9}).status_code == 400
    assert Customer.objects.standing().count() == 2


def test_case_for_a_merged_customer_is_the_heirs(ana):
    work, home = make_customer("Cleo"), make_customer("Cleo")
    ana.at("post", f"customers/{home.pk}/merge/", {"into": work.pk})
    fields = {"customer": home.pk, "channel": "phone", "subject": "Hm", "body": "Hm"}
    answer = ana.at("post", "cases/", fields)
    assert (answer.status_code, answer.json()["customer"]["id"]) == (201, work.pk)
