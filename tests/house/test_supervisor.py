"""The whole tree as processes: what dies comes back, and nothing survives its parent."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest

from contactcentre import supervisor
from tests.services import wait_until
from tests.services.imap import ImapServer
from tests.services.portal import ROOT, Portal, environment_of, running_portal

IDLE_LIMIT_MIB = 400


def wait_for_worker(portal: Portal) -> None:
    """Wait until web and worker run and both beat and worker have left their mark."""
    wait_until(lambda: len(portal.children()) == 3, "three children", seconds=30)
    wait_until(lambda: portal.manage("doctor").returncode == 0, "a healthy doctor", seconds=60)


def kill_one(portal: Portal, module: str) -> None:
    """Kill one child and wait until another has taken its place."""
    before = {child.pid for child in portal.children(module)}
    portal.children(module)[0].kill()

    def replaced() -> bool:
        now = {child.pid for child in portal.children(module)}
        return len(now) == len(before) and now != before

    wait_until(replaced, f"{module} again", seconds=30)


def all_gone(processes: list[psutil.Process]) -> bool:
    """Return whether none of the processes lives any more."""
    return not any(
        process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes
    )


def test_portal_serves_restarts_children_and_ends_on_sigterm(tmp_path: Path) -> None:
    with running_portal(tmp_path / "var", bare=True) as portal:
        wait_for_worker(portal)
        assert portal.answers("/readyz")
        group = {child.pid: child for child in portal.children()}
        assert {psutil.Process(pid).ppid() for pid in group} == {portal.process.pid}
        everyone = [psutil.Process(portal.process.pid), *group.values()]
        used = sum(process.memory_full_info().pss for process in everyone) >> 20
        assert used <= IDLE_LIMIT_MIB

        for module in ("contactcentre.web", "contactcentre.worker"):
            kill_one(portal, module)
            assert portal.answers()

        everyone = portal.children()
        portal.process.send_signal(signal.SIGTERM)
        assert portal.process.wait(timeout=20) == 0
        assert all_gone(everyone)


def test_portal_on_a_port_in_use_says_so(tmp_path: Path) -> None:
    with socket.create_server(("localhost", 0)) as other:
        port = str(other.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "manage.py", "portal", "--port", port],
            cwd=ROOT,
            env=environment_of(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2
        assert done.stderr.startswith(f"PORT: {port} cannot be used")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LANGUAGE_CODE", "de"),
        ("ALLOWED_HOSTS", ","),
        ("SENTRY_DSN", "foo"),
        ("AWS_STORAGE_BUCKET_NAME", "A"),
    ],
)
def test_portal_that_ran_before_stops_at_a_wrong_value(
    tmp_path: Path, monkeypatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(supervisor.BadEnvironment, match=f"^{name}: "):
        supervisor._check_environment(tmp_path)


def test_portal_without_debug_serves_hashed_files_that_browsers_keep(tmp_path: Path) -> None:
    with running_portal(tmp_path / "var", {"DEBUG": "0"}) as portal:
        with urllib.request.urlopen(f"{portal.url}/accounts/login/") as answer:
            page = answer.read().decode()
        names = set(re.findall(r"/static/[^\"#]+", page))
        assert names
        for name in names:
            with urllib.request.urlopen(portal.url + name) as answer:
                assert "immutable" in answer.headers["Cache-Control"], name
                assert answer.read()
        log = (tmp_path / "var" / "portal.log").read_text()
    assert "DATABASE_URL: SQLite" in log
    assert "CELERY_BROKER_URL: filesystem://" in log


@pytest.mark.postgres
@pytest.mark.live
def test_portal_on_postgres_and_redis_is_healthy(
    tmp_path: Path, postgres_url: str, redis_url: str
) -> None:
    variables = {"DATABASE_URL": postgres_url, "CELERY_BROKER_URL": redis_url}
    with running_portal(tmp_path / "var", variables) as portal:
        wait_for_worker(portal)
        assert portal.answers("/readyz")
        assert not (tmp_path / "var" / "portal.sqlite3").exists()


def test_mailboxes_are_watched_once_there_is_one_until_the_portal_is_killed(
    tmp_path: Path, imap_server: ImapServer
) -> None:
    with running_portal(tmp_path / "var") as portal:
        wait_until(lambda: len(portal.children()) == 3, "three children", seconds=30)
        done = portal.manage("account", "mail", "support", f"incoming={imap_server.url}")
        assert done.returncode == 0
        wait_until(lambda: imap_server.count("IDLE") > 0, "the watcher", seconds=60)
        assert len(portal.children("contactcentre.mailwatch")) == 1
        kill_one(portal, "contactcentre.mailwatch")
        everyone = portal.children()
        portal.process.kill()
        portal.process.wait(timeout=10)
        wait_until(lambda: all_gone(everyone), "the end of all children")
