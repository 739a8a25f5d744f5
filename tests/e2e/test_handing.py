"""Remembering by one key, and a hand-over between two people, in Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from apps.accounts.models import Team, User
from apps.cases.models import Case
from apps.customers.models import Preference
from tests.cast import make_case, make_customer
from tests.e2e.inside import come_in
from tests.services.browser import watched_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SELECT = """() => {
  const node = document.querySelector(".ix .bd p").firstChild;
  const range = document.createRange();
  range.setStart(node, 0); range.setEnd(node, "Please never before nine".length);
  getSelection().removeAllRanges(); getSelection().addRange(range);
}"""


@pytest.fixture
def case(lamps: Team, ana_agent: User, ben_agent: User) -> Case:
    cleo = make_customer("Cleo", email="cleo@example.org")
    words = "Please never before nine. The lamp is out."
    return make_case(cleo, team=lamps, owner=ana_agent, text=words)


@pytest.fixture
def desk(page: Page, live_server, case: Case) -> Page:
    come_in(page, live_server.url, "ana")
    page.goto(f"{live_server.url}/desk/cases/{case.number}/")
    return page


def test_one_key_remembers_what_is_selected(desk: Page, case: Case):
    desk.evaluate(SELECT)
    desk.keyboard.press("m")
    field = desk.get_by_label("What we shall remember", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_value("Please never before nine")
    desk.get_by_label("It means").select_option("quiet_hours")
    desk.get_by_label("No calls from").fill("21:00")
    desk.get_by_label("until").fill("09:00")
    desk.get_by_role("button", name="Remember", exact=True).click()
    line = desk.locator("#remembered")
    expect(line).to_contain_text("Please never before nine")
    expect(line).to_contain_text("No calls between 21:00 and 09:00")
    made = Preference.objects.get()
    assert (made.source, made.value) == (case.interactions.get().pk, "21:00-09:00")
    line.locator("summary").click()
    line.get_by_role("button", name="Retire").click()
    expect(line).to_contain_text("Nothing yet.")


def test_case_changes_hands_when_the_other_one_accepts(
    desk: Page, chromium: Browser, live_server, case: Case, ben_agent: User
):
    desk.keyboard.press("a")
    desk.get_by_label("Person").select_option(str(ben_agent.pk))
    desk.locator("#id_ask_first").check()
    desk.get_by_label("Note for whoever gets it").fill("She is in until noon.")
    desk.locator("#panel").get_by_role("button", name="Assign").click()
    expect(desk.locator("#offer")).to_contain_text("is asked to take this case over")
    with watched_page(chromium) as other:
        come_in(other, live_server.url, "ben")
        other.goto(f"{live_server.url}/desk/cases/{case.number}/")
        expect(other.locator("#offer")).to_contain_text("She is in until noon.")
        other.locator("#offer").get_by_role("button", name="Take over").press("Enter")
        expect(other.locator(".thread")).to_contain_text("You took the case over")
        expect(other.locator("#offer")).to_be_hidden()
    assert Case.objects.get(pk=case.pk).owner == ben_agent
    desk.reload()
    expect(desk.locator(".thread")).to_contain_text("Ben took the case over")
