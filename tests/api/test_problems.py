"""Bad input gets problem details that name the field, and never a 500."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError

from apps.api.views.cases import CaseViewSet

CASE = {
    "identity": "email:dan@example.org",
    "kind": "help",
    "channel": "phone",
    "subject": "The bell",
    "body": "It rings by itself.",
}


def is_problem(answer, status: int) -> bool:
    body = answer.json()
    return (
        answer.status_code == status == body["status"]
        and answer.headers["Content-Type"] == "application/problem+json"
        and set(body) >= {"type", "title", "status"}
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "nonsense"}, "kind"),
        ({"channel": "pigeon"}, "channel"),
        ({"channel": None}, "channel"),
        ({"subject": ""}, "subject"),
        ({"subject": "a\x00b"}, "subject"),
        ({"subject": "x" * 501}, "subject"),
        ({"subject": {"a": 1}}, "subject"),
        ({"body": "\ud800"}, "body"),
        ({"body": "   "}, "body"),
        ({"identity": "dan@example.org"}, "identity"),
        ({"identity": "email:" + "x" * 400}, "identity"),
        ({"identity": "email:not an address"}, "identity"),
        ({"identity": "shoe:42"}, "identity"),
        ({"customer": 1}, "customer"),
        ({"team": "No such team"}, "team"),
        ({"team": 5}, "team"),
        ({"status": "closed"}, "status"),
        ({"owner_id": 1}, "owner_id"),
        ({"previous": 1}, "previous"),
    ],
)
def test_bad_field_is_400_with_its_name(ana, change, field):
    answer = ana.at("post", "cases/", CASE | change)
    assert is_problem(answer, 400)
    assert set(answer.json()["errors"]) == {field}


def test_missing_fields_are_all_named(ana):
    answer = ana.at("post", "cases/", {})
    assert set(answer.json()["errors"]) == {"channel", "subject", "body"}


@pytest.mark.parametrize("customer", [10**30, -1, "x", True, 999_999, [1]])
def test_customer_that_is_none_is_400(ana, customer):
    case = {key: value for key, value in CASE.items() if key != "identity"}
    answer = ana.at("post", "cases/", case | {"customer": customer})
    assert is_problem(answer, 400)
    assert set(answer.json()["errors"]) == {"customer"}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"NaN",
        b"1" * 10_000,
        b"[]",
        b'"text"',
        b"null",
    ],
)
def test_malformed_json_is_400(ana, body):
    assert is_problem(ana.at("post", "cases/", body), 400)


def test_other_content_type_is_415(ana):
    answer = ana.post(
        "/api/v1/cases/", data="x=1", content_type="application/x-www-form-urlencoded"
    )
    assert is_problem(answer, 415)


def test_json_beyond_bound_is_413(ana, settings):
    settings.API_MAX_JSON_BYTES = 100
    assert is_problem(ana.at("post", "cases/", CASE | {"body": "x" * 200}), 413)


@pytest.mark.parametrize(
    "path", ["cases/CC-999999/", "cases/nonsense/", "customers/999999/", "nowhere/"]
)
def test_unknown_object_is_404(ana, path):
    assert is_problem(ana.at("get", path), 404)


def test_path_without_slash_says_so(ana):
    answer = ana.at("post", "cases", CASE)
    assert is_problem(answer, 404)
    assert "slash" in answer.json()["detail"]


def test_page_of_django_below_api_is_replaced(client):
    assert is_problem(client.get("/api/elsewhere/"), 404)
    assert is_problem(client.get("/api/v1/cases/", headers={"Host": "evil.example"}), 400)


def test_wrong_method_is_405(ana, cleo_case):
    assert is_problem(ana.at("delete", f"cases/{cleo_case.number}/"), 405)


def test_unexpected_error_is_500_without_a_hint(ana, monkeypatch):
    def fail(_self):
        raise RuntimeError("a secret")

    monkeypatch.setattr(CaseViewSet, "get_queryset", fail)
    ana.raise_request_exception = False
    answer = ana.at("get", "cases/")
    assert is_problem(answer, 500)
    assert "secret" not in json.dumps(answer.json())


def test_absent_database_is_503_with_retry_after(ana, monkeypatch):
    def fail(_self):
        raise OperationalError("connection refused")

    monkeypatch.setattr(CaseViewSet, "get_queryset", fail)
    answer = ana.at("get", "cases/")
    assert is_problem(answer, 503)
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=nonsense", "status"),
        ("kind=nonsense", "kind"),
        ("channel=nonsense", "channel"),
        ("ordering=nonsense", "ordering"),
        ("ordering=--number", "ordering"),
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("limit=-5", "limit"),
        ("limit=²", "limit"),
        ("cursor=forged", "cursor"),
        ("q=%00", "q"),
        ("owner=%00", "owner"),
    ],
)
def test_bad_query_is_400_with_its_name(ana, query, field):
    answer = ana.at("get", f"cases/?{query}")
    assert is_problem(answer, 400)
    assert set(answer.json()["errors"]) == {field}
