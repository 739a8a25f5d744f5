"""Questions behind the scenes in Chromium: asked at the desk, answered by a link, seen at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.office import mail, receive, running_office, settle
from tests.e2e.questions import find_answered, sign_question
from tests.e2e.rooms import log_in
from tests.e2e.test_help import PHONE, look_closely
from tests.e2e.test_pages import OVERHANG, REFLOW, find_faults
from tests.services.browser import watched_page
from tests.services.portal import Portal

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]

SITE = ZoneInfo("Asia/Shanghai")
WORDS = {
    "en-GB": ("Your answer", "Your name", "Send the answer", "your answer is with us"),
    "zh-CN": ("您的答复", "您的姓名", "提交答复", "您的答复我们已经收到"),
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with running_office(tmp_path_factory.mktemp("behind") / "var") as portal:
        yield portal


@pytest.mark.parametrize(("language", "scripts"), [("en-GB", True), ("zh-CN", False)])
def test_answer_by_link_changes_the_open_case(
    office: Portal, chromium: Browser, language: str, scripts: bool
):
    label, name, send, done = WORDS[language]
    person = f"Mr Hu {language}"
    number = receive(office, mail(len(language) + scripts, f"Cable {language}", "It is cut."))
    due = datetime.now(tz=SITE) + timedelta(minutes=50)
    with watched_page(chromium) as desk:
        log_in(desk, office.url, "ana")
        desk.goto(f"{office.url}/desk/cases/{number}/")
        desk.get_by_label("More actions").click()
        desk.get_by_role("link", name="Ask behind the scenes…").click()
        desk.get_by_label("Whom").fill("Cable crew")
        desk.get_by_label("Email address").fill("crew@cables.example")
        desk.get_by_label("Question", exact=True).fill("When is the joint closed?")
        desk.get_by_label("Needed for").select_option(index=0)
        desk.get_by_label("Answer by").fill(f"{due:%Y-%m-%dT%H:%M}")
        desk.get_by_role("button", name="Ask", exact=True).click()
        side = desk.locator("#side")
        expect(side).to_contain_text("answer due")
        settle(desk)
        options = {"locale": language, "java_script_enabled": scripts, "viewport": PHONE}
        with watched_page(chromium, **options) as crew:
            crew.goto(sign_question(office))
            expect(crew.locator("main")).to_contain_text("When is the joint closed?")
            crew.get_by_label(label).fill("By three.")
            crew.get_by_label(name).fill(person)
            crew.get_by_role("button", name=send).click()
            expect(crew.get_by_role("heading", level=1)).to_contain_text(done)
        expect(side).to_contain_text(f"answered by {person}", timeout=15_000)
        expect(side).to_contain_text("By three.")
        expect(desk.locator(".thread")).to_contain_text("By three.")
        assert desk.evaluate("window.unchanged") is True


def test_page_of_a_question_is_sound(demonstration: Portal, chromium: Browser):
    link = sign_question(demonstration)
    with watched_page(chromium, bypass_csp=True) as page:
        found = {}
        page.goto(link)
        found["fresh"] = look_closely(page)
        page.locator("[name=answer]").fill("Tomorrow.")
        page.locator("[name=name]").fill("Mr Hu")
        page.locator("[name=restored_at]").fill("2020-01-01T10:00")
        page.get_by_role("button", name="Send the answer").click()
        expect(page.locator("[name=answer]")).to_have_value("Tomorrow.")
        found["refused"] = look_closely(page)
        page.goto(f"{demonstration.url}/help/inquiries/thanks/")
        found["thanks"] = look_closely(page)
    # a page that says 410 is a complaint of the console by itself
    page = chromium.new_context(bypass_csp=True).new_page()
    page.goto(f"{demonstration.url}/help/inquiries/over/")
    found["over"] = look_closely(page)
    page.context.close()
    assert {name: faults for name, faults in found.items() if any(faults)} == {}


def test_case_with_questions_is_sound(demonstration: Portal, chromium: Browser):
    number = find_answered(demonstration)
    with watched_page(chromium, bypass_csp=True) as page:
        log_in(page, demonstration.url, "agent")
        page.goto(f"{demonstration.url}/desk/cases/{number}/?pane=side")
        page.locator("#side details").evaluate_all("all => all.forEach(one => one.open = true)")
        expect(page.locator("#side")).to_contain_text("Expected to work again")
        found = [find_faults(page)]
        for width in REFLOW:
            page.set_viewport_size({"width": width, "height": 800})
            found.append(page.evaluate(OVERHANG))
    assert not any(found), found
