from __future__ import annotations

from itertools import chain

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.api.serializers.promises import PromiseOut
from apps.cases import domain, guards
from apps.cases.models import Case, CaseEvent
from apps.customers.models import Customer
from tests.cast import make_case, make_customer, make_interaction


def shape_of(promise):
    """A promise as it is shown within its case."""
    return dict(PromiseOut(promise).data)


CASE = {
    "identity": "phone:+8613800138000",
    "kind": "complaint",
    "channel": "phone",
    "subject": "路灯不亮",
    "body": "从昨晚开始不亮。",
}


def test_created_case_has_agreed_shape(ana, lamps):
    answer = ana.at("post", "cases/", CASE)
    assert answer.status_code == 201
    case = Case.objects.get()
    customer = Customer.objects.get()
    assert answer.json() == {
        "number": f"CC-{case.pk:06d}",
        "subject": "路灯不亮",
        "kind": "complaint",
        "status": "new",
        "priority": "normal",
        "customer": {
            "id": customer.pk,
            "name": "",
            "identities": ["phone:+8613800138000"],
        },
        "owner": None,
        "team": "Lamps",
        "tags": [],
        "need": "",
        "channel": "phone",
        "opened_at": case.opened_at.isoformat().replace("+00:00", "Z"),
        "first_reply_at": None,
        "resolved_at": None,
        "closed_at": None,
        "needed_by": None,
        "needed_by_said": False,
        "next_promise": shape_of(case.promises.get()),
        "merged_into": None,
    }


def test_body_becomes_inbound_public_interaction_of_customer(ana):
    number = ana.at("post", "cases/", CASE).json()["number"]
    word = Case.objects.by_number(number).get().interactions.get()
    assert (word.direction, word.visibility, word.channel, word.text, word.sender_value) == (
        "inbound",
        "public",
        "phone",
        "从昨晚开始不亮。",
        "+8613800138000",
    )


@pytest.mark.parametrize(
    "channel", ["email", "phone", "fax", "web", "bbs", "reception", "internal"]
)
def test_every_channel_of_the_data_is_accepted(ana, channel):
    answer = ana.at("post", "cases/", CASE | {"channel": channel})
    assert (answer.status_code, answer.json()["channel"]) == (201, channel)


def test_case_on_the_channel_internal_begins_with_a_note(ana, ana_agent):
    number = ana.at("post", "cases/", CASE | {"channel": "internal"}).json()["number"]
    (note,) = ana.at("get", f"cases/{number}/interactions/").json()["results"]
    shown = [note[name] for name in ("channel", "visibility", "direction", "author")]
    assert shown == ["internal", "internal", "outbound", ana_agent.username]
    assert Case.objects.get().waiting_since is None


def test_known_identity_finds_its_customer(ana, cleo_customer):
    answer = ana.at("post", "cases/", CASE | {"identity": "email:CLEO@example.org"})
    assert answer.json()["customer"]["id"] == cleo_customer.pk


def test_case_for_customer_by_id_and_no_team(ana, cleo_customer):
    fields = {key: value for key, value in CASE.items() if key != "identity"}
    answer = ana.at("post", "cases/", fields | {"customer": cleo_customer.pk, "team": None})
    assert answer.status_code == 201
    assert answer.json()["team"] is None


def test_case_for_masked_customer_is_refused(outsider, cleo_case):
    """A case would open the customer's addresses to a stranger."""
    fields = {key: value for key, value in CASE.items() if key != "identity"}
    answer = outsider.at("post", "cases/", fields | {"customer": cleo_case.customer_id})
    assert answer.status_code == 400
    assert Case.objects.count() == 1


def test_case_opened_for_another_team_shows_no_address(outsider, cleo_case, lamps):
    fields = CASE | {"identity": "email:cleo@example.org", "team": "Lamps"}
    answer = outsider.at("post", "cases/", fields)
    assert answer.status_code == 201
    assert answer.json()["customer"]["identities"] == ["email:c•••@•••"]


def test_patch_changes_named_fields_alone(ana, cleo_case):
    change = {"kind": "question", "priority": "high", "need": "Light", "tags": ["b", "a"]}
    answer = ana.at("patch", f"cases/{cleo_case.number}/", change)
    assert answer.status_code == 200
    shown = answer.json()
    assert {key: shown[key] for key in change} == change | {"tags": ["a", "b"]}
    assert shown["subject"] == cleo_case.subject


@pytest.mark.parametrize("field", ["status", "owner", "team", "customer", "number", "opened_at"])
def test_patch_of_read_only_field_is_400(ana, cleo_case, field):
    answer = ana.at("patch", f"cases/{cleo_case.number}/", {field: "x"})
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {field})


def test_assign_gives_case_to_colleague_and_back(ana, ben_agent, cleo_case):
    path = f"cases/{cleo_case.number}/assign/"
    given = ana.at("post", path, {"owner": "ben"}).json()
    back = ana.at("post", path, {"owner": None}).json()
    assert [(given["owner"], given["status"]), (back["owner"], back["status"])] == [
        ("ben", "open"),
        (None, "open"),
    ]


