from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.api.models import ApiToken
from tests.api.conftest import ApiClient


def print_token(username: str) -> str:
    out = StringIO()
    call_command("apitoken", username, stdout=out)
    return out.getvalue()


def test_command_prints_token_alone(ana_agent):
    printed = print_token("ana")
    assert printed == printed.strip() + "\n"
    assert ApiClient(printed.strip()).at("get", "cases/").status_code == 200


def test_command_for_second_token_keeps_first(ana_agent):
    first, second = print_token("ana").strip(), print_token("ana").strip()
    assert [ApiClient(t).at("get", "cases/").status_code for t in (first, second)] == [200, 200]


def test_command_for_unknown_user_fails(db):
    with pytest.raises(CommandError):
        print_token("nobody")


def test_token_is_kept_as_digest_only(ana_agent):
    token = print_token("ana").strip()
    row = ApiToken.objects.values().get()
    assert not any(token in str(value) for value in row.values())


@pytest.mark.parametrize("header", ["", "Token", "Token wrong", "Bearer x", "Token \xff\xfe"])
def test_bad_token_is_401_with_challenge(db, client, header):
    answer = client.get("/api/v1/cases/", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Token realm="api"'
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 401


def test_revoked_token_is_401(ana):
    ApiToken.objects.update(is_active=False)
    assert ana.at("get", "cases/").status_code == 401


def test_token_of_deactivated_user_is_401(ana, ana_agent):
    ana_agent.is_active = False
    ana_agent.save()
    assert ana.at("get", "cases/").status_code == 401


def test_use_of_token_is_noted_once_a_minute(ana):
    start = timezone.now()
    noted = []
    for seconds in (0, 30, 61):
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            ana.at("get", "cases/")
        noted.append((ApiToken.objects.get().last_used_at - start).total_seconds())
    assert noted == [0, 0, 61]


def test_session_reads_and_needs_csrf_to_write(db, ana_agent, cleo_case):
    client = ApiClient(enforce_csrf_checks=True)
    client.force_login(ana_agent)
    path = f"cases/{cleo_case.number}/"
    assert client.at("get", path).status_code == 200
    refused = client.at("patch", path, {"subject": "Stolen"})
    assert (refused.status_code, refused.headers["Content-Type"]) == (
        403,
        "application/problem+json",
    )


def test_requests_beyond_limit_are_429_with_retry_after(ana, sam, settings):
    settings.API_REQUESTS_PER_MINUTE = 2
    with time_machine.travel("2026-11-21T10:00:20Z", tick=False):
        answers = [ana.at("get", "cases/") for _turn in range(3)]
        other = sam.at("get", "cases/")
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "40"
    assert other.status_code == 200
    with time_machine.travel("2026-11-21T10:01:00Z", tick=False):
        assert ana.at("get", "cases/").status_code == 200


def test_limit_by_default_is_3000(settings):
    assert settings.API_REQUESTS_PER_MINUTE >= 3000
