"""Values read from the environment, each checked; a wrong one names its variable.

The supervisor reads them too, so nothing here needs a configured Django.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON",
}
# Only cursors that bind on the server prepare their statements (apps/common/prepared.py). These
# are told apart by what they ask, not by whom, so a plan that fits one fits all.
KEEPING_PLANS = {"prepare_threshold": 2, "options": "-c plan_cache_mode=force_generic_plan"}
DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")
BROKER_SCHEMES = ("filesystem", "redis", "rediss", "memory")
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
CACHE_SCHEMES = ("filecache", "locmemcache", "rediscache", "redis", "rediss", "dbcache")

env = environ.Env()


class BadEnvironment(ImproperlyConfigured):
    """A variable of the environment has a value that the portal cannot use."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
        self.name = name


def read_bool(name: str, *, default: bool) -> bool:
    """Read a switch: 1/0, true/false, yes/no, on/off."""
    raw = os.environ.get(name, "").strip().lower()
    if not raw:
        return default
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise BadEnvironment(name, f"must be 1 or 0, not {raw!r}.")


def read_list(name: str, default: list[str]) -> list[str]:
    """Read a list separated by commas."""
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    items = [item.strip() for item in raw.split(",") if item.strip()]
    if not items:
        raise BadEnvironment(name, f"{raw!r} names nothing between its commas.")
    return items


def read_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """Read one of a few words."""
    value = os.environ.get(name, "").strip() or default
    if value not in choices:
        raise BadEnvironment(name, f"must be one of {', '.join(choices)}, not {value!r}.")
    return value


def read_zone(name: str, default: str) -> str:
    """Read the name of an IANA time zone."""
    value = os.environ.get(name, "").strip() or default
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        problem = f"{value!r} is no time zone of the IANA database (such as Asia/Shanghai)."
        raise BadEnvironment(name, problem) from error
    return value


def read_url(name: str, default: str, schemes: tuple[str, ...]) -> str:
    """Read an address whose scheme is one of ``schemes``."""
    value = os.environ.get(name, "").strip() or default
    try:
        scheme = urlsplit(value).scheme
    except ValueError as error:
        raise BadEnvironment(name, "is not an address.") from error
    if scheme not in schemes:
        known = ", ".join(f"{word}://" for word in schemes)
        raise BadEnvironment(name, f"must start with one of {known}; it starts with {scheme!r}.")
    return value


