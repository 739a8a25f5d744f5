"""Promises in Chromium: given, kept and taken back by keyboard; clocks that count down."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.office import mail, receive, running_office, settle
from tests.e2e.rooms import log_in
from tests.e2e.test_pages import find_faults
from tests.services.browser import watched_page
from tests.services.portal import Portal

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("promises")]

# A promise of Ana's that breaks, or has thirty minutes left, in some seconds from now.
PROMISE = """
from datetime import timedelta
from django.utils import timezone
from apps.accounts.models import User
from apps.cases.models import Case, read_number
from apps.promises import domain
ana = User.objects.get(username="ana")
for number, kind, seconds in {promises!r}:
    due = timezone.now() + timedelta(seconds=seconds)
    domain.make_promise(case_id=read_number(number), actor=ana, kind=kind, due_at=due, owner=ana)
"""
# What an earlier test left owed is done: the strip shows the next few alone.
DONE = """
from apps.accounts.models import User
from apps.promises import domain
from apps.promises.models import Promise
ana = User.objects.get(username="ana")
for one in Promise.objects.owed().filter(automatic=False):
    domain.keep_promise(promise_id=one.pk, actor=ana)
"""
CROSSED = 60_000  # ms: a portal that shares a machine takes its time


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with running_office(tmp_path_factory.mktemp("promises") / "var") as portal:
        yield portal


@pytest.fixture
def office(running: Portal) -> Portal:
    """The portal, in which nothing is promised."""
    done = running.manage("shell", "--no-imports", "-c", DONE)
    assert done.returncode == 0, done.stderr
    return running


@pytest.fixture
def ana(office: Portal, chromium: Browser) -> Iterator[Page]:
    with watched_page(chromium) as page:
        log_in(page, office.url, "ana")
        yield page


def promise(office: Portal, *promises: tuple[str, str, int]) -> None:
    done = office.manage("shell", "--no-imports", "-c", PROMISE.format(promises=promises))
    assert done.returncode == 0, done.stderr


def test_promise_is_given_kept_and_taken_back_by_keyboard_and_shows_in_another_window(
    office: Portal, ana: Page, chromium: Browser
):
    number = receive(office, mail(1, "The bell is gone", "It fell off."))
    ana.goto(f"{office.url}/desk/cases/{number}/")
    ana.locator("body").press("t")
    expect(ana.get_by_role("link", name="Assign: You")).to_be_visible()
    with watched_page(chromium) as other:
        log_in(other, office.url, "ana")
        other.goto(f"{office.url}/desk/search/")
        settle(other)
        strip = other.locator("#strip")
        expect(strip).to_contain_text("First answer")
        ana.locator("h1").first.click()
        ana.keyboard.press("p")
        expect(ana.get_by_label("What", exact=True)).to_be_focused()
        ana.keyboard.type("Test together")
        ana.get_by_label("As told to the customer").fill("We ring it with you")
        ana.get_by_label("In 20 minutes").check()
        ana.keyboard.press("Enter")
        pinned = ana.locator("#pinned .pinned")
        expect(pinned).to_contain_text("We ring it with you")
        expect(pinned).to_have_attribute("data-state", "soon")
        expect(ana.locator("#strip")).to_contain_text("Test together")
        expect(strip).to_contain_text("Test together")
        left = strip.locator(".chip-p").first.locator(".left")
        expect(left).to_have_text(re.compile(r"^1\d:\d\d$"))
        before = left.inner_text()
        expect(left).not_to_have_text(before)
        ana.keyboard.press("Shift+K")
        expect(ana.locator("#toasts")).to_contain_text("Kept.")
        expect(ana.locator("#thread")).to_contain_text("You kept the promise: Test together")
        expect(pinned).to_contain_text("First answer")
        expect(strip).not_to_contain_text("Test together")
        ana.keyboard.press("z")
        expect(pinned).to_contain_text("We ring it with you")
        expect(strip).to_contain_text("Test together")
        assert other.evaluate("window.unchanged") is True


def test_clock_crosses_soon_and_late_and_says_so_once(office: Portal, ana: Page):
    calm = receive(office, mail(10, "Two brakes", "Both are worn."))
    late = receive(office, mail(11, "Which lamp", "The rear one."))
    ana.goto(f"{office.url}/desk/cases/{calm}/")
    promise(office, (calm, "test", 1800 + 25), (late, "follow_up", 25))
    ana.reload()
    pinned = ana.locator("#pinned .pinned")
    chips = ana.locator("#strip .chip-p")
    expect(pinned).to_contain_text("Test together")
    expect(pinned).to_have_attribute("data-state", "calm")
    expect(chips.filter(has_text="Follow-up")).to_have_attribute("data-state", "soon")
    expect(pinned).to_have_attribute("data-state", "soon", timeout=CROSSED)
    expect(pinned.locator(".clock")).to_have_text(re.compile(r"^29:\d\d$"))
    gone = chips.filter(has_text="Follow-up")
    expect(gone).to_have_attribute("data-state", "late", timeout=CROSSED)
    expect(gone.locator(".left")).to_have_text(re.compile(r"^−0:\d\d$"))
    expect(ana.locator("#clock-said")).to_have_text("late: Follow-up, Zoe Rider")
    ana.evaluate("document.getElementById('clock-said').textContent = ''")
    ana.wait_for_timeout(2500)
    expect(ana.locator("#clock-said")).to_be_empty()
    ana.goto(f"{office.url}/desk/inbox/?tab=team")
    row = ana.locator("a.case", has_text="Which lamp")
    expect(row.locator(".ring")).to_have_attribute("data-state", "late")
    expect(row).to_contain_text("late")


def test_axe_finds_nothing_where_something_is_late_and_asked(office: Portal, chromium: Browser):
    number = receive(office, mail(20, "A wheel", "It wobbles."))
    promise(office, (number, "test", 600))
    found = {}
    with watched_page(chromium, bypass_csp=True) as page:
        log_in(page, office.url, "ana")
        for address in ("", "promise/"):
            page.goto(f"{office.url}/desk/cases/{number}/{address}")
            expect(page.locator("#pinned .pinned")).to_be_visible()
            found[address] = find_faults(page)
            page.set_viewport_size({"width": 1440, "height": 900})
        page.locator(".plist details summary").first.click()
        found["menu"] = find_faults(page)
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_word_is_given_and_kept_without_scripts(office: Portal, chromium: Browser):
    number = receive(office, mail(30, "A chain", "It jumps."))
    with watched_page(chromium, java_script_enabled=False) as page:
        log_in(page, office.url, "ana")
        page.goto(f"{office.url}/desk/cases/{number}/")
        page.locator("[data-deed=promise]").click()
        page.get_by_label("What", exact=True).select_option("test")
        page.get_by_label("In 20 minutes").check()
        page.get_by_role("button", name="Promise it").click()
        pinned = page.locator("#pinned .pinned")
        expect(pinned).to_contain_text("Test together")
        expect(pinned.locator(".clock")).to_have_text(re.compile(r"^(20|19):\d\d$"))
        pinned.get_by_role("button", name="Kept").click()
        expect(page.locator("#thread")).to_contain_text("You kept the promise: Test together")