def test_assign_to_other_team_leaves_owner_behind(ana, ana_agent, cleo_case, pumps):
    domain.take_case(case_id=cleo_case.pk, actor=ana_agent)
    answer = ana.at("post", f"cases/{cleo_case.number}/assign/", {"team": "Pumps"})
    assert (answer.status_code, answer.json()["team"], answer.json()["owner"]) == (
        200,
        "Pumps",
        None,
    )
    assert ana.at("get", f"cases/{cleo_case.number}/").status_code == 404


def test_assign_to_outsider_names_owner(ana, stranger, cleo_case):
    answer = ana.at("post", f"cases/{cleo_case.number}/assign/", {"owner": "stranger"})
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"owner"})


def test_assign_without_anything_is_400(ana, cleo_case):
    assert ana.at("post", f"cases/{cleo_case.number}/assign/", {}).status_code == 400


def test_resolve_close_and_reopen_move_status(ana, cleo_case):
    path = f"cases/{cleo_case.number}"
    steps = ["resolve", "close", "reopen"]
    answers = [ana.at("post", f"{path}/{step}/", {}) for step in steps]
    assert [(a.status_code, a.json()["status"]) for a in answers] == [
        (200, "resolved"),
        (200, "closed"),
        (200, "open"),
    ]
    assert answers[1].json()["closed_at"] is not None
    assert answers[2].json()["closed_at"] is None


def test_close_of_closed_and_reopen_of_open_are_409(ana, cleo_case):
    path = f"cases/{cleo_case.number}"
    assert ana.at("post", f"{path}/reopen/", {}).status_code == 409
    ana.at("post", f"{path}/close/", {})
    assert ana.at("post", f"{path}/close/", {}).status_code == 409


def test_close_with_something_owed_is_409_naming_it(ana, cleo_case, monkeypatch):
    monkeypatch.setattr(guards, "_guards", [lambda case, outcome: ["A callback is owed."]])
    answer = ana.at("post", f"cases/{cleo_case.number}/close/", {})
    assert answer.status_code == 409
    body = answer.json()
    assert body["owed"] == ["A callback is owed."]
    assert {"type", "title", "detail"} <= set(body)


def test_events_tell_the_story(ana, cleo_case):
    ana.at("post", f"cases/{cleo_case.number}/resolve/", {})
    events = ana.at("get", f"cases/{cleo_case.number}/events/").json()["results"]
    assert [(event["kind"], event["actor"]) for event in events] == [
        ("case_opened", None),
        ("interaction_recorded", None),
        ("case_resolved", "ana"),
    ]
    assert set(events[0]) == {"id", "kind", "at", "actor", "data"}


def test_filters_narrow_the_list(ana, ana_agent, ben_agent, lamps):
    mine = make_case(team=lamps, owner=ana_agent, subject="Mine")
    bens = make_case(team=lamps, owner=ben_agent, kind="complaint", subject="Ben's")
    free = make_case(channel="phone", subject="Free")
    domain.update_case(case_id=free.pk, actor=ana_agent, tags=["urgent"])
    domain.resolve_case(case_id=bens.pk, actor=ben_agent)
    expected = {
        "": {mine, bens, free},
        "owner=ana": {mine},
        "owner=me": {mine},
        "owner=none": {free},
        "owner=nobody-of-this-name": set(),
        "team=Lamps": {mine, bens},
        "team=none": {free},
        "kind=complaint": {bens},
        "status=resolved": {bens},
        "status=new&status=open": {mine, free},
        "channel=phone": {free},
        "tag=urgent": {free},
        "tag=other": set(),
        "owner=ana&team=Lamps": {mine},
    }
    found = {
        query: {row["number"] for row in ana.at("get", f"cases/?{query}").json()["results"]}
        for query in expected
    }
    assert found == {query: {case.number for case in cases} for query, cases in expected.items()}


def test_words_find_cases_by_what_was_said(ana, lamps):
    lamp = make_case(team=lamps, subject="路灯", text="灯泡断线了")
    make_case(team=lamps, subject="Pump", text="It leaks")
    for words in ("断线", "路灯", lamp.number):
        rows = ana.at("get", f"cases/?q={words}").json()["results"]
        assert [row["number"] for row in rows] == [lamp.number]


