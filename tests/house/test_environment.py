"""A wrong value stops the start with a sentence that names the variable."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from contactcentre import environment
from contactcentre.environment import BadEnvironment
from tests.services import find_free_port
from tests.services.portal import ROOT, environment_of


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "perhaps"),
        ("ALLOWED_HOSTS", ","),
        ("TIME_ZONE", "Mars/Olympus"),
        ("LANGUAGE_CODE", "tlh"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "postgres://localhost/"),
        ("DATABASE_URL", "postgres://localhost:port/x"),
        ("CELERY_BROKER_URL", "amqp://localhost"),
        ("CACHE_URL", "memcache://localhost"),
        ("BASE_URL", "desk.example.org"),
        ("BASE_URL", "https://"),
        ("SECRET_KEY", "short"),
        ("VAR_DIR", "/proc/nowhere"),
        ("ALLOWED_HOSTS", " , "),
        ("AWS_STORAGE_BUCKET_NAME", "My Bucket"),
        ("SENTRY_DSN", "https://sentry.example.org/1"),
    ],
)
def test_start_with_wrong_value_names_the_variable(tmp_path: Path, name: str, value: str) -> None:
    port = str(find_free_port())
    variables = environment_of(tmp_path, **{"DATABASE_URL": "", "PORT": port, name: value})
    for command in ("check", "portal"):
        done = subprocess.run(
            [sys.executable, "manage.py", command],
            cwd=ROOT,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0
        last = done.stderr.strip().splitlines()[-1]
        assert last.startswith(f"{name}: ")
        assert "Traceback" not in done.stderr


def test_start_of_portal_with_wrong_port_names_the_variable(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "portal"],
        cwd=ROOT,
        env=environment_of(tmp_path, PORT="none"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (
        2,
        "PORT: must be a number between 1 and 65535, not 'none'.\n",
    )


def test_secret_key_absent_is_made_once_for_this_user_alone(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    first = environment.read_secret_key(tmp_path)
    assert len(first) >= 64
    assert environment.read_secret_key(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_secret_key_given_is_taken(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "k" * 40)
    assert environment.read_secret_key(tmp_path) == "k" * 40
    assert list(tmp_path.iterdir()) == []


def test_secret_key_emptied_file_is_refused(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    (tmp_path / "secret_key").write_text("\n")
    with pytest.raises(BadEnvironment, match="SECRET_KEY"):
        environment.read_secret_key(tmp_path)


def test_database_default_is_sqlite_that_takes_the_write_lock_at_once(
    tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    config = environment.read_database(tmp_path)
    assert config["NAME"] == str(tmp_path / "portal.sqlite3")
    assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_database_postgres_uses_a_pool_and_no_lasting_connections(
    tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://app:s%40c@db.example.org/portal")
    config = environment.read_database(tmp_path)
    assert (config["PASSWORD"], config["CONN_MAX_AGE"]) == ("s@c", 0)
    assert config["OPTIONS"]["pool"]["max_size"] > 4


def test_database_behind_a_pooler_prepares_nothing(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://app@db.example.org/portal")
    assert environment.read_database(tmp_path)["OPTIONS"]["prepare_threshold"] == 2
    monkeypatch.setenv("DATABASE_POOLED", "1")
    options = environment.read_database(tmp_path)["OPTIONS"]
    assert not {"prepare_threshold", "options"} & set(options)


def test_receive_with_a_wrong_setting_asks_the_server_to_try_again(tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "receive", "mail"],
        cwd=ROOT,
        env=environment_of(tmp_path, TIME_ZONE="Nope/X"),
        input=b"From: a@b.example\n\nHi\n",
        capture_output=True,
        check=False,
    )
    assert done.returncode == 75
    assert b"TIME_ZONE" in done.stderr
