from __future__ import annotations

from django.test import Client


def test_healthz_without_database_answers_ok(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
