"""Chromium, driven by Playwright; what its console and our policy complain of fails the test."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tests.services import Absent

# Chromium logs every answer above 399, also a form that comes back with its errors, and every
# request while a test has taken the network away. 409: two windows wrote at once. 413: a file
# is too large.
MEANT = ("status of 409", "status of 413", "status of 422", "net::ERR_INTERNET_DISCONNECTED")
PATIENCE_MS = 15_000  # what shall be seen is seen, on a busy machine as well
# The shell draws pages and no window of its own: half the processor time of a whole browser.
PROGRAMS = ("chromium-headless-shell", "chromium")
ARGUMENTS = (
    "--font-render-hinting=none",  # or letters stand on whole pixels, as on no screen of today
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-gpu",
    "--disable-features=SpareRendererForSitePerProcess",
)


@contextlib.contextmanager
def running_chromium() -> Iterator[Browser]:
    """Start Debian's Chromium; raises Absent when it is not installed."""
    path = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if path is None:
        raise Absent(PROGRAMS[0])
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def watched_page(browser: Browser, **options: Any) -> Iterator[Page]:
    """Open a page in a context of its own; complaints of its console raise at the end."""
    context: BrowserContext = browser.new_context(**({"locale": "en-GB"} | options))
    page = context.new_page()
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(one in message.text for one in MEANT):
            complaints.append(f"{message.type}: {message.text}")

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    try:
        yield page
    finally:
        context.close()
    assert not complaints, complaints
