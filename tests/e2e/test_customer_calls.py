"""A customer books a call on a phone and moves it; an agent does not reach them, then does."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from apps.cases.models import Case
from apps.customers import domain as customers
from apps.helpcentre.domain import entering
from apps.promises.enums import Kind, State
from apps.promises.models import Promise
from tests.cast import make_case
from tests.e2e.inside import come_in
from tests.e2e.test_help import PHONE, SMALL, TINY
from tests.e2e.test_pages import OVERHANG, find_faults
from tests.services.browser import watched_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NUMBER = "+8613800138066"
WORDS = {
    "en": {
        "ask": "Have us call you",
        "book": "Book the call",
        "move": "Move the call",
        "card": "Our promise to you",
        "number": "On your number ending 66.",
        "story": [
            "You booked a call",
            "You chose a new time",
            "We tried to call you at",
            "Promise kept: we called you",
        ],
    },
    "zh-hans": {
        "ask": "请我们给您打电话",
        "book": "预约通话",
        "move": "更改通话时间",
        "card": "我们对您的承诺",
        "number": "拨打您尾号为 66 的号码。",
        "story": [
            "您预约了通话",
            "您选择了新的时间",
            "给您打过电话",
            "承诺已兑现：我们给您打了电话",
        ],
    },
}


@pytest.fixture
def case(cleo_customer, lamps, ana_agent, db) -> Case:
    customers.add_identity(customer=cleo_customer, kind="phone", value=NUMBER)
    return make_case(cleo_customer, team=lamps, owner=ana_agent)


def visit(page: Page, url: str, case: Case) -> None:
    path = entering.sign(case, timezone.now()).partition("/help/in/")[2]
    page.goto(f"{url}/help/in/{path}")
    expect(page).to_have_url(re.compile(r"/help/requests/CC-\d+/$"))


def choose(page: Page, press: str, number: int) -> None:
    """Press a time of tomorrow, then the button: late in the evening today has few times left."""
    for check in (SMALL, TINY):
        assert page.evaluate(check) == []
    assert page.evaluate(OVERHANG) == 0
    tomorrow = page.locator(".times details").nth(1)
    if tomorrow.get_attribute("open") is None:
        tomorrow.locator("summary").click()
    tomorrow.locator(".slot input").nth(number).check()
    page.get_by_role("button", name=press, exact=True).click()


def call_twice(chromium: Browser, url: str) -> None:
    """Ana sees the call on her page, dials in vain, and reaches the customer after that."""
    with watched_page(chromium, viewport={"width": 1440, "height": 1000}) as desk:
        come_in(desk, url, "ana")
        desk.goto(f"{url}/desk/promises/?range=week")
        expect(desk.get_by_role("link", name="Call", exact=True)).to_have_attribute(
            "href", f"tel:{NUMBER}"
        )
        desk.get_by_role("button", name="No answer").click()
        expect(desk.locator(".tries [data-t=no]")).to_have_count(1)
        desk.get_by_role("button", name="Reached").click()
        expect(desk.get_by_text("Done today")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("language", WORDS)
def test_customer_books_and_moves_agent_calls_and_the_timeline_tells_it(
    chromium: Browser, live_server, case: Case, language: str, scripts: bool
):
    words, url = WORDS[language], live_server.url
    case.customer.language = language
    case.customer.save()
    options = {"viewport": PHONE, "java_script_enabled": scripts}
    with watched_page(chromium, **options) as page:
        visit(page, url, case)
        page.get_by_role("link", name=words["ask"]).click()
        choose(page, words["book"], 3)
        expect(page.get_by_text(words["card"])).to_be_visible()
        expect(page.get_by_text(words["number"])).to_be_visible()
        first = Promise.objects.owed().get(kind=Kind.CALLBACK)
        page.get_by_role("link", name=words["move"]).click()
        choose(page, words["move"], 5)
        expect(page.get_by_text(words["story"][1])).to_be_visible()
        second = Promise.objects.owed().get(kind=Kind.CALLBACK)
        assert second.predecessor == first
        assert second.due_at > first.due_at
        call_twice(chromium, url)
        page.reload()
        for line in words["story"]:
            expect(page.get_by_text(line)).to_be_visible()
        assert page.evaluate(OVERHANG) == 0
        second.refresh_from_db()
        assert second.state == State.KEPT


def test_axe_finds_nothing_on_the_pages_of_a_call(chromium: Browser, live_server, case: Case):
    found = {}
    with watched_page(chromium, bypass_csp=True, viewport=PHONE) as page:
        visit(page, live_server.url, case)
        request = page.url
        page.goto(f"{request}callback/")
        found["book"] = find_faults(page)
        page.get_by_role("button", name="Book the call").click()  # as soon as possible
        expect(page.get_by_text("Our promise to you")).to_be_visible()
        found["request"] = find_faults(page)
        promise = Promise.objects.owed().get(kind=Kind.CALLBACK)
        for name in ("", f"{promise.pk}/move/", f"{promise.pk}/cancel/"):
            page.goto(f"{request}callback/{name}")
            found[name or "booked"] = find_faults(page)
            page.set_viewport_size(PHONE)
            assert page.evaluate(SMALL) == []
            assert page.evaluate(OVERHANG) == 0
    assert {name: faults for name, faults in found.items() if faults} == {}
