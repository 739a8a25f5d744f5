"""Live updates in Chromium, over the portal's own processes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.office import mail, receive, running_office, settle
from tests.e2e.rooms import log_in
from tests.services.browser import watched_page
from tests.services.portal import Portal

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]

SOON = 5000  # ms; asking again instead of being told takes ten seconds (figures: benchmarks)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One portal for all: each test has a matter of its own."""
    with running_office(tmp_path_factory.mktemp("office") / "var") as portal:
        yield portal


@pytest.fixture
def ana(office: Portal, chromium: Browser) -> Iterator[Page]:
    with watched_page(chromium) as page:
        log_in(page, office.url, "ana")
        yield page


@pytest.fixture
def ben(office: Portal, chromium: Browser) -> Iterator[Page]:
    with watched_page(chromium) as page:
        log_in(page, office.url, "ben")
        yield page


def note(page: Page, words: str) -> None:
    page.get_by_role("link", name="Note", exact=True).click()
    page.fill("[name=note-text]", words)
    page.get_by_role("button", name="Leave note").click()
    expect(page.locator(".thread")).to_contain_text(words)


# When the text was first seen, by the page's own observer; when it was committed, by the file.
WATCH = """([selector, text]) => new Promise(done => {
  const look = () => {
    const found = document.querySelector(selector)?.textContent.includes(text);
    if (found) done(Date.now());
    return found;
  };
  if (look()) return;
  setTimeout(() => done(Infinity), 15000);
  const watch = new MutationObserver(() => { if (look()) watch.disconnect(); });
  watch.observe(document.body, {childList: true, subtree: true, characterData: true});
})"""


def commit_time(portal: Portal, text: str) -> float:
    """When the message was stored, in milliseconds since 1970."""
    script = (
        "from apps.cases.models import Interaction; "
        f"print(Interaction.objects.get(text__contains={text!r}).received_at.timestamp() * 1000)"
    )
    done = portal.manage("shell", "--no-imports", "-c", script)
    assert done.returncode == 0, done.stderr
    return float(done.stdout.split()[-1])


def start_watching(page: Page, selector: str, text: str) -> None:
    page.evaluate(f"window.seen = ({WATCH})({json.dumps([selector, text])}); 0")


def test_mail_appears_in_the_open_inbox_and_the_open_case(office: Portal, ana: Page):
    ana.goto(f"{office.url}/desk/inbox/?tab=team")
    settle(ana)
    start_watching(ana, "#rows", "It fell off")
    number = receive(office, mail(1, "The bell is gone", "It fell off since yesterday."))
    delays = [ana.evaluate("window.seen") - commit_time(office, "since yesterday")]
    ana.get_by_role("link", name="The bell is gone").click()
    box = ana.get_by_role("textbox", name="Answer to the customer")
    box.fill("Half an answer")
    settle(ana)
    box.focus()
    start_watching(ana, "#thread", "It is green")
    assert (
        receive(office, mail(2, "Re: The bell", "It is green.", In_Reply_To="<1@rider.example>"))
        == number
    )
    delays.append(ana.evaluate("window.seen") - commit_time(office, "It is green"))
    expect(box).to_have_value("Half an answer")
    expect(box).to_be_focused()
    expect(ana.locator(".thread .ix")).to_have_count(2)
    expect(ana.locator("#rows")).to_contain_text("It is green.")
    assert ana.evaluate("window.unchanged") is True
    assert max(delays) < SOON, delays


def test_two_agents_on_one_case_see_each_other(office: Portal, ana: Page, ben: Page):
    number = receive(office, mail(10, "Two brakes", "Both are worn."))
    ana.goto(f"{office.url}/desk/cases/{number}/")
    here = ana.locator("#colleagues")
    settle(ana)
    expect(here).to_be_empty()
    ben.goto(f"{office.url}/desk/cases/{number}/")
    expect(here).to_contain_text("Ben is looking at this case, too.")
    expect(ben.locator("#colleagues")).to_contain_text("Ana is looking at this case, too.")
    ben.fill("[name=reply-text]", "Dear Zoe")
    expect(here).to_contain_text("Ben is writing in this case.")
    ben.fill("[name=reply-text]", "")
    note(ben, "Asked the workshop.")
    expect(ana.locator(".thread")).to_contain_text("Asked the workshop.")
    ben.get_by_role("button", name="Take").click()
    expect(ana.locator("#conv-head")).to_contain_text("Ben")
    ben.wait_for_timeout(1500)
    ben.goto(f"{office.url}/desk/inbox/")
    expect(here).to_be_empty(timeout=75_000)  # at once, or when a sign of life overtook the end


def test_stranger_neither_sees_nor_is_told(office: Portal, chromium: Browser):
    with watched_page(chromium) as page:
        heard: list[str] = []
        log_in(page, office.url, "stranger")
        page.goto(f"{office.url}/desk/inbox/?tab=team")
        settle(page)
        page.on("request", lambda request: heard.append(request.url))
        receive(office, mail(20, "A chain", "It is rusty."))
        page.wait_for_timeout(1500)
        assert [url for url in heard if "/events/" not in url] == []
        expect(page.locator("#rows .case")).to_have_count(0)


def test_blocked_stream_is_replaced_by_polling(office: Portal, chromium: Browser):
    context = chromium.new_context(locale="en-GB")  # the console says what was blocked
    page = context.new_page()
    page.route("**/events/", lambda route: route.abort())
    page.route("**/events/?after=*", lambda route: route.abort())
    log_in(page, office.url, "ana")
    page.goto(f"{office.url}/desk/inbox/?tab=team")
    settle(page)
    receive(office, mail(30, "A saddle", "It came loose."))
    expect(page.locator("#rows")).to_contain_text("It came loose.", timeout=20_000)
    assert page.evaluate("window.unchanged") is True
    context.close()


def test_one_tab_holds_the_stream_for_all(office: Portal, ana: Page):
    settle(ana)
    second = ana.context.new_page()
    asked: list[str] = []
    second.on("request", lambda request: asked.append(request.url))
    second.goto(f"{office.url}/desk/inbox/?tab=team")
    settle(second)
    receive(office, mail(40, "A pedal", "It squeaks."))
    expect(second.locator("#rows")).to_contain_text("It squeaks.")
    assert [url for url in asked if "/events/" in url] == []
    ana.close()
    receive(office, mail(41, "A tyre", "It is flat."))
    expect(second.locator("#rows")).to_contain_text("It is flat.")
    assert [url for url in asked if "/events/" in url] != []


def test_log_out_elsewhere_stops_the_updates_and_keeps_the_words(office: Portal, ana: Page):
    number = receive(office, mail(50, "A wheel", "It is bent."))
    ana.goto(f"{office.url}/desk/cases/{number}/")
    ana.fill("[name=reply-text]", "Half an answer")
    settle(ana)
    done = office.manage("shell", "-c", END_SESSIONS)
    assert done.returncode == 0, done.stderr
    time.sleep(1)
    receive(office, mail(51, "Re: A wheel", "Very bent.", In_Reply_To="<50@rider.example>"))
    ana.wait_for_timeout(1500)
    expect(ana.locator("[name=reply-text]")).to_have_value("Half an answer")
    assert ana.url.endswith(f"/desk/cases/{number}/")
    expect(ana.locator(".thread .ix")).to_have_count(1)


END_SESSIONS = "from django.contrib.sessions.models import Session\nSession.objects.all().delete()"
