"""Notices in Chromium: the bell, the list of colleagues after @, the desktop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.office import mail, receive, running_office, settle
from tests.e2e.rooms import log_in
from tests.e2e.test_pages import find_faults
from tests.services.browser import watched_page
from tests.services.portal import Portal

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("notifications")]

# The browser's own window outside the page, which no test can look at: what it was told to show.
DESKTOP = """
window.Notification = class extends EventTarget {
  static get permission() { return localStorage.getItem("permission") || "default"; }
  static async requestPermission() {
    localStorage.setItem("permission", "granted");
    return "granted";
  }
  constructor(title, { body, tag }) {
    super();
    const shown = JSON.parse(localStorage.getItem("told") || "[]");
    localStorage.setItem("told", JSON.stringify([...shown, { title, body, tag }]));
    window.newest = this;
  }
  close() {}
};
"""
TOLD = "() => JSON.parse(localStorage.getItem('told') || '[]')"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with running_office(tmp_path_factory.mktemp("notices") / "var") as portal:
        yield portal


@pytest.fixture
def ana(office: Portal, chromium: Browser) -> Iterator[Page]:
    with watched_page(chromium) as page:
        log_in(page, office.url, "ana")
        # the tests share a portal: what others left unread is none of this one's
        page.goto(f"{office.url}/desk/notifications/")
        read = page.get_by_role("button", name="Mark all as read")
        if read.count():
            read.click()
            expect(page.locator("#toasts")).to_contain_text("All marked as read.")
        yield page


def take(page: Page, office: Portal, number: str) -> None:
    page.goto(f"{office.url}/desk/cases/{number}/")
    page.get_by_role("button", name="Take").click()
    expect(page.get_by_role("link", name="Assign: You")).to_be_visible()


def test_bell_rises_with_news_and_falls_when_the_case_is_opened(office: Portal, ana: Page):
    number = receive(office, mail(1, "The bell is gone", "It fell off."))
    take(ana, office, number)
    ana.goto(f"{office.url}/desk/search/")
    bell = ana.locator("#rail-rooms a", has_text="Notices")
    expect(bell.locator(".n")).to_have_count(0)
    receive(office, mail(2, "Re: The bell", "It is green.", In_Reply_To="<1@rider.example>"))
    expect(bell.locator(".n")).to_have_text("1")
    bell.click()
    line = ana.locator("#notices li", has_text=number)
    expect(line).to_contain_text("New message")
    receive(office, mail(3, "Re: The bell", "And brass.", In_Reply_To="<1@rider.example>"))
    expect(line).to_contain_text("2 times")
    line.get_by_role("link").click()
    expect(ana.locator(".thread")).to_contain_text("And brass.")
    expect(bell.locator(".n")).to_have_count(0)
    ana.goto(f"{office.url}/desk/notifications/?show=unread")
    expect(ana.locator("#notices")).to_contain_text("Everything is read")


def test_all_is_marked_as_read_with_one_press(office: Portal, ana: Page):
    number = receive(office, mail(10, "Two brakes", "Both are worn."))
    take(ana, office, number)
    ana.goto(f"{office.url}/desk/notifications/")
    receive(office, mail(11, "Re: Two", "And squeak.", In_Reply_To="<10@rider.example>"))
    expect(ana.locator("#notices li", has_text=number)).to_contain_text("New message")
    ana.get_by_role("button", name="Mark all as read").click()
    expect(ana.locator("#toasts")).to_contain_text("All marked as read.")
    expect(ana.locator("#rail-rooms a", has_text="Notices").locator(".n")).to_have_count(0)


def test_colleague_is_chosen_by_keyboard_and_hears_of_it(
    office: Portal, ana: Page, chromium: Browser
):
    number = receive(office, mail(20, "Which lamp", "The rear one."))
    ana.goto(f"{office.url}/desk/search/")
    settle(ana)
    with watched_page(chromium, bypass_csp=True) as ben:
        log_in(ben, office.url, "ben")
        ben.goto(f"{office.url}/desk/cases/{number}/?compose=note")
        box = ben.get_by_role("textbox", name="Internal note")
        box.press_sequentially("Please ask zoe@a")
        ben.wait_for_timeout(500)
        expect(ben.get_by_role("listbox")).to_have_count(0)  # an address names nobody
        box.fill("")
        box.press_sequentially("See @")
        options = ben.get_by_role("option")
        expect(options).to_contain_text(["Ana", "Stranger"])
        assert find_faults(ben) == {}
        ben.keyboard.press("ArrowDown")
        expect(options.nth(1)).to_have_attribute("aria-selected", "true")
        ben.keyboard.press("Escape")
        expect(options).to_have_count(0)
        box.press_sequentially("an")
        expect(options).to_have_count(2)  # both hold these letters
        ben.keyboard.press("Enter")
        expect(box).to_have_value("See @Ana ")
        expect(options).to_have_count(0)
        box.press_sequentially("you know it")
        ben.keyboard.press("Control+Enter")
        expect(ben.locator(".thread")).to_contain_text("you know it")
    expect(ana.locator("#rail-rooms a", has_text="Notices").locator(".n")).to_have_text("1")
    ana.goto(f"{office.url}/desk/notifications/")
    expect(ana.locator("#notices li", has_text=number)).to_contain_text("You were mentioned")


def test_colleague_is_chosen_by_touch(office: Portal, chromium: Browser):
    number = receive(office, mail(30, "Which bell", "The front one."))
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    with watched_page(chromium, **phone) as page:
        log_in(page, office.url, "ana")
        page.goto(f"{office.url}/desk/cases/{number}/?compose=note")
        box = page.get_by_role("textbox", name="Internal note")
        box.press_sequentially("@be")
        page.get_by_role("option", name="Ben").tap()
        expect(box).to_have_value("@Ben ")
        expect(box).to_be_focused()


def told_of(page: Page, number: str) -> list[dict[str, str]]:
    """What the desktop was told of one case; a page that opens may still hear of another test's."""
    return [one for one in page.evaluate(TOLD) if number in one["title"]]


