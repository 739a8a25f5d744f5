"""What ``make run`` does once the packages are there: demonstration data and a first page."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from tests.services.portal import running_portal

SCRIPT = "scripts/run.sh"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
NUMBER = re.compile(r"CC-\d{6}")


def log_in(url: str, name: str, password: str) -> str:
    """The page that somebody sees first, as a browser without scripts gets it."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with browser.open(f"{url}/") as answer:
        address, page = answer.url, answer.read().decode()
    typed = {"csrfmiddlewaretoken": TOKEN.search(page)[1], "login": name, "password": password}
    request = urllib.request.Request(
        address, urllib.parse.urlencode(typed).encode(), {"Referer": address}
    )
    with browser.open(request) as answer:
        assert answer.status == 200
        return str(answer.read().decode())


@pytest.mark.slow
def test_empty_folder_becomes_a_portal_with_demonstration_data(tmp_path: Path):
    folder = tmp_path / "var"
    with running_portal(folder, script=SCRIPT) as portal:
        numbers = set(NUMBER.findall(log_in(portal.url, "agent", "demo")))
        assert len(numbers) >= 5
        assert portal.answers("/readyz")
        assert "password demo" in (folder / "portal.log").read_text()
    (marker,) = folder.glob("demo.*")
    written = marker.stat().st_mtime_ns
    with running_portal(folder, script=SCRIPT) as portal:
        assert set(NUMBER.findall(log_in(portal.url, "agent", "demo"))) == numbers
    assert marker.stat().st_mtime_ns == written
