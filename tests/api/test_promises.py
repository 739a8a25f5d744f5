"""Promises over the API: their shape, their rights, their verbs, and what is refused how."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.cases import domain as cases
from apps.cases.models import Case
from apps.customers import domain as customers
from apps.customers.models import Customer
from apps.promises import domain
from apps.promises.enums import Kind
from apps.promises.models import Attempt, Promise, ServiceLevel
from tests.cast import NOON, make_case, make_interaction

LATER = "2026-05-12T05:00:00Z"


@pytest.fixture
def phoned(clock, cleo_case, ana_agent) -> Case:
    """Cleo's case, Ana's by now and answered, with a number that can be called."""
    customers.add_identity(customer=cleo_case.customer, kind="phone", value="+8613800138000")
    cases.take_case(case_id=cleo_case.pk, actor=ana_agent)
    case = Case.objects.get(pk=cleo_case.pk)
    make_interaction(case, direction="outbound", author=ana_agent)
    return Case.objects.get(pk=cleo_case.pk)


@pytest.fixture
def callback(phoned, ana_agent) -> Promise:
    new = {"kind": Kind.CALLBACK, "due_at": NOON + timedelta(hours=1), "text": "With the time"}
    return domain.make_promise(case_id=phoned.pk, actor=ana_agent, **new)


def new(of: Case, **more: object) -> dict[str, object]:
    return {"case": of.number, "kind": "callback", "text": "With the time"} | more


def promise(ana, of: Case, **more: object):
    return ana.at("post", "promises/", new(of, **more))


def test_created_promise_has_agreed_shape(ana, phoned):
    answer = promise(ana, phoned, due_at=LATER, window_end="2026-05-12T05:30:00Z")
    assert answer.status_code == 201
    assert answer.json() == {
        "id": Promise.objects.latest("pk").pk,
        "case": phoned.number,
        "kind": "callback",
        "text": "With the time",
        "owner": "ana",
        "due_at": LATER,
        "window_end": "2026-05-12T05:30:00Z",
        "timezone": "Asia/Shanghai",
        "state": "open",
        "broken_at": None,
        "settled_at": None,
        "attempts": [],
        "warnings": [],
    }


def test_promise_in_minutes_is_due_so_much_later(ana, phoned):
    assert promise(ana, phoned, in_minutes=20).json()["due_at"] == "2026-05-12T04:20:00Z"


@pytest.mark.parametrize(
    ("fields", "zone", "due"),
    [
        ({"timezone": "Europe/Berlin"}, "Asia/Tokyo", "2026-05-13T07:00:00Z"),
        ({}, "Asia/Tokyo", "2026-05-13T00:00:00Z"),
        ({}, "", "2026-05-13T01:00:00Z"),
    ],
)
def test_local_time_is_meant_where_the_customer_lives(ana, phoned, fields, zone, due):
    Customer.objects.filter(pk=phoned.customer_id).update(timezone=zone)
    answer = promise(ana, phoned, due_at="2026-05-13T09:00", **fields).json()
    assert answer["due_at"] == due
    assert answer["timezone"] == fields.get("timezone", zone or "Asia/Shanghai")


def test_past_time_is_400_with_a_proposal(ana, phoned):
    answer = promise(ana, phoned, due_at="2026-05-12T03:59:00Z")
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"due_at"})
    again = promise(ana, phoned, due_at=answer.json()["proposal"])
    assert again.status_code == 201


def test_unknown_zone_is_400_with_the_closest_names(ana, phoned):
    answer = promise(ana, phoned, due_at=LATER, timezone="Europe/Berlim")
    told = answer.json()
    assert (answer.status_code, told["proposal"]) == (400, "Europe/Berlin")
    assert "Europe/Berlin" in told["errors"]["timezone"][0]


def test_skipped_hour_is_400_with_the_next_time(ana, phoned):
    answer = promise(ana, phoned, due_at="2027-03-28T02:30", timezone="Europe/Berlin")
    told = answer.json()
    assert (answer.status_code, set(told["errors"])) == (400, {"due_at"})
    assert told["proposal"] == "2027-03-28T03:00:00+02:00"
    assert promise(ana, phoned, due_at=told["proposal"]).status_code == 201


def test_repeated_hour_is_the_first_of_the_two_with_a_warning(ana, phoned):
    answer = promise(ana, phoned, due_at="2026-10-25T02:30", timezone="Europe/Berlin")
    told = answer.json()
    assert (answer.status_code, told["due_at"]) == (201, "2026-10-25T00:30:00Z")
    assert [one["code"] for one in told["warnings"]] == ["repeated_hour"]
    assert "2026-10-25T02:30+01:00" in told["warnings"][0]["text"]


def test_time_after_the_customers_own_deadline_is_taken_with_a_warning(ana, phoned):
    by = {"needed_by": "2026-05-12T04:30:00Z", "needed_by_said": True}
    shown = ana.at("patch", f"cases/{phoned.number}/", by).json()
    assert {name: shown[name] for name in by} == by
    answer = promise(ana, phoned, due_at=LATER)
    assert answer.status_code == 201
    assert [one["code"] for one in answer.json()["warnings"]] == ["after_needed_by"]


@pytest.mark.parametrize(
    ("minutes", "proposal"),
    [
        ("x", 20),
        ("", 20),
        (None, 20),
        ([5], 20),
        (True, 1),
        (1e12, 52_594_560),
        (10**400, 52_594_560),
        ("1e400", 52_594_560),
        (-5, 1),
        (0, 1),
        (7.4, 7),
    ],
)
def test_number_that_is_none_is_400_with_a_proposal(ana, phoned, minutes, proposal):
    answer = promise(ana, phoned, in_minutes=minutes)
    told = answer.json()
    assert (answer.status_code, set(told["errors"])) == (400, {"in_minutes"})
    if minutes is not None:
        assert told["proposal"] == proposal


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, "due_at"),
        ({"due_at": LATER, "in_minutes": 5}, "due_at"),
        ({"due_at": "tomorrow"}, "due_at"),
        ({"due_at": "9999-12-31T23:59:59Z"}, "due_at"),
        ({"due_at": "0001-01-01T00:00:00+14:00"}, "due_at"),
        ({"due_at": "2300-01-01T00:00:00Z"}, "due_at"),
        ({"due_at": LATER, "window_end": "2026-05-12T04:59:00Z"}, "window_end"),
        ({"due_at": LATER, "window_end": "2026-05-14T04:59:00Z"}, "window_end"),
        ({"due_at": LATER, "kind": "serenade"}, "kind"),
        ({"due_at": LATER, "owner": "nobody"}, "owner"),
        ({"due_at": LATER, "owner": "stranger"}, "owner"),
        ({"due_at": LATER, "address": "twelve"}, "address"),
        ({"due_at": LATER, "case": "CC-999999"}, "case"),
        ({"due_at": LATER, "state": "kept"}, "state"),
    ],
)
def test_wrong_field_is_400_and_promises_nothing(ana, phoned, stranger, fields, wrong):
    before = Promise.objects.count()
    answer = promise(ana, phoned, **fields)
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {wrong})
    assert Promise.objects.count() == before


def test_reader_who_may_not_write_promises_nothing(api_of, phoned, stranger):
    cases.follow_case(case_id=phoned.pk, follower=stranger, actor=phoned.owner)
    outsider = api_of(stranger)
    assert promise(outsider, phoned, in_minutes=5).status_code == 403


def test_case_of_others_is_as_one_that_never_was(outsider, phoned):
    foreign = promise(outsider, phoned, in_minutes=5)
    absent = outsider.at("post", "promises/", new(Case(pk=999_999), in_minutes=5))
    assert (foreign.status_code, foreign.json()) == (400, absent.json())


def test_kept_promise_is_settled(ana, callback):
    shown = ana.at("post", f"promises/{callback.pk}/keep/", {}).json()
    assert (shown["state"], shown["settled_at"]) == ("kept", "2026-05-12T04:00:00Z")
    assert ana.at("post", f"promises/{callback.pk}/keep/", {}).status_code == 409


def test_broken_promise_stays_broken_and_owed_until_it_is_done_late(ana, callback, clock):
    clock.move_to(NOON + timedelta(hours=2))
    refused = ana.at("post", f"promises/{callback.pk}/withdraw/", {"reason": "No time"})
    assert refused.status_code == 409
    domain.tick()
    owed = ana.at("get", f"promises/{callback.pk}/").json()
    assert (owed["state"], owed["broken_at"], owed["settled_at"]) == ("broken", LATER, None)
    late = ana.at("post", f"promises/{callback.pk}/keep/", {}).json()
    assert (late["state"], late["broken_at"]) == ("broken", LATER)
    assert late["settled_at"] == "2026-05-12T06:00:00Z"


def test_renegotiated_promise_ends_and_its_successor_is_answered(ana, callback):
    path = f"promises/{callback.pk}/renegotiate/"
    fields = {"due_at": "2026-05-12T14:00", "consent": "By phone just now"}
    refused = ana.at("post", path, fields | {"consent": " "})
    assert (refused.status_code, set(refused.json()["errors"])) == (400, {"consent"})
    answer = ana.at("post", path, fields)
    shown = answer.json()
    assert (answer.status_code, shown["state"], shown["due_at"], shown["text"]) == (
        200,
        "open",
        "2026-05-12T06:00:00Z",
        "With the time",
    )
    former = ana.at("get", f"promises/{callback.pk}/").json()
    assert (former["id"] != shown["id"], former["state"]) == (True, "renegotiated")


def test_withdrawn_promise_needs_a_reason(ana, callback):
    path = f"promises/{callback.pk}/withdraw/"
    assert ana.at("post", path, {}).status_code == 400
    shown = ana.at("post", path, {"reason": "The customer came by."}).json()
    assert shown["state"] == "withdrawn"


@pytest.mark.parametrize("early", [True, False])
def test_attempts_are_listed_and_shown_with_their_promise(ana, callback, clock, early):
    path = f"promises/{callback.pk}/attempts/"
    clock.move_to(NOON if early else callback.due_at)
    answer = ana.at("post", path, {"outcome": "no_answer", "note": "Rang long"})
    attempt = {
        "id": Attempt.objects.get().pk,
        "at": "2026-05-12T04:00:00Z" if early else LATER,
        "actor": "ana",
        "outcome": "no_answer",
        "note": "Rang long",
        "counted": not early,
    }
    assert (answer.status_code, answer.json()) == (201, attempt | {"warnings": []})
    assert ana.at("get", path).json()["results"] == [attempt]
    assert ana.at("get", f"promises/{callback.pk}/").json()["attempts"] == [attempt]


def test_attempt_that_agreed_another_time_starts_a_successor(ana, ana_agent, callback):
    path = f"promises/{callback.pk}/attempts/"
    missing = ana.at("post", path, {"outcome": "reached_new_time"})
    stray = ana.at("post", path, {"outcome": "busy", "in_minutes": 5})
    fields = {"outcome": "reached_new_time", "due_at": "2026-05-13T09:00"}
    customers.note_preference(
        customer_id=callback.case.customer_id,
        kind="quiet_hours",
        value="08:00-10:00",
        actor=ana_agent,
    )
    noted = ana.at("post", path, fields)
    assert noted.status_code == 201
    told = [(one["code"], one["proposal"]) for one in noted.json()["warnings"]]
    assert told == [("preference_quiet_hours", "2026-05-13T02:00:00Z")]
    assert [missing.status_code, set(missing.json()["errors"])] == [400, {"due_at"}]
    assert [stray.status_code, set(stray.json()["errors"])] == [400, {"in_minutes"}]
    successor = Promise.objects.get(predecessor=callback)
    assert successor.due_at == datetime(2026, 5, 13, 1, 0, tzinfo=UTC)


def ids(answer) -> list[int]:
    return [one["id"] for one in answer.json()["results"]]


def test_list_is_narrowed_by_time_state_owner_and_case(ana, phoned, ana_agent, ben_agent):
    make = {"case_id": phoned.pk, "actor": ana_agent, "kind": Kind.FOLLOW_UP}
    late = domain.make_promise(**make, due_at=NOON + timedelta(hours=9))
    soon = domain.make_promise(**make, due_at=NOON + timedelta(hours=1), owner=ben_agent)
    done = domain.make_promise(**make, due_at=NOON + timedelta(hours=2))
    domain.keep_promise(promise_id=done.pk, actor=ana_agent)
    ServiceLevel.objects.create(first_reply=240)
    other = make_case(team=phoned.team)
    (reply,) = Promise.objects.filter(case=other)
    kept = [one.pk for one in Promise.objects.filter(state="kept", case=phoned).order_by("due_at")]
    asked = {
        "?owed=true": [soon.pk, reply.pk, late.pk],
        "?owed=true&ordering=-due_at": [late.pk, reply.pk, soon.pk],
        "?due_before=2026-05-12T05:00:01Z&owed=true": [soon.pk],
        "?due_before=2026-05-12T13:00:00%2B08:00&owed=true": [],
        "?due_before=2026-05-12T21:45:01%2B16:45&owed=true": [soon.pk],
        "?owner=ben": [soon.pk],
        "?owner=me&state=open": [late.pk],
        "?owner=none": [reply.pk],
        f"?case={other.number}": [reply.pk],
        f"?state=kept&case={phoned.number}": kept,
        "?case=CC-999999": [],
    }
    assert {one: ids(ana.at("get", f"promises/{one}")) for one in asked} == asked


@pytest.mark.parametrize(
    "query", ["due_before=soon", "due_before=0001-01-01T00:00%2B05:00", "state=lost", "limit=x"]
)
def test_filter_that_cannot_be_meant_is_400(ana, query):
    answer = ana.at("get", f"promises/?{query}")
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {query.split("=")[0]})


def test_pages_show_each_promise_once(ana, phoned, ana_agent):
    due = NOON + timedelta(hours=1)  # all at once: keys decide
    for _ in range(7):
        domain.make_promise(case_id=phoned.pk, actor=ana_agent, kind=Kind.TEST, due_at=due)
    pages, path = [], "promises/?limit=3"
    while path:
        answer = ana.at("get", path)
        pages.append(ids(answer))
        path = answer.json()["next"]
    found = Promise.objects.order_by("due_at", "pk").values_list("pk", flat=True)
    assert list(chain(*pages)) == list(found)
    assert max(map(len, pages)) == 3


@pytest.mark.parametrize("deed", ["", "keep/", "renegotiate/", "withdraw/", "attempts/"])
def test_promise_of_others_is_404_as_one_that_never_was(outsider, callback, deed):
    def ask(pk: int):
        method = "post" if deed else "get"
        return outsider.at(method, f"promises/{pk}/{deed}", {} if deed else None)

    foreign, absent = ask(callback.pk), ask(2**62)
    assert (foreign.status_code, foreign.json()) == (404, absent.json())
    assert ids(outsider.at("get", "promises/")) == []


def queries_of(client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.at("get", path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("path", ["promises/", "cases/"])
def test_lists_cost_the_same_for_one_and_for_three(ana, phoned, ana_agent, path):
    def tried(case: Case) -> None:
        due = NOON + timedelta(hours=1)
        made = domain.make_promise(
            case_id=case.pk, actor=ana_agent, kind=Kind.CALLBACK, due_at=due, address="+861012345"
        )
        domain.record_attempt(promise_id=made.pk, actor=ana_agent, outcome="busy")

    tried(phoned)
    ana.at("get", path)
    one = queries_of(ana, path)
    for _ in range(2):
        tried(make_case(team=phoned.team))
    assert queries_of(ana, path) == one


def test_case_shows_the_promise_that_breaks_first(ana, callback, phoned, ana_agent):
    first = domain.make_promise(
        case_id=phoned.pk,
        actor=ana_agent,
        kind=Kind.PROGRESS_UPDATE,
        due_at=NOON + timedelta(minutes=20),
    )
    shown = ana.at("get", f"cases/{phoned.number}/").json()["next_promise"]
    listed = ana.at("get", "cases/").json()["results"][0]["next_promise"]
    alone = ana.at("get", f"promises/{first.pk}/").json()
    assert shown == listed == alone


def test_case_that_owes_does_not_close_and_says_what(ana, callback, phoned):
    answer = ana.at("post", f"cases/{phoned.number}/close/", {})
    assert answer.status_code == 409
    assert answer.json()["owed"] == ["A call back is due by 13:00. (With the time)"]


def test_events_of_a_case_tell_of_its_promises(ana, callback, phoned):
    ana.at("post", f"promises/{callback.pk}/attempts/", {"outcome": "busy"})
    ana.at("post", f"promises/{callback.pk}/keep/", {})
    events = ana.at("get", f"cases/{phoned.number}/events/?limit=200").json()["results"]
    told = [(one["kind"], one["actor"]) for one in events if one["data"].get("promise")]
    assert told == [
        ("promise_made", "ana"),
        ("attempt_made", "ana"),
        ("promise_kept", "ana"),
    ]


def test_case_is_opened_with_the_customers_own_deadline(ana):
    fields = {
        "identity": "phone:+8613800138000",
        "channel": "phone",
        "subject": "路灯不亮",
        "body": "从昨晚开始不亮。",
        "needed_by": "2027-05-12T18:00",
        "needed_by_said": True,
    }
    shown = ana.at("post", "cases/", fields).json()
    assert (shown["needed_by"], shown["needed_by_said"]) == ("2027-05-12T10:00:00Z", True)
    path = f"cases/{shown['number']}/"
    assert ana.at("patch", path, {"needed_by": None}).json()["needed_by"] is None
