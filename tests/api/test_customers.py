from __future__ import annotations

import pytest

from apps.customers.models import Customer
from tests.cast import make_case, make_customer

DAN = {
    "name": "Dan",
    "form_of_address": "Mr Dan",
    "language": "en",
    "timezone": "Europe/Paris",
    "organisation": "Dan & Sons",
    "about": "Rings early.",
    "tier": "priority",
    "identities": ["email:Dan@Example.org", "phone:13800138000"],
}


def test_created_customer_is_shown_with_normal_identities(ana):
    answer = ana.at("post", "customers/", DAN)
    shown = answer.json()
    customer = Customer.objects.get()
    assert answer.status_code == 201
    assert shown == DAN | {
        "id": customer.pk,
        "identities": ["email:dan@example.org", "phone:+8613800138000"],
        "preferences": [],
        "created_at": shown["created_at"],
        "merged_into": None,
    }
    assert ana.at("get", f"customers/{customer.pk}/").json() == shown


def test_patch_replaces_named_fields_and_the_whole_list_of_identities(ana):
    pk = ana.at("post", "customers/", DAN).json()["id"]
    change = {"name": "Daniel", "organisation": "", "identities": ["email:d@example.org"]}
    shown = ana.at("patch", f"customers/{pk}/", change).json()
    assert {key: shown[key] for key in change} == change
    assert shown["form_of_address"] == "Mr Dan"


def test_identity_of_another_customer_is_400_and_nothing_changes(ana, cleo_customer):
    pk = ana.at("post", "customers/", DAN).json()["id"]
    change = {"name": "Daniel", "identities": ["email:cleo@example.org"]}
    answer = ana.at("patch", f"customers/{pk}/", change)
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"identities"})
    shown = ana.at("get", f"customers/{pk}/").json()
    assert (shown["name"], len(shown["identities"])) == ("Dan", 2)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"language": "xx"}, "language"),
        ({"tier": "gold"}, "tier"),
        ({"identities": ["nonsense"]}, "identities.0"),
        ({"identities": ["email:a@b.example", "phone:abc"]}, "identities.1"),
        ({"identities": "email:a@b.example"}, "identities"),
        ({"name": "x" * 201}, "name"),
        ({"id": 5}, "id"),
        ({"organisation": ["x"]}, "organisation"),
    ],
)
def test_bad_field_is_400_with_its_name(ana, change, field):
    answer = ana.at("post", "customers/", DAN | change)
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {field})


def test_list_is_searched_by_name_address_and_organisation(ana, cleo_customer):
    ana.at("post", "customers/", DAN)
    found = {
        query: [row["name"] for row in ana.at("get", f"customers/?{query}").json()["results"]]
        for query in (
            "q=cle",
            "q=sons",
            "q=CLEO@example.org",
            "q=%2B86 138 0013 8000",
            "identity=email:cleo@example.org",
            "identity=phone:13800138000",
            "identity=email:nobody@example.org",
            "ordering=-name",
        )
    }
    assert found == {
        "q=cle": ["Cleo"],
        "q=sons": ["Dan"],
        "q=CLEO@example.org": ["Cleo"],
        "q=%2B86 138 0013 8000": ["Dan"],
        "identity=email:cleo@example.org": ["Cleo"],
        "identity=phone:13800138000": ["Dan"],
        "identity=email:nobody@example.org": [],
        "ordering=-name": ["Dan", "Cleo"],
    }


def test_malformed_identity_in_query_is_400(ana):
    answer = ana.at("get", "customers/?identity=nonsense")
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"identity"})


def test_stranger_sees_masked_identities_and_finds_nothing_by_them(outsider, cleo_case):
    pk = cleo_case.customer_id
    shown = outsider.at("get", f"customers/{pk}/").json()
    assert shown["identities"] == ["email:c•••@•••"]
    for query in ("q=cleo@example.org", "identity=email:cleo@example.org"):
        assert outsider.at("get", f"customers/?{query}").json()["results"] == []


def test_stranger_may_not_change_masked_customer(outsider, cleo_case):
    path = f"customers/{cleo_case.customer_id}/"
    assert outsider.at("patch", path, {"identities": []}).status_code == 403
    assert cleo_case.customer.identities.count() == 1


def test_customer_without_a_case_is_open_to_everybody(outsider, cleo_customer):
    shown = outsider.at("get", f"customers/{cleo_customer.pk}/").json()
    assert shown["identities"] == ["email:cleo@example.org"]


def test_masks_are_decided_row_by_row(outsider, lamps, pumps):
    make_case(make_customer("Hidden"), team=lamps)
    make_case(make_customer("Known"), team=pumps)
    rows = outsider.at("get", "customers/").json()["results"]
    masked = {row["name"]: "•" in row["identities"][0] for row in rows}
    assert masked == {"Hidden": True, "Known": False}


@pytest.mark.parametrize("typed", ["8000", "138 0013", "+86 138-0013-8000", "mr d", "Dan@x.org"])
def test_customer_is_found_by_part_of_a_number_and_form_of_address(ana, typed):
    dan = DAN | {"identities": ["email:dan@x.org", "phone:13800138000"]}
    pk = ana.at("post", "customers/", dan).json()["id"]
    make_customer("Eve")
    found = ana.at("get", "customers/", {"q": typed}).json()["results"]
    assert [one["id"] for one in found] == [pk]


def test_customer_is_found_by_id_and_by_the_number_of_a_case(ana, cleo_case):
    for typed in (str(cleo_case.customer_id), cleo_case.number):
        found = ana.at("get", "customers/", {"q": typed}).json()["results"]
        assert [one["name"] for one in found] == ["Cleo"]


def test_preferences_are_created_patched_confirmed_and_retired(ana):
    wishes = [
        {"kind": "quiet_hours", "value": "21:00-9:00", "text": "Sleeps early."},
        {"kind": "language", "value": "zh-hans"},
    ]
    shown = ana.at("post", "customers/", DAN | {"preferences": wishes}).json()
    pk, made = shown["id"], shown["preferences"]
    assert [(one["kind"], one["value"], one["text"]) for one in made] == [
        ("quiet_hours", "21:00-09:00", "Sleeps early."),
        ("language", "zh-hans", ""),
    ]
    assert shown["language"] == "zh-hans"
    ana.at("patch", f"customers/{pk}/", {"preferences": wishes[:1]})
    kept = ana.at("get", f"customers/{pk}/preferences/").json()
    assert [one["id"] for one in kept] == [made[0]["id"]]
    confirmed = ana.at("post", f"preferences/{made[0]['id']}/confirm/", {}).json()
    assert confirmed["confirmed_at"] is not None
    retired = ana.at("post", f"preferences/{made[0]['id']}/retire/", {"why": "Moved."}).json()
    assert retired["retired_at"] is not None
    assert ana.at("post", f"preferences/{made[0]['id']}/retire/", {}).status_code == 409
    assert (
        ana.at("post", f"customers/{pk}/preferences/", {"kind": "no_voicemail"}).status_code == 201
    )


@pytest.mark.parametrize(
    "bad", [{"kind": "quiet_hours", "value": "night"}, {"kind": "other"}, {"kind": "mood"}]
)
def test_bad_preference_is_400_and_makes_no_customer(ana, bad):
    answer = ana.at("post", "customers/", DAN | {"preferences": [bad]})
    assert answer.status_code == 400
    assert all(name.startswith("preferences") for name in answer.json()["errors"])
    assert not Customer.objects.exists()
