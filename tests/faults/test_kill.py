"""kill -9 at random moments of intake and delivery: 0 lost, 0 doubled, 0 sent twice."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from tests.services.portal import ROOT, environment_of
from tests.services.smtp import Relay

pytestmark = pytest.mark.slow

MAILS = 200
MAIL = """\
From: Customer {number} <c{number}@example.org>
To: help@example.com
Subject: Lamp {number}
Message-ID: <m{number}@example.org>
Content-Type: text/plain; charset=utf-8

灯坏了, number {number}.
"""
ANSWER_ALL = """
from apps.accounts.models import User
from apps.cases.models import Case
from apps.channels import domain
root = User.objects.create_superuser("root")
for case in Case.objects.order_by("pk"):
    domain.reply(case_id=case.pk, actor=root, text=f"We shall look at {case.number}.")
"""


class Installation:
    """A portal's folder with its own SQLite file, or a database on a server."""

    def __init__(self, folder: Path, server: str = "") -> None:
        folder.mkdir()
        variables = {"CELERY_BROKER_URL": "memory://", "DATABASE_URL": server}
        self.environment = environment_of(folder, **variables)
        self.server = server
        self.database = folder / "portal.sqlite3"

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def manage(self, *words: str) -> str:
        return self.run("manage.py", *words)

    def kill(self, *words: str) -> tuple[int, list[dict[str, object]]]:
        """Run ``tests.faults.doomed``: how many children died, and the lines of the others."""
        *lines, last = self.run("-m", "tests.faults.doomed", *words).splitlines()
        return int(last.split()[1]), [json.loads(line) for line in lines if line[0] == "{"]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        if self.server:
            user_at, _slash, name = self.server.rpartition("/")
            folder = user_at.partition("@")[2].lstrip("/")
            with psycopg.connect(host=f"/{folder}", user="app", dbname=name) as connection:
                return connection.execute(query).fetchall()
        with sqlite3.connect(self.database) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def installation(request: pytest.FixtureRequest, tmp_path: Path, smtp_relay: Relay) -> Installation:
    server = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    one = Installation(tmp_path / "var", server)
    one.manage("migrate", "--verbosity=0")
    one.manage("flush", "--no-input")  # the server is that of the whole session
    one.manage("account", "mail", "support", "address=help@example.com", "default=1",
               f"outgoing={smtp_relay.url}")  # fmt: skip
    return one


def write_mails(folder: Path) -> list[str]:
    names = []
    for number in range(MAILS):
        path = folder / f"{number}.eml"
        path.write_text(MAIL.format(number=number))
        names.append(str(path))
    return names


def test_killed_processes_lose_nothing_and_double_nothing(
    installation: Installation, tmp_path: Path, smtp_relay: Relay
) -> None:
    kills, lines = installation.kill("receive", "2026", "5", *write_mails(tmp_path))
    assert kills >= 20
    assert {line["state"] for line in lines} == {"accepted"}
    query = "SELECT state, count(*) FROM contact_channels_inboundmessage GROUP BY 1"
    assert installation.rows(query) == [("accepted", MAILS)]
    subjects = Counter(installation.rows("SELECT subject FROM cases_interaction"))
    assert subjects == {(f"Lamp {number}",): 1 for number in range(MAILS)}
    assert installation.rows("SELECT count(*) FROM cases_case") == [(MAILS,)]
    assert installation.rows("SELECT count(*) FROM customers_customer") == [(MAILS,)]

    installation.manage("shell", "-c", ANSWER_ALL)
    kills, _lines = installation.kill("deliver", "2026")
    assert kills >= 10
    arrived = Counter(str(mail.message["Message-ID"])[1:-1] for mail in smtp_relay.received)
    assert set(arrived.values()) == {1}
    told = dict(installation.rows("SELECT message_id, state FROM contact_channels_delivery"))
    sent = {message_id for message_id, state in told.items() if state == "sent"}
    unknown = {message_id for message_id, state in told.items() if state == "unknown"}
    assert len(told) == MAILS == len(sent) + len(unknown)
    assert sent <= arrived.keys() <= sent | unknown
    assert len(unknown) <= kills
