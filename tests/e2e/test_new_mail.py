"""A mail of our own and a forward in Chromium: all that an answer has, and undo."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from apps.cases.models import Case
from tests.cast import make_interaction
from tests.e2e.inside import come_in
from tests.e2e.test_composer import (
    case,
    composer,
    desk,
    let_it_leave,
    see_all_arrived,
    see_all_of_it,
    write,
)
from tests.e2e.test_pages import find_faults
from tests.services.browser import watched_page
from tests.services.smtp import Relay

__all__ = ["case", "desk"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
MAKER = "maker@lamps.example"
CUSTOMER = re.compile(r"customer\d+@example\.org")


def begin(desk: Page, case: Case) -> None:
    """A new mail to the customer, begun on the customer's page."""
    address = desk.url.partition("/desk/")[0]
    desk.goto(f"{address}/desk/customers/{case.customer_id}/")
    desk.get_by_role("link", name="New case").click()
    expect(desk.get_by_label("Address or number")).to_have_value(CUSTOMER)
    desk.get_by_label("Subject").fill("Your lamp")
    write(desk, "new")


def open_forward(desk: Page, case: Case) -> None:
    address = desk.url.partition("/desk/")[0]
    make_interaction(case, text="It flickers", html="<p>It <i>flickers</i></p>")
    desk.goto(f"{address}/desk/cases/{case.number}/")
    desk.get_by_label("More actions").click()
    desk.get_by_role("link", name="Forward…").click()
    desk.locator("#panel").get_by_label("To", exact=True).fill(MAKER)
    write(desk, "forward")


def test_new_mail_with_all_that_belongs_to_it_is_taken_back_and_sent(
    desk: Page, case: Case, smtp_relay: Relay
):
    begin(desk, case)
    see_all_of_it(desk, "new")
    desk.get_by_role("button", name="Open the case").click()
    expect(desk.locator(".ix[data-dir=out] .pic img")).to_have_count(1)
    desk.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(desk.get_by_role("heading", name="New case")).to_be_visible()
    see_all_of_it(desk, "new")
    expect(desk.get_by_label("Subject")).to_have_value("Your lamp")
    expect(desk.get_by_label("Address or number")).to_have_value(CUSTOMER)
    desk.get_by_role("button", name="Open the case").click()
    expect(desk.locator(".ix[data-dir=out] .pic img")).to_have_count(2)
    see_all_arrived(smtp_relay)
    assert Case.objects.count() == 2
    assert smtp_relay.received[0].message["Subject"].startswith("Your lamp [")


def test_new_mail_outlasts_a_reload_and_another_one_begins_empty(desk: Page, case: Case):
    begin(desk, case)
    desk.once("dialog", lambda dialog: dialog.accept())
    desk.reload()
    see_all_of_it(desk, "new")
    expect(desk.get_by_label("Subject")).to_have_value("Your lamp")
    desk.once("dialog", lambda dialog: dialog.accept())
    desk.goto(f"{desk.url.partition('/desk/')[0]}/desk/cases/new/")
    expect(composer(desk, "new").locator("[name=new-text]")).to_have_value("")
    expect(composer(desk, "new").locator(".kept input")).to_have_count(0)


def test_what_only_mails_have_is_shown_for_mails_alone(desk: Page, case: Case):
    desk.goto(f"{desk.url.partition('/desk/')[0]}/desk/cases/new/")
    copy, later = desk.get_by_label("Copy"), desk.get_by_text("Send later")
    tools = desk.get_by_role("toolbar", name="Formatting")
    for part in (copy, later, tools):
        expect(part).to_be_hidden()
    desk.get_by_label("Channel").select_option("email")
    for part in (copy, later, tools):
        expect(part).to_be_visible()


def test_forward_is_taken_back_into_its_panel_and_sent(desk: Page, case: Case, smtp_relay: Relay):
    open_forward(desk, case)
    desk.locator("#panel").get_by_role("button", name="Forward").click()
    expect(desk.locator("#panel form")).to_have_count(0)
    desk.locator("#toasts").get_by_role("button", name="Undo").click()
    see_all_of_it(desk, "forward")
    expect(desk.locator("#panel").get_by_label("To", exact=True)).to_have_value(MAKER)
    desk.locator("#panel").get_by_role("button", name="Forward").click()
    expect(desk.locator("#panel form")).to_have_count(0)
    received = let_it_leave(smtp_relay)
    html = received.message.get_body(("html",)).get_content()
    assert received.recipients == (MAKER,)
    assert "<b>tomorrow at ten</b>" in html
    assert "<p>It <i>flickers</i></p></blockquote>" in html
    (bill,) = received.message.iter_attachments()
    assert bill.get_filename() == "bill.txt"


@pytest.mark.parametrize("opened", [begin, open_forward])
def test_it_fits_a_small_screen(desk: Page, case: Case, opened):
    desk.set_viewport_size({"width": 390, "height": 844})
    opened(desk, case)
    assert desk.evaluate(WIDE) <= 0


@pytest.mark.parametrize("opened", [begin, open_forward])
def test_axe_finds_nothing(chromium: Browser, live_server, case: Case, opened):
    # axe measures by writing styles; the other tests here keep the policy
    with watched_page(chromium, bypass_csp=True) as page:
        come_in(page, live_server.url, "ana")
        opened(page, case)
        assert find_faults(page) == {}