def read_var_dir() -> Path:
    """Return the folder of everything that the portal keeps, made when absent."""
    folder = Path(os.environ.get("VAR_DIR", "").strip() or BASE_DIR / "var").resolve()
    make_folder(folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadEnvironment("VAR_DIR", f"{folder} cannot be written by this user.")
    return folder


def make_folder(folder: Path) -> Path:
    """Return a folder in ``VAR_DIR``, made when absent, closed to other users."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    except OSError as error:
        raise BadEnvironment("VAR_DIR", f"{folder} cannot be made ({error.strerror}).") from error
    return folder


def read_base_url() -> str:
    """Return the address under which people reach the portal, without a final slash."""
    value = read_url("BASE_URL", "http://localhost:8000", ("http", "https")).rstrip("/")
    if not urlsplit(value).hostname:
        raise BadEnvironment("BASE_URL", "names no host (write https://desk.example.org).")
    return value


def read_secret_key(var_dir: Path) -> str:
    """Return ``SECRET_KEY``, or the one kept in ``VAR_DIR``, made once with mode 600."""
    given = os.environ.get("SECRET_KEY", "")
    if given:
        if len(given) < 32:
            raise BadEnvironment("SECRET_KEY", "must have at least 32 characters.")
        return given
    path = var_dir / "secret_key"
    if not path.exists():
        _create_once(path, secrets.token_urlsafe(64))
    key = path.read_text().strip()
    if not key:
        raise BadEnvironment("SECRET_KEY", f"{path} is empty; restore it, or set the variable.")
    return key


def _create_once(path: Path, text: str) -> None:
    """Write a file as a whole or not at all; of two processes the first one wins."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def read_database(var_dir: Path) -> dict[str, Any]:
    """Return Django's description of the database, with the options that we rely on."""
    default = f"sqlite:///{var_dir / 'portal.sqlite3'}"
    url = read_url("DATABASE_URL", default, DATABASE_SCHEMES)
    try:
        config: dict[str, Any] = env.db_url_config(url)
    except (ValueError, TypeError) as error:
        raise BadEnvironment("DATABASE_URL", f"is not a database's address ({error}).") from error
    if not config["NAME"]:
        raise BadEnvironment("DATABASE_URL", "names no database after the last slash.")
    options = config.setdefault("OPTIONS", {})
    if config["ENGINE"].endswith("sqlite3"):
        options.update(SQLITE_OPTIONS)
        config["TEST"] = {"NAME": str(var_dir / "test.sqlite3")}
    else:
        config["HOST"] = unquote(config["HOST"])  # a socket's folder, written as libpq takes it
        config["CONN_MAX_AGE"] = 0
        options.setdefault("pool", {"min_size": 0, "max_size": 16, "timeout": 10})
        if not read_bool("DATABASE_POOLED", default=False):
            options.update(KEEPING_PLANS | options)
    return config


def read_broker(var_dir: Path) -> tuple[str, dict[str, Any]]:
    """Return the broker's address and its transport's options."""
    url = read_url("CELERY_BROKER_URL", "filesystem://", BROKER_SCHEMES)
    if not url.startswith("filesystem:"):
        return url, {}
    folders = {name: var_dir / "broker" / name for name in ("messages", "control")}
    for folder in folders.values():
        make_folder(folder)
    return "filesystem://localhost/", {
        "data_folder_in": str(folders["messages"]),
        "data_folder_out": str(folders["messages"]),
        "control_folder": folders["control"],
        "polling_interval": 0.25,
    }


def read_cache(var_dir: Path) -> dict[str, Any]:
    """Return Django's description of the cache; a folder that all processes share by default."""
    url = read_url("CACHE_URL", f"filecache://{var_dir / 'cache'}", CACHE_SCHEMES)
    config: dict[str, Any] = env.cache_url_config(url)
    return config


def read_attachments(var_dir: Path) -> dict[str, Any]:
    """Return Django's description of where attachments lie.

    Under ``VAR_DIR``, or in S3-compatible storage where ``AWS_STORAGE_BUCKET_NAME`` names a
    bucket; ``AWS_S3_ENDPOINT_URL`` and ``AWS_S3_REGION_NAME`` say where it is, and the keys are
    read by boto3 as everywhere (``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, a role).
    """
    bucket = os.environ.get("AWS_STORAGE_BUCKET_NAME", "").strip()
    if not bucket:
        folder = {"location": var_dir / "attachments", "file_permissions_mode": 0o600}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": folder}
    if not BUCKET.fullmatch(bucket):
        problem = f"{bucket!r} is no bucket's name (3 to 63 of a to z, 0 to 9, dot and hyphen)."
        raise BadEnvironment("AWS_STORAGE_BUCKET_NAME", problem)
    endpoint = ""
    if os.environ.get("AWS_S3_ENDPOINT_URL", "").strip():
        endpoint = read_url("AWS_S3_ENDPOINT_URL", "", ("http", "https"))
    options = {
        "bucket_name": bucket,
        "endpoint_url": endpoint or None,
        "region_name": os.environ.get("AWS_S3_REGION_NAME", "").strip() or None,
        "file_overwrite": False,
        "default_acl": None,
        "max_memory_size": 2**20,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def read_sentry_dsn() -> str:
    """Return where faults are reported to (``https://key@host/project``), or nothing."""
    if not os.environ.get("SENTRY_DSN", "").strip():
        return ""
    value = read_url("SENTRY_DSN", "", ("http", "https"))
    parts = urlsplit(value)
    if not (parts.username and parts.hostname and parts.path.strip("/")):
        raise BadEnvironment("SENTRY_DSN", "must be written https://key@host/project.")
    return value
