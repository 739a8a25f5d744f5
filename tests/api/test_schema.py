"""The description of the API is valid, closed to strangers, and true."""

from __future__ import annotations

import re

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import sampled_from
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from apps.api.domain import issue_token
from apps.cases.domain import note


def test_schema_is_valid_without_a_warning(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", file=str(tmp_path / "schema.yml"))


def test_schema_is_open_in_debug_and_else_for_people_and_tokens(client, ana, ana_agent, settings):
    anonymous = client.get("/api/schema/")
    by_token = ana.at("get", "/api/schema/")
    client.force_login(ana_agent)
    by_session = client.get("/api/schema/")
    client.logout()
    settings.DEBUG = True
    in_debug = client.get("/api/schema/")
    answers = [anonymous, by_token, by_session, in_debug]
    assert [answer.status_code for answer in answers] == [401, 200, 200, 200]
    assert anonymous.headers["Content-Type"] == "application/problem+json"
    assert anonymous.json()["status"] == 401


def test_schema_is_given_as_json_when_asked(ana):
    assert ana.at("get", "/api/schema/?format=json").json()["openapi"].startswith("3.")


def test_documentation_runs_without_inline_code(client, ana_agent):
    client.force_login(ana_agent)
    page = client.get("/api/docs/")
    html = page.content.decode()
    scripts = re.findall(r"<script[^>]*src=\"([^\"]+)\"[^>]*></script>", html)
    assert page.status_code == 200
    assert html.count("<script") == len(scripts) == 2
    assert "<style" not in html
    assert all(source.startswith(("/static/", "/api/docs/")) for source in scripts)
    assert (
        client.get(scripts[1].replace("&amp;", "&"))
        .headers["Content-Type"]
        .startswith("application/javascript")
    )


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def described(ana_agent, cleo_case, mailbox):
    """The API by its description, over a case that the person may read and change."""
    note(case_id=cleo_case.pk, actor=ana_agent, text="Between us.")
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
    schema.app = get_wsgi_application()
    for signal in (request_started, request_finished):  # as Django's own client does
        signal.disconnect(close_old_connections)
    yield schema
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def can_be_wrong(operation) -> bool:
    """Raw bytes are never malformed, and a bare address has nothing to be wrong."""
    takes_bytes = operation.path.endswith("/inbound/")
    return bool(operation.body or operation.query) and not takes_bytes


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_address_answers_as_described(described, ana_agent, cleo_case, mode):
    """Generated requests, right and wrong ones, meet no 5xx and no undocumented answer."""
    headers = {"Authorization": f"Token {issue_token(user=ana_agent)}"}
    known = {"number": cleo_case.number, "account": "support", "id": cleo_case.customer_id}
    operations = [one.ok() for one in described.get_all_operations()]
    assert len(operations) >= 15
    # PostgreSQL refuses what SQLite takes (bytes of zero, offsets, numbers out of range)
    examples = 15 if connection.vendor == "postgresql" else 5
    for operation in operations:
        if mode == GenerationMode.NEGATIVE and not can_be_wrong(operation):
            continue

        @settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), real=sampled_from([True, False]))
        def answers_as_described(case, real):
            if real and mode == GenerationMode.POSITIVE:
                case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
            case.call_and_validate(headers=headers, checks=CHECKS)

        answers_as_described()
