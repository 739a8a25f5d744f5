"""Canned replies in Chromium: by slash and by button, filtered by keyboard, never sent raw."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from apps.accounts.models import Team, User
from apps.cases.models import CannedReply, Case
from apps.channels.models import Account, Delivery
from tests.cast import make_case
from tests.e2e.inside import come_in
from tests.services.browser import watched_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def case(lamps: Team, ana_agent: User) -> Case:
    Account.objects.create(
        channel="email", name="support", address="s@portal.example", team=lamps, is_default=True
    )
    make = CannedReply.objects.create
    make(name="Thanks", text_en="Thank you, {{customer.name}}.", text_zh="谢谢您。", team=lamps)
    make(name="Visit", text_en="{{customer.address}}, we come.\nAna", owner=ana_agent)
    return make_case(team=lamps, owner=ana_agent, subject="The lamp flickers")


def open_case(page: Page, live_server, case: Case) -> None:
    come_in(page, live_server.url, "ana")
    page.goto(f"{live_server.url}/desk/cases/{case.number}/?compose=reply")


def test_slash_opens_filters_and_inserts_by_keyboard(live_server, chromium: Browser, case: Case):
    with watched_page(chromium) as page:
        open_case(page, live_server, case)
        writing = page.locator("[name=reply-text]")
        writing.press_sequentially("and/or\n/")
        dialog = page.get_by_role("dialog", name="Canned replies")
        expect(dialog.get_by_role("option")).to_have_count(3)
        page.keyboard.type("than")
        expect(dialog.get_by_role("option", selected=True)).to_contain_text("Thanks")
        page.keyboard.press("Enter")
        expect(dialog).to_be_hidden()
        expect(writing).to_have_value(f"and/or\nThank you, {case.customer.name}.")
        expect(writing).to_be_focused()


def test_escape_leaves_the_slash_where_it_was_typed(live_server, chromium: Browser, case: Case):
    with watched_page(chromium) as page:
        open_case(page, live_server, case)
        writing = page.locator("[name=reply-text]")
        writing.press_sequentially("/")
        page.get_by_role("option").first.wait_for()
        page.keyboard.press("Escape")
        expect(writing).to_be_focused()
        expect(writing).to_have_value("/")


def test_unknown_value_is_shown_selected_and_does_not_leave(
    live_server, chromium: Browser, case: Case
):
    with watched_page(chromium, viewport={"width": 390, "height": 844}, has_touch=True) as page:
        open_case(page, live_server, case)
        page.get_by_role("link", name="Canned replies").first.tap()
        dialog = page.get_by_role("dialog", name="Canned replies")
        dialog.get_by_role("option", name="Visit").tap()
        writing = page.locator("[name=reply-text]")
        expect(writing).to_have_value("{{customer.address}}, we come.\nAna")
        expect(page.locator("[data-unfilled]:visible")).to_contain_text("write it yourself")
        assert page.evaluate("getSelection().toString()") == "{{customer.address}}"
        page.get_by_role("button", name="Send").first.tap()
        expect(page.get_by_role("alert")).to_contain_text("in the place of {{customer.address}}")
        assert not Delivery.objects.exists()


def test_formatted_answer_takes_a_reply_in_chinese(live_server, chromium: Browser, case: Case):
    with watched_page(chromium) as page:
        open_case(page, live_server, case)
        page.locator("[name=reply-text]").fill("Good news.")
        page.get_by_role("button", name="Bold").click()
        page.get_by_role("link", name="Canned replies").first.click()
        dialog = page.get_by_role("dialog", name="Canned replies")
        dialog.get_by_role("button", name="中文").click()
        expect(dialog.get_by_role("button", name="中文", pressed=True)).to_be_visible()
        dialog.get_by_role("option", name="Thanks").click()
        expect(page.locator(".rich").first).to_contain_text("谢谢您。")
        assert "谢谢您。" in page.locator("[name=reply-text]").input_value()


def test_new_mail_is_offered_replies_filled_by_its_own_fields(
    live_server, chromium: Browser, case: Case
):
    with watched_page(chromium) as page:
        come_in(page, live_server.url, "ana")
        page.goto(f"{live_server.url}/desk/cases/new/")
        button = page.locator("[data-act=canned]")
        expect(button).to_be_hidden()  # a call on record takes no letter
        page.get_by_label("Channel").select_option("email")
        page.get_by_label("Address or number").fill("dora@example.org")
        writing = page.locator("[name=new-text]")
        writing.press_sequentially("/")
        dialog = page.get_by_role("dialog", name="Canned replies")
        dialog.get_by_role("option", name="Thanks").click()
        expect(writing).to_have_value("Thank you, {{customer.name}}.")
        expect(page.locator("[data-unfilled]")).to_contain_text("write it yourself")
        page.get_by_label("Name", exact=True).fill("Dora")
        writing.fill("")
        button.click()
        dialog.get_by_role("option", name="Thanks").click()
        expect(writing).to_have_value("Thank you, Dora.")
        expect(page.locator("[data-unfilled]")).to_be_hidden()


def test_mail_to_somebody_outside_takes_a_reply(live_server, chromium: Browser, case: Case):
    with watched_page(chromium, viewport={"width": 390, "height": 844}, has_touch=True) as page:
        open_case(page, live_server, case)
        page.get_by_label("More actions").tap()
        page.get_by_role("link", name="Forward…").tap()
        page.locator("#panel [data-act=canned]").tap()
        page.get_by_role("dialog", name="Canned replies").get_by_role(
            "option", name="Greeting"
        ).tap()
        expect(page.locator("[name=forward-text]")).to_have_value("Hello,\n\n")
