"""The administration in a real browser, under its own policy."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from apps.channels.models import Account
from tests.services import Absent, find_program, skip_or_fail

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tab(monkeypatch):
    """A page of Chromium that gathers errors and breaches of the policy in ``faults``."""
    from playwright.sync_api import sync_playwright

    try:
        chromium = find_program("chromium", "chromium")
    except Absent as absent:
        skip_or_fail(absent)
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs a loop of its own
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        tab: Any = browser.new_page(viewport={"width": 1440, "height": 900})
        tab.faults = []
        tab.on("pageerror", lambda error: tab.faults.append(str(error)))
        tab.on(
            "console",
            lambda said: tab.faults.append(said.text) if "Security Policy" in said.text else None,
        )
        yield tab
        browser.close()


def log_in(tab, live_server, path: str) -> None:
    tab.goto(live_server.url + path)
    tab.fill("input[name=login]", "root")
    tab.fill("input[name=password]", "demo")
    tab.press("input[name=password]", "Enter")
    tab.wait_for_url(live_server.url + path)


def test_superuser_logs_in_and_makes_an_account(tab, live_server, root, lamps):
    log_in(tab, live_server, reverse("admin:contact_channels_account_add"))
    tab.fill("input[name=name]", "support")
    tab.fill("input[name=address]", "help@lamps.example")
    tab.fill("input[name=outgoing]", "smtp://help:pass-word@mail.lamps.example:25")
    tab.click("button[name=_save], input[name=_save]")
    tab.wait_for_selector("text=was added successfully")
    assert Account.objects.get().outgoing == "smtp://help:pass-word@mail.lamps.example:25"
    assert tab.faults == []


def test_documentation_of_the_api_opens(tab, live_server, root):
    log_in(tab, live_server, reverse("docs"))
    tab.wait_for_selector("text=/api/v1/cases/")
    assert tab.faults == []
