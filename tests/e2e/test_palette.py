"""The command palette and the keyboard map in Chromium: by keyboard, and by touch at 390 px."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from apps.accounts.models import Team, User
from apps.cases.models import Case
from apps.channels.models import Account
from tests.cast import make_case
from tests.e2e.inside import come_in
from tests.e2e.test_pages import find_faults
from tests.services.browser import watched_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def case(lamps: Team, ana_agent: User) -> Case:
    Account.objects.create(
        channel="email", name="support", address="s@portal.example", team=lamps, is_default=True
    )
    return make_case(team=lamps, subject="The lamp flickers")


def palette(page: Page):
    return page.get_by_role("dialog", name="Commands")


def test_palette_goes_to_a_case_and_does_what_its_page_offers(
    live_server, chromium: Browser, case: Case
):
    with watched_page(chromium) as page:
        come_in(page, live_server.url, "ana")
        page.keyboard.press("Control+k")
        expect(palette(page).get_by_role("combobox")).to_be_focused()
        page.keyboard.type("flick")
        page.keyboard.press("Enter")  # before anything was found
        page.wait_for_url(f"**/desk/cases/{case.number}/")
        page.keyboard.press("Control+k")
        page.keyboard.type("take")
        expect(palette(page).get_by_role("option", selected=True)).to_have_text("Take")
        page.keyboard.press("Enter")
        expect(page.locator("[data-deed=assign]")).to_contain_text("You")
        page.keyboard.press("Control+k")
        page.keyboard.type("note")
        page.keyboard.press("Enter")
        expect(page.locator("[name=note-text]")).to_be_focused()
        page.keyboard.type("words")
        page.keyboard.press("Control+k")
        expect(palette(page)).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("[name=note-text]")).to_be_focused()


def test_arrows_move_and_the_choice_is_told(live_server, chromium: Browser, case: Case):
    with watched_page(chromium) as page:
        come_in(page, live_server.url, "ana")
        page.keyboard.press("Control+k")
        box = palette(page).get_by_role("combobox")
        options = palette(page).get_by_role("option")
        expect(options.first).to_have_attribute("aria-selected", "true")
        page.keyboard.press("ArrowDown")
        expect(options.nth(1)).to_have_attribute("aria-selected", "true")
        expect(box).to_have_attribute(
            "aria-activedescendant", options.nth(1).get_attribute("id") or "-"
        )
        page.keyboard.type("zzzz")
        expect(palette(page).get_by_role("option")).to_have_count(1)  # the search itself
        expect(palette(page).get_by_role("status")).to_have_text("1 to choose from")


def test_palette_serves_touch_and_axe(live_server, chromium: Browser, case: Case):
    options = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "bypass_csp": True}
    with watched_page(chromium, **options) as page:
        come_in(page, live_server.url, "ana")
        page.goto(f"{live_server.url}/desk/cases/{case.number}/")
        page.get_by_role("link", name="Commands").tap()
        palette(page).get_by_role("option", name="Resolve").wait_for()
        assert find_faults(page) == {}
        page.set_viewport_size({"width": 390, "height": 844})
        palette(page).get_by_role("option", name="Edit…").tap()
        expect(page.locator("#panel form")).to_be_visible()


def test_every_single_key_does_its_deed(live_server, chromium: Browser, case: Case):
    make_case(team=case.team, subject="Second", text="x")
    with watched_page(chromium) as page:
        come_in(page, live_server.url, "ana")
        page.goto(f"{live_server.url}/desk/inbox/?tab=team")
        for key, focused in (("j", 0), ("j", 1), ("k", 0)):
            page.keyboard.press(key)
            expect(page.locator(".case").nth(focused)).to_be_focused()
        page.keyboard.press("Enter")
        page.locator("#conv h1").wait_for()
        for key, field in (("r", "reply-text"), ("n", "note-text"), ("c", "call-text")):
            page.evaluate("document.activeElement.blur()")
            page.keyboard.press(key)
            expect(page.locator(f"[name={field}]")).to_be_focused()
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("t")
        expect(page.locator("[data-deed=assign]")).to_contain_text("You")
        for key, heading in (("a", "Assign"), ("e", "Edit")):
            page.evaluate("document.activeElement.blur()")
            page.keyboard.press(key)
            expect(page.locator("#panel h2")).to_contain_text(heading)
            page.keyboard.press("Escape")
            expect(page.locator("#panel form")).to_have_count(0)
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("/")
        expect(page.locator(".top .search input")).to_be_focused()
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_single_keys_can_be_switched_off(
    live_server, chromium: Browser, case: Case, ana_agent: User
):
    ana_agent.keyboard_shortcuts = False
    ana_agent.save()
    with watched_page(chromium) as page:
        come_in(page, live_server.url, "ana")
        page.keyboard.press("?")
        page.keyboard.press("/")
        expect(page.locator(".top .search input")).not_to_be_focused()
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.keyboard.press("Control+k")
        expect(palette(page)).to_be_visible()
