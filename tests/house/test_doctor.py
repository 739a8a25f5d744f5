from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from apps.common import checks, health, heartbeats
from apps.common.models import Heartbeat


@pytest.fixture
def only_house_checks(monkeypatch) -> None:
    """Leave out what other apps registered."""
    monkeypatch.setattr(health, "_checks", {})
    checks.register()


@pytest.fixture
def living() -> None:
    """Beat and a worker that were seen a moment ago."""
    heartbeats.mark(heartbeats.BEAT)
    heartbeats.mark(heartbeats.WORKER)


def run_doctor(capsys) -> tuple[int, list[str]]:
    """Run the command; return its exit code and its lines."""
    code = 0
    try:
        call_command("doctor")
    except SystemExit as end:
        code = int(end.code or 0)
    return code, capsys.readouterr().out.splitlines()


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("only_house_checks")]


@pytest.mark.usefixtures("living")
def test_doctor_of_a_living_portal_finds_nothing(capsys) -> None:
    assert run_doctor(capsys) == (0, ["No faults of the installation found."])


def test_doctor_before_the_first_start_names_beat_and_worker(capsys) -> None:
    code, lines = run_doctor(capsys)
    assert code == 1
    assert [line.split(":")[0] for line in lines] == ["beat", "worker"]
    assert all("manage.py portal" in line for line in lines)


@pytest.mark.usefixtures("living")
def test_doctor_with_a_silent_beat_says_how_long(capsys) -> None:
    heartbeats.mark(heartbeats.BEAT, at=timezone.now() - timedelta(hours=1))
    code, lines = run_doctor(capsys)
    assert (code, len(lines)) == (1, 1)
    assert lines[0].startswith("beat: silent for 3600 s")


@pytest.mark.usefixtures("living")
def test_doctor_with_missing_migrations_says_what_to_run(capsys) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    code, lines = run_doctor(capsys)
    assert (code, len(lines)) == (1, 1)
    assert "manage.py migrate" in lines[0]


@pytest.mark.usefixtures("living")
def test_doctor_without_broker_names_the_variable(capsys, settings, tmp_path) -> None:
    settings.CELERY_BROKER_URL = "filesystem://localhost/"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": str(tmp_path / "gone")}
    code, lines = run_doctor(capsys)
    assert (code, len(lines)) == (1, 1)
    assert lines[0].startswith("broker: not reachable")
    assert "CELERY_BROKER_URL" in lines[0]


@pytest.mark.usefixtures("living")
def test_doctor_with_a_broken_check_runs_the_others(capsys) -> None:
    def broken() -> list[str]:
        raise ValueError("no such thing")

    health.register("broken", broken)
    health.register("last", lambda: ["a fault; mend it."])
    assert run_doctor(capsys) == (
        1,
        ["broken: the check itself failed: no such thing", "last: a fault; mend it."],
    )


@pytest.mark.usefixtures("living")
def test_doctor_tells_work_of_people_without_failing(capsys) -> None:
    health.register("letters", lambda: ["2 wait for a person."], is_work=True)
    assert run_doctor(capsys) == (
        0,
        [
            "letters: 2 wait for a person.",
            "No faults of the installation found; what stands above is work for people.",
        ],
    )


def test_heartbeat_task_marks_the_worker() -> None:
    from apps.common.tasks import heartbeat

    heartbeat()
    heartbeat()
    assert Heartbeat.objects.filter(name=heartbeats.WORKER).count() == 1
    silence = heartbeats.silence(heartbeats.WORKER)
    assert silence is not None
    assert silence < timedelta(minutes=1)
