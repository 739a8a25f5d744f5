"""Pictures of every page into docs/screens/: light, dark and 390 px wide.

``make screens`` runs it over a portal of its own with the demonstration data.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.e2e.questions import sign_question
from tests.e2e.rooms import BEFORE_LOG_IN, ROOMS, Room, enter, find_case, log_in, sign_link
from tests.services import Absent
from tests.services.browser import running_chromium, watched_page
from tests.services.portal import Portal, running_portal

FOLDER = Path("docs/screens")
SIZES = {"": (1440, 900, "light"), "-dark": (1440, 900, "dark"), "-390": (390, 844, "light")}
ENGLISH, CHINESE = "en-GB", "zh-CN"


def take(browser: Browser, portal: Portal, suffix: str, rooms: list[Room], locale: str) -> None:
    """Take one picture of each room in one size and scheme."""
    width, height, scheme = SIZES[suffix]
    options = {
        "viewport": {"width": width, "height": height},
        "color_scheme": scheme,
        "reduced_motion": "reduce",
        "locale": locale,
    }
    tail = suffix if locale == ENGLISH else f"{suffix}-zh"
    with watched_page(browser, **options) as page:
        for room in BEFORE_LOG_IN:
            page.goto(portal.url + room.address)
            page.screenshot(path=FOLDER / f"{room.name}{tail}.png")
        page.goto(sign_link(portal, "resolved"))
        page.screenshot(path=FOLDER / f"help-request{tail}.png", full_page=True)
        page.goto(sign_question(portal))
        page.screenshot(path=FOLDER / f"help-question{tail}.png", full_page=True)
        log_in(page, portal.url, "lead" if locale == ENGLISH else "agent2")
        first = find_case(page, portal.url)
        for room in rooms:
            enter(page, portal.url, room, first)
            page.wait_for_load_state("load")
            page.screenshot(path=FOLDER / f"{room.name}{tail}.png")


def main() -> int:
    """Take them all; return the exit code."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running_portal(Path(folder) / "var") as portal:
        loaded = portal.manage("demo", "--force")
        if loaded.returncode:
            print(loaded.stderr.decode(), file=sys.stderr)
            return 1
        try:
            with running_chromium() as browser:
                for suffix in SIZES:
                    take(browser, portal, suffix, ROOMS, ENGLISH)
                chosen = [room for room in ROOMS if room.name in {"inbox", "case"}]
                take(browser, portal, "", chosen, CHINESE)
        except Absent as absent:
            print(absent, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
