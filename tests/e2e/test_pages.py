"""Every page in Chromium: nothing for axe to find, no complaint, no sideways scroll."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.rooms import BEFORE_LOG_IN, ROOMS, Room, enter, find_case, log_in
from tests.services.browser import watched_page
from tests.services.portal import Portal

pytestmark = pytest.mark.browser

AXE = next(Path("tests/vendor").glob("axe-core-*/axe.min.js"))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """async rules => {
  const quick = {preload: false, resultTypes: ["violations"], selectors: false};
  const found = await axe.run(document, {runOnly: rules, ...quick});
  return found.violations.map(one => [one.id, one.nodes.map(node => node.html.slice(0, 200))]);
}"""
LOOKS = ((1440, "light"), (390, "dark"))  # each width and each scheme once
CROSSED = ((1440, "dark"), (390, "light"))
REFLOW = (320, 390, 768, 1024, 1920)
FOR_LEADS = {"restrict", "people", "campaign-new"}
UNLIKE_FOR_LEADS = {"today", "callbacks-team", "case", "menu", "customer", "canned"}
OVERHANG = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


type Look = tuple[int, Literal["light", "dark"]]


def find_faults(page: Page, looks: Sequence[Look] = LOOKS) -> dict[str, Any]:
    """What axe says of the page in both schemes and at both widths."""
    page.evaluate(AXE.read_text())
    found = {}
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if faults := page.evaluate(RUN_AXE, RULES):
            found[f"{scheme} {width}"] = faults
    return found


@pytest.mark.parametrize("looks", [LOOKS, pytest.param(CROSSED, marks=pytest.mark.slow)])
def test_axe_finds_nothing(demonstration: Portal, chromium: Browser, looks: Sequence[Look]):
    found = {}
    # axe measures by writing styles; the policy has a test of its own
    with watched_page(chromium, bypass_csp=True) as page:
        for room in BEFORE_LOG_IN:
            page.goto(demonstration.url + room.address)
            found[room.name] = find_faults(page, looks)
        log_in(page, demonstration.url, "lead")
        first = find_case(page, demonstration.url)
        for room in ROOMS:
            page.set_viewport_size({"width": LOOKS[0][0], "height": 900})
            enter(page, demonstration.url, room, first)
            found[room.name] = find_faults(page, looks)
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_pages_keep_the_policy_and_quiet_consoles_and_scroll_not_sideways(
    demonstration: Portal, chromium: Browser, language: str
):
    wide: dict[str, int] = {}

    def visit(page: Page, rooms: list[Room], first: str = "") -> None:
        for room in rooms:
            enter(page, demonstration.url, room, first)
            for width in REFLOW:
                page.set_viewport_size({"width": width, "height": 800})
                if over := page.evaluate(OVERHANG):
                    wide[f"{room.name} {width}"] = over

    with watched_page(chromium, locale=language) as page:
        log_in(page, demonstration.url, "lead")
        leads = [room for room in ROOMS if room.name in FOR_LEADS | UNLIKE_FOR_LEADS]
        visit(page, leads, find_case(page, demonstration.url))
    with watched_page(chromium, locale=language) as page:
        visit(page, BEFORE_LOG_IN)
        log_in(page, demonstration.url, "agent2")
        others = [room for room in ROOMS if room.name not in FOR_LEADS]
        visit(page, others, find_case(page, demonstration.url))
        page.goto(demonstration.url + "/desk/inbox/")
        page.locator("a.case").first.click()
        page.wait_for_selector("#conv h1")
    assert wide == {}


def test_pages_work_without_scripts(demonstration: Portal, chromium: Browser):
    with watched_page(chromium, java_script_enabled=False) as page:
        log_in(page, demonstration.url, "agent2")
        page.locator("a.case").first.click()
        page.get_by_role("link", name="Note").click()
        page.fill("[name=note-text]", "Written without a script.")
        page.get_by_role("button", name="Leave note").click()
        assert page.get_by_text("Written without a script.").first.is_visible()