def test_desktop_shows_notices_once_it_was_asked_for(office: Portal, chromium: Browser):
    number = receive(office, mail(40, "Secret matter", "Nobody may know."))
    with watched_page(chromium) as page:
        page.context.add_init_script(DESKTOP)
        log_in(page, office.url, "ana")
        take(page, office, number)
        other = page.context.new_page()  # a second tab: one of them tells
        other.goto(f"{office.url}/desk/search/")
        page.goto(f"{office.url}/desk/profile/")
        settle(page)
        receive(office, mail(41, "Re: S", "Not yet.", In_Reply_To="<40@rider.example>"))
        page.wait_for_timeout(2000)
        assert page.evaluate(TOLD) == []
        page.get_by_role("button", name="Show desktop notifications").click()
        stop = page.get_by_role("button", name="No more desktop notifications")
        expect(stop).to_be_focused()
        receive(office, mail(42, "Re: S", "Now.", In_Reply_To="<40@rider.example>"))
        page.wait_for_function(f"() => ({TOLD})().length > 0")
        page.wait_for_timeout(1000)
        (told,) = told_of(page, number)
        assert (told["title"], told["body"]) == (f"New message: {number}", "2 times")
        teller = page if page.evaluate("Boolean(window.newest)") else other
        teller.evaluate("window.newest.dispatchEvent(new Event('click'))")
        teller.wait_for_url(f"**/desk/cases/{number}/")
        page.goto(f"{office.url}/desk/profile/")
        stop.click()
        receive(office, mail(43, "Re: S", "Later.", In_Reply_To="<40@rider.example>"))
        page.wait_for_timeout(2000)
        assert len(told_of(page, number)) == 1
