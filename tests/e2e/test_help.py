"""The customers' pages in Chromium: on a phone, in both languages, with and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.rooms import sign_link
from tests.e2e.test_pages import OVERHANG, REFLOW, find_faults
from tests.services.browser import watched_page
from tests.services.portal import Portal

pytestmark = pytest.mark.browser

SMALL = """() => [...document.querySelectorAll(
  '.pub :is(a, button, summary, input:not([type=hidden]), textarea)')]
  .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 44)
  .map(one => one.outerHTML.slice(0, 120))"""
TINY = """() => [...document.querySelectorAll('.pub *')].filter(one => one.checkVisibility() &&
  [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()) &&
  !one.closest('.vh') && parseFloat(getComputedStyle(one).fontSize) < 16)
  .map(one => one.outerHTML.slice(0, 120))"""
WORDS = {
    "en-GB": (
        "Write to us",
        "What would you like to tell us?",
        "Send",
        "Your message is with us",
        "Not yet",
        "Tell us",
    ),
    "zh-CN": (
        "给我们留言",
        "您想告诉我们什么？",
        "发送",
        "您的留言我们已经收到",
        "还没有",
        "告诉我们",
    ),
}
PHONE = {"width": 390, "height": 844}


def look_closely(page: Page) -> list[object]:
    """What axe says, what is too small, and how much hangs over at each width."""
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    found = [find_faults(page), page.evaluate(SMALL), page.evaluate(TINY)]
    for width in REFLOW:
        page.set_viewport_size({"width": width, "height": 800})
        found.append(page.evaluate(OVERHANG))
    return found


def visit(page: Page, link: str) -> None:
    page.goto(link)
    assert re.search(r"/help/requests/CC-\d+/$", page.url)


def test_axe_finds_nothing_and_nothing_is_too_small(demonstration: Portal, chromium: Browser):
    link = sign_link(demonstration, "resolved")
    found = {}
    with watched_page(chromium, bypass_csp=True) as page:
        visit(page, link)
        request = page.url
        page.goto(f"{demonstration.url}/help/")
        page.fill("[name=number]", "CC-000001")
        page.fill("[name=address]", "somebody@example.org")
        page.get_by_role("button", name="Send me a code").click()
        page.wait_for_url("**/help/code/")
        for address in (request, page.url, f"{demonstration.url}/help/"):
            page.goto(address)
            found[address] = look_closely(page)
    # a page that says 410 or 404 is a complaint of the console by itself
    page = chromium.new_context(bypass_csp=True).new_page()
    visit(page, link)
    for address in ("/help/over/", "/help/requests/CC-999999/"):
        page.goto(demonstration.url + address)
        found[address] = look_closely(page)
    page.context.close()
    assert {one: faults for one, faults in found.items() if any(faults)} == {}


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("language", WORDS)
def test_customer_writes_from_a_phone(
    demonstration: Portal, chromium: Browser, language: str, scripts: bool
):
    heading, label, send, done, *_more = WORDS[language]
    link = sign_link(demonstration, "open")
    text = f"From a phone, {language}, {scripts}."
    options = {"locale": language, "java_script_enabled": scripts, "viewport": PHONE}
    with watched_page(chromium, **options) as page:
        visit(page, link)
        if page.get_by_role("heading", name=heading).count() == 0:  # the customer's own language
            page.locator(f"button[name=language][value={_value(language)}]").click()
        page.get_by_role("heading", name=heading).wait_for()
        page.get_by_label(label).fill(text)
        page.get_by_role("button", name=send, exact=True).click()
        page.get_by_text(done).wait_for()
        assert page.get_by_text(text).is_visible()
        with page.expect_response("**/desk/theme/"):
            page.locator(".pub-h [name=theme]:visible").click()
        page.locator("html[data-theme=dark]").wait_for(state="attached")
        page.reload()
        assert page.locator("html").get_attribute("data-theme") == "dark"


@pytest.mark.parametrize("language", WORDS)
def test_customer_says_not_yet_without_scripts(
    demonstration: Portal, chromium: Browser, language: str
):
    *_more, refuse, tell = WORDS[language]
    options = {"locale": language, "java_script_enabled": False, "viewport": PHONE}
    with watched_page(chromium, **options) as page:
        visit(page, sign_link(demonstration, "resolved"))
        if page.get_by_text(refuse, exact=True).count() == 0:
            page.locator(f"button[name=language][value={_value(language)}]").click()
        page.get_by_text(refuse, exact=True).click()
        page.locator("#not-yet-text").fill(f"Still nothing, {language}.")
        page.get_by_role("button", name=tell).click()
        page.get_by_text(f"Still nothing, {language}.").wait_for()
        # "it works" can be said at any time, the refusal only of what was offered
        assert page.locator("#asked").count() == 1
        assert page.locator(".notyet").count() == 0


def _value(language: str) -> str:
    return "en" if language.startswith("en") else "zh-hans"
