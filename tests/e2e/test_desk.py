"""The desk in Chromium: reading, answering, noting, by mouse and by key."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from apps.accounts.models import Team, User
from apps.cases.models import Case, Interaction
from apps.channels import domain
from apps.channels.models import Account, Delivery
from tests.cast import make_case, make_interaction
from tests.e2e.inside import come_in
from tests.e2e.rooms import log_in

GIF = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c000000000100010000020144003b"
)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cases(lamps: Team, ana_agent: User) -> list[Case]:
    subjects = ["The lamp flickers", "锅炉滴水", "A third matter"]
    return [make_case(team=lamps, owner=ana_agent, subject=subject) for subject in subjects]


@pytest.fixture
def desk(page: Page, live_server, ana_agent: User, cases: list[Case]) -> Page:
    come_in(page, live_server.url, "ana")
    return page


def open_case(desk: Page, subject: str) -> None:
    desk.get_by_role("link", name=subject).click()
    expect(desk.locator("#conv h1")).to_have_text(subject)


def test_case_opens_beside_the_list_without_a_reload(desk: Page, cases: list[Case]):
    desk.evaluate("window.unchanged = true")
    open_case(desk, "锅炉滴水")
    assert desk.evaluate("window.unchanged") is True
    assert desk.url.endswith(f"/desk/cases/{cases[1].number}/")
    expect(desk.locator("a.case[aria-current=true]")).to_contain_text("锅炉滴水")
    expect(desk.locator("#side h1")).to_have_text(cases[1].customer.name)
    desk.go_back()
    expect(desk.get_by_text("Choose a case")).to_be_visible()
    desk.go_forward()
    expect(desk.locator("#conv h1")).to_have_text("锅炉滴水")
    desk.reload()
    expect(desk.locator("#conv h1")).to_have_text("锅炉滴水")


def test_reply_is_sent_by_key_and_the_list_follows(desk: Page, cases: list[Case], mailbox: Account):
    open_case(desk, "The lamp flickers")
    desk.keyboard.press("r")
    expect(desk.locator("[name=reply-text]")).to_be_focused()
    desk.keyboard.type("We come at ten.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".ix[data-dir=out] .bd")).to_have_text("We come at ten.")
    expect(desk.locator("[name=reply-text]")).to_have_value("")
    expect(desk.locator("#toasts")).to_contain_text("Goes out in ten seconds.")
    expect(desk.locator("#rows .group").last).to_contain_text("Waiting for the customer")
    assert Interaction.objects.get(direction="outbound").text == "We come at ten."


def test_wrong_address_keeps_what_was_typed(desk: Page, mailbox: Account):
    open_case(desk, "The lamp flickers")
    desk.fill("[name=reply-to]", "nobody")
    desk.fill("[name=reply-text]", "Typed with care")
    with desk.expect_response(re.compile(r"/CC-\d+/reply/$")) as answer:
        desk.get_by_role("button", name="Send").click()
    assert answer.value.status == 422
    expect(desk.get_by_role("alert")).to_contain_text("is no email address")
    expect(desk.locator("[name=reply-text]")).to_have_value("Typed with care")


def test_note_looks_unlike_a_reply_and_has_no_recipients(desk: Page):
    open_case(desk, "The lamp flickers")
    composer = desk.locator("#composer")
    before = composer.evaluate("one => getComputedStyle(one).backgroundColor")
    desk.fill("[name=reply-text]", "Kept for later")
    desk.keyboard.press("Escape")
    composer.get_by_role("link", name="Note").click()
    assert composer.evaluate("one => getComputedStyle(one).backgroundColor") != before
    expect(desk.locator("[name=reply-to]")).to_be_hidden()
    composer.get_by_role("link", name="Email").click()
    expect(desk.locator("[name=reply-text]")).to_have_value("Kept for later")


def test_typed_words_survive_every_way_through_the_desk(desk: Page, cases: list[Case]):
    open_case(desk, "The lamp flickers")
    box = desk.locator("[name=reply-text]")
    box.fill("Half an answer")
    desk.get_by_role("link", name="Note", exact=True).click()
    desk.fill("[name=note-text]", "Asked the workshop.")
    desk.get_by_role("button", name="Leave note").click()
    expect(desk.locator(".thread")).to_contain_text("Asked the workshop.")
    expect(desk.locator("[name=note-text]")).to_have_value("")
    expect(box).to_have_value("Half an answer")
    open_case(desk, "锅炉滴水")
    expect(box).to_have_value("")
    open_case(desk, "The lamp flickers")
    expect(box).to_have_value("Half an answer")
    desk.once("dialog", lambda dialog: dialog.accept())
    desk.reload()
    expect(box).to_have_value("Half an answer")


def test_answer_typed_in_an_expired_session_waits_behind_the_log_in(
    desk: Page, live_server, cases: list[Case]
):
    open_case(desk, "The lamp flickers")
    box = desk.get_by_role("textbox", name="Answer to the customer")
    box.fill("Not lost")
    desk.context.clear_cookies(name="sessionid")
    desk.get_by_role("button", name="Send").click()
    desk.wait_for_url("**/accounts/login/**")
    desk.fill("[name=login]", "ana")
    desk.fill("[name=password]", "demo")
    desk.press("[name=password]", "Enter")
    expect(box).to_have_value("Not lost")
    assert not Interaction.objects.filter(text__contains="Not lost").exists()


def test_answer_that_was_taken_leaves_no_draft(desk: Page, mailbox: Account, cases: list[Case]):
    open_case(desk, "The lamp flickers")
    box = desk.get_by_role("textbox", name="Answer to the customer")
    box.fill("All of it")
    desk.get_by_role("button", name="Send").click()
    expect(desk.locator(".thread")).to_contain_text("All of it")
    expect(box).to_have_value("")
    desk.reload()
    expect(box).to_have_value("")


def test_two_presses_make_one_note(desk: Page):
    open_case(desk, "The lamp flickers")
    desk.get_by_role("link", name="Note", exact=True).click()
    desk.fill("[name=note-text]", "Once.")
    desk.evaluate(
        "() => { const form = document.querySelector('form[data-mode=note]');"
        " form.requestSubmit(); form.requestSubmit(); }"
    )
    expect(desk.locator(".ix[data-kind=note]")).to_have_count(1)
    assert Interaction.objects.filter(text="Once.").count() == 1


def test_news_that_came_meanwhile_holds_the_answer_back(
    desk: Page, cases: list[Case], mailbox: Account
):
    open_case(desk, "The lamp flickers")
    desk.fill("[name=reply-text]", "We come at ten.")
    make_interaction(cases[0], text="It works again.")
    desk.get_by_role("button", name="Send").click()
    expect(desk.get_by_role("alert")).to_contain_text("The customer wrote again meanwhile")
    expect(desk.get_by_text("It works again.").first).to_be_visible()
    expect(desk.locator("[name=reply-text]")).to_have_value("We come at ten.")


def hold(desk: Page, address: str) -> list[Route]:
    """Answers to requests for this address wait in the list that is returned."""
    held: list[Route] = []
    desk.route(address, lambda route: held.append(route))  # noqa: PLW0108 Playwright wants a function
    return held


def test_case_that_opens_while_the_list_comes_anew_shows_its_own_customer(
    desk: Page, cases: list[Case]
):
    open_case(desk, "The lamp flickers")
    held = hold(desk, f"**/desk/cases/{cases[1].number}/")
    desk.get_by_role("link", name="锅炉滴水").click()
    Case.objects.filter(pk=cases[2].pk).update(subject="A matter renamed")
    desk.evaluate("document.body.dispatchEvent(new Event('case-changed'))")
    expect(desk.locator("#rows")).to_contain_text("A matter renamed")
    held[0].continue_()
    expect(desk.locator("#conv h1")).to_have_text("锅炉滴水")
    expect(desk.locator("#side h1")).to_have_text(cases[1].customer.name)


@pytest.mark.parametrize("taken", [True, False])
def test_answer_to_a_note_that_comes_after_another_case_was_opened_is_told(
    desk: Page, cases: list[Case], taken: bool
):
    open_case(desk, "The lamp flickers")
    held = hold(desk, "**/note/**")
    desk.get_by_role("link", name="Note", exact=True).click()
    desk.fill("[name=note-text]", "Asked the workshop.")
    desk.get_by_role("button", name="Leave note").click()
    open_case(desk, "锅炉滴水")
    if taken:
        held[0].continue_()
        expect(desk.locator("#toasts")).to_contain_text("Noted for colleagues.")
    else:
        held[0].fulfill(status=422, body="")
        expect(desk.locator("#toasts")).to_contain_text("It waits there as your draft")
    expect(desk.locator("#conv h1")).to_have_text("锅炉滴水")
    open_case(desk, "The lamp flickers")
    words = "" if taken else "Asked the workshop."
    expect(desk.locator("[name=note-text]")).to_have_value(words)


def test_panel_opens_though_the_case_comes_anew_meanwhile(desk: Page, cases: list[Case]):
    open_case(desk, "The lamp flickers")
    held = hold(desk, f"**/desk/cases/{cases[0].number}/promise/**")
    desk.keyboard.press("p")
    desk.wait_for_function("document.querySelector('#conv-head .htmx-request')")
    Case.objects.filter(pk=cases[0].pk).update(subject="The lamp flickers on")
    with desk.expect_response(lambda one: "portal-live" in one.request.headers) as came:
        desk.evaluate("import('/static/js/live-parts.js').then((live) => live.changed(['reset']))")
    came.value.finished()
    desk.wait_for_timeout(200)  # the page takes what came
    held[0].continue_()
    expect(desk.get_by_label("What", exact=True)).to_be_focused()
    expect(desk.locator("#conv h1")).to_have_text("The lamp flickers on")


def test_keys_walk_the_list_and_open(desk: Page):
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    expect(desk.locator("a.case").nth(1)).to_be_focused()
    desk.keyboard.press("k")
    desk.keyboard.press("Enter")
    expect(desk.locator("#conv h1")).to_be_visible()
    desk.keyboard.press("?")
    expect(desk.locator("#help")).to_be_visible()
    desk.keyboard.press("Escape")
    desk.keyboard.press("/")
    expect(desk.locator(".top .search input")).to_be_focused()
    desk.keyboard.type("rjk")
    expect(desk.locator(".top .search input")).to_have_value("rjk")


def test_assigning_by_key_opens_its_form(desk: Page, ben_agent: User, cases: list[Case]):
    open_case(desk, "The lamp flickers")
    desk.keyboard.press("a")
    desk.get_by_label("Person").select_option(label="Ben · Available · 0 open cases")
    desk.get_by_label("Note for whoever gets it").fill("Call her at noon.")
    desk.get_by_role("button", name="Assign", exact=True).click()
    expect(desk.locator("#toasts")).to_contain_text("Passed on.")
    cases[0].refresh_from_db()
    assert cases[0].owner == ben_agent
    assert cases[0].interactions.get(channel="internal").text == "Call her at noon."


def test_theme_changes_at_once_and_stays(desk: Page):
    desk.get_by_role("button", name="Dark theme").first.click()
    expect(desk.locator("html")).to_have_attribute("data-theme", "dark")
    desk.wait_for_load_state("networkidle")
    desk.reload()
    expect(desk.locator("html")).to_have_attribute("data-theme", "dark")


def test_session_that_ended_leads_to_the_log_in_and_back(
    desk: Page, cases: list[Case], live_server
):
    open_case(desk, "The lamp flickers")
    desk.context.clear_cookies(name="sessionid")
    desk.get_by_role("link", name="锅炉滴水").click()
    desk.wait_for_url(f"{live_server.url}/accounts/login/?next=/desk/cases/{cases[0].number}/")


def test_link_in_a_mails_own_layout_opens_a_page_that_knows_nothing_of_us(
    desk: Page, cases: list[Case]
):
    Interaction.objects.filter(case=cases[0]).update(
        html='<p><a href="https://shop.example/lamp" target="_blank">The lamp</a></p>'
    )
    asked: list[dict[str, str]] = []

    def answer(route: Route) -> None:
        asked.append(route.request.headers)
        route.fulfill(status=200, content_type="text/html", body="<h1>Shop</h1>")

    desk.context.route("https://shop.example/**", answer)
    open_case(desk, "The lamp flickers")
    desk.get_by_role("link", name="Original layout").click()
    link = desk.frame_locator("iframe.original").get_by_role("link", name="The lamp")
    expect(link).to_be_visible()
    desk.wait_for_load_state("networkidle")
    with desk.context.expect_page() as opened:
        link.click()
    expect(opened.value.locator("h1")).to_have_text("Shop")
    assert [headers.get("referer") for headers in asked] == [None]
    assert opened.value.evaluate("window.opener") is None


def test_html_of_a_mail_keeps_its_looks_and_fetches_nothing_unasked(
    chromium: Browser, live_server, ana_agent: User, cases: list[Case]
):
    body = '<h1 style="color: red">Hello</h1><img src="https://pixel.example/t.png" alt="">'
    Interaction.objects.filter(case=cases[0]).update(html=body)
    fetched: list[dict[str, str]] = []
    context = chromium.new_context()  # not a watched one: the policy says aloud what it blocks

    def answer(route: Route) -> None:
        fetched.append(route.request.headers)
        route.fulfill(status=200, content_type="image/gif", body=GIF)

    context.route("https://pixel.example/**", answer)
    desk = context.new_page()
    log_in(desk, live_server.url, "ana")
    open_case(desk, "The lamp flickers")
    frame = desk.frame_locator("iframe.original")
    desk.fill("[name=reply-text]", "Typed meanwhile")
    desk.get_by_role("link", name="Original layout").click()
    expect(frame.locator("h1")).to_have_css("color", "rgb(255, 0, 0)")
    desk.wait_for_load_state("networkidle")
    assert fetched == []
    press = desk.get_by_role("button", name="Show remote images")
    with context.expect_event("requestfinished", lambda one: "pixel.example" in one.url):
        press.click()
    expect(press).to_be_hidden()
    assert frame.locator("img").evaluate("one => one.naturalWidth") == 1
    assert len(fetched) == 1
    assert "referer" not in fetched[0]
    expect(desk.locator("[name=reply-text]")).to_have_value("Typed meanwhile")
    desk.get_by_role("link", name="As text").click()
    context.close()


def test_panes_change_places_on_a_small_screen(desk: Page):
    desk.set_viewport_size({"width": 390, "height": 844})
    expect(desk.locator("#conv")).to_be_hidden()
    open_case(desk, "The lamp flickers")
    expect(desk.locator("#list")).to_be_hidden()
    desk.get_by_role("link", name="Customer", exact=True).click()
    expect(desk.locator("#side h1")).to_be_visible()
    desk.get_by_role("link", name="Back to the conversation").click()
    expect(desk.locator("#conv h1")).to_be_visible()
    desk.get_by_role("link", name="Back to the queue").click()
    expect(desk.locator("#list h1")).to_be_visible()


def test_focus_goes_on_where_something_changed(desk: Page, cases: list[Case]):
    Case.objects.update(owner=None)
    desk.goto(desk.url.replace("/desk/inbox/", f"/desk/cases/{cases[0].number}/"))
    desk.get_by_role("button", name="Take").click()
    expect(desk.locator("#toasts")).to_contain_text("The case is yours.")
    expect(desk.locator("#conv h1")).to_be_focused()
    desk.get_by_label("More actions").click()
    desk.get_by_role("button", name="Mark as spam").click()
    expect(desk.locator("#toasts")).to_contain_text("Set aside as spam.")
    focused = desk.evaluate("document.activeElement.closest('#conv') !== null")
    assert focused


def test_escape_closes_a_panel_and_leads_back_to_what_opened_it(desk: Page):
    open_case(desk, "The lamp flickers")
    opener = desk.locator("[data-deed=assign]")
    opener.click()
    expect(desk.get_by_label("Person")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(desk.locator("#panel form")).to_have_count(0)
    expect(opener).to_be_focused()
    opener.click()
    desk.get_by_role("link", name="Cancel").click()
    expect(desk.locator("#panel form")).to_have_count(0)
    expect(opener).to_be_focused()


def test_everything_on_the_page_is_ticked_and_retried(
    desk: Page, live_server, mailbox: Account, cases: list[Case], ana_agent: User
):
    for case in cases[:2]:
        domain.reply(case_id=case.pk, actor=ana_agent, text="We come.")
    Delivery.objects.update(state="failed", attempts=1)
    desk.goto(f"{live_server.url}/desk/attention/")
    desk.get_by_label("All on this page").check()
    desk.get_by_role("button", name="Try again", exact=True).click()
    expect(desk.locator("#toasts")).to_contain_text("2 tried again.")
    assert not Delivery.objects.filter(state="failed").exists()
