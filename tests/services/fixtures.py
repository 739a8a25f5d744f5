"""Fixtures over the real servers; a server that is absent skips, or fails, its tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page

from tests.services import Absent, skip_or_fail
from tests.services.browser import running_chromium, watched_page
from tests.services.dovecot import Dovecot, running_dovecot
from tests.services.imap import ImapServer, running_imap
from tests.services.portal import Portal, running_portal
from tests.services.postgres import running_postgres
from tests.services.redis import running_redis
from tests.services.smtp import Relay, running_relay


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An empty PostgreSQL database of the test's own."""
    try:
        with running_postgres() as url:
            yield url
    except Absent as absent:
        skip_or_fail(absent)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """An empty Redis server."""
    try:
        with running_redis() as url:
            yield url
    except Absent as absent:
        skip_or_fail(absent)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module: Playwright's loop runs in this thread as long as it does."""
    try:
        with pytest.MonkeyPatch.context() as patch, running_chromium() as browser:
            patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
            yield browser
    except Absent as absent:
        skip_or_fail(absent)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page that fails its test when the console complains."""
    with watched_page(chromium) as opened:
        yield opened


@pytest.fixture
def smtp_relay() -> Iterator[Relay]:
    """An SMTP server that keeps what it takes."""
    with running_relay() as relay:
        yield relay


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A mail server with mailboxes (IMAP, LMTP, submission)."""
    try:
        with running_dovecot() as server:
            yield server
    except Absent as absent:
        skip_or_fail(absent)


@pytest.fixture
def imap_server() -> Iterator[ImapServer]:
    """A small IMAP server whose faults can be scripted."""
    with running_imap() as server:
        yield server


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """The whole portal, migrated, in DEBUG, with nobody and nothing in it."""
    with running_portal(tmp_path / "var") as running:
        yield running


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """Limits that one test has used up must not meet the next."""
    cache.clear()