@pytest.mark.parametrize(
    "ordering", ["number", "-number", "opened_at", "-opened_at", "last_activity_at"]
)
def test_pages_show_every_case_once_in_both_directions(ana, lamps, ordering):
    cases = [make_case(team=lamps) for _turn in range(7)]
    Case.objects.filter(pk__in=[c.pk for c in cases[:4]]).update(opened_at=cases[0].opened_at)
    pages = [ana.at("get", f"cases/?limit=3&ordering={ordering}").json()]
    while pages[-1]["next"]:
        pages.append(ana.at("get", pages[-1]["next"]).json())
    numbers = [[row["number"] for row in page["results"]] for page in pages]
    whole = ana.at("get", f"cases/?ordering={ordering}").json()["results"]
    assert list(chain(*numbers)) == [row["number"] for row in whole]
    assert [len(page) for page in numbers] == [3, 3, 1]
    back = ana.at("get", pages[2]["previous"]).json()
    assert [row["number"] for row in back["results"]] == numbers[1]
    first = ana.at("get", back["previous"]).json()
    assert [row["number"] for row in first["results"]] == numbers[0]
    assert (pages[0]["previous"], first["previous"]) == (None, None)


def test_limit_is_bounded(ana, lamps):
    customer = make_customer()
    Case.objects.bulk_create(
        Case(customer=customer, team=lamps, channel="web") for _turn in range(205)
    )
    sizes = [
        len(ana.at("get", f"cases/{query}").json()["results"])
        for query in ("", "?limit=1", "?limit=200", "?limit=100000000000")
    ]
    assert sizes == [50, 1, 200, 200]


def test_list_costs_the_same_queries_for_any_number(ana, lamps):
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert ana.at("get", path).status_code == 200
        return len(queries)

    case = make_case(team=lamps)
    ana.at("get", "cases/")  # the use of the token is noted
    one = cost("cases/"), cost("customers/"), cost(f"cases/{case.number}/interactions/")
    for _turn in range(2):
        make_case(team=lamps)
        make_interaction(case)
    three = cost("cases/"), cost("customers/"), cost(f"cases/{case.number}/interactions/")
    assert one == three
    assert max(three) <= 9


def test_case_is_answered_in_utc_whatever_the_readers_zone(ana_agent, ana, cleo_case):
    ana_agent.timezone = "Asia/Tokyo"
    ana_agent.save()
    ana.force_login(ana_agent)
    shown = ana.at("get", f"cases/{cleo_case.number}/").json()
    assert shown["opened_at"].endswith("Z")


def test_number_is_read_in_either_case(ana, cleo_case):
    assert ana.at("get", f"cases/{cleo_case.number.lower()}/").status_code == 200


STRANGE = [
    ("get", ""),
    ("patch", ""),
    ("get", "interactions/"),
    ("post", "interactions/"),
    ("get", "events/"),
    ("post", "assign/"),
    ("post", "resolve/"),
    ("post", "close/"),
    ("post", "reopen/"),
]


@pytest.mark.parametrize(("method", "path"), STRANGE)
def test_stranger_gets_404_and_changes_nothing(outsider, cleo_case, method, path):
    events = CaseEvent.objects.count()
    answer = outsider.at(method, f"cases/{cleo_case.number}/{path}", {"subject": "x"})
    unknown = outsider.at(method, f"cases/CC-999999/{path}", {"subject": "x"})
    assert (answer.status_code, answer.json()) == (404, unknown.json())
    assert CaseEvent.objects.count() == events


def test_stranger_finds_nothing_by_any_filter(outsider, cleo_case):
    for query in ("", "q=flickers", f"q={cleo_case.number}", "team=Lamps", "status=new"):
        assert outsider.at("get", f"cases/?{query}").json()["results"] == []


def test_follower_reads_and_notes_and_changes_nothing(outsider, stranger, ana_agent, cleo_case):
    domain.follow_case(case_id=cleo_case.pk, actor=ana_agent, follower=stranger)
    path = f"cases/{cleo_case.number}/"
    note = {"channel": "internal", "direction": "outbound", "body": "I know this lamp."}
    call = {"channel": "phone", "direction": "outbound", "body": "I rang."}
    answers = {
        "read": outsider.at("get", path),
        "note": outsider.at("post", f"{path}interactions/", note),
        "speak": outsider.at("post", f"{path}interactions/", call),
        "patch": outsider.at("patch", path, {"subject": "x"}),
        "close": outsider.at("post", f"{path}close/", {}),
    }
    assert {name: answer.status_code for name, answer in answers.items()} == {
        "read": 200,
        "note": 201,
        "speak": 403,
        "patch": 403,
        "close": 403,
    }


def test_cases_are_found_by_number_and_by_their_customers_address(ana, outsider, lamps):
    pk = ana.at("post", "customers/", {"name": "Dan", "identities": ["phone:13800138000"]}).json()
    made = make_case(Customer.objects.get(pk=pk["id"]), team=lamps, subject="Pumps")
    make_case(team=lamps, subject="Other")
    for typed in (str(made.pk), f"#{made.pk}", made.number, "0013 8000", "+8613800138000"):
        found = ana.at("get", "cases/", {"q": typed}).json()["results"]
        assert made.number in [one["number"] for one in found], typed
        assert outsider.at("get", "cases/", {"q": typed}).json()["results"] == []
