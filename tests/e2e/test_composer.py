"""The reply composer in Chromium: formatting, a pasted picture, a dropped file, and undo."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from apps.accounts.models import Team, User
from apps.cases.models import Case, Interaction
from apps.channels import domain
from apps.channels.models import Account, Delivery
from tests.cast import make_case
from tests.e2e.inside import come_in
from tests.e2e.rooms import log_in
from tests.e2e.test_pages import find_faults
from tests.services.browser import watched_page
from tests.services.smtp import Received, Relay

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PASTE = """(box, [type, data, name]) => {
  const carried = new DataTransfer();
  if (name) {
    const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
    carried.items.add(new File([bytes], name, { type }));
  } else carried.setData(type, data);
  const how = { clipboardData: carried, bubbles: true, cancelable: true };
  box.dispatchEvent(new ClipboardEvent("paste", how));
}"""
DROP = """(form, [name, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name, { type: "text/plain" }));
  for (const kind of ["dragover", "drop"]) {
    const how = { dataTransfer: carried, bubbles: true, cancelable: true };
    form.dispatchEvent(new DragEvent(kind, how));
  }
}"""


@pytest.fixture
def case(lamps: Team, ana_agent: User, smtp_relay: Relay) -> Case:
    Account.objects.create(
        channel="email",
        name="support",
        address="support@portal.example",
        outgoing=smtp_relay.url,
        team=lamps,
        is_default=True,
        signature="Lamps",
        options={"signature_html": "<p><b>Lamps</b></p>"},
    )
    return make_case(team=lamps, owner=ana_agent, subject="The lamp flickers")


@pytest.fixture
def desk(page: Page, live_server, case: Case) -> Page:
    come_in(page, live_server.url, "ana")
    page.goto(f"{live_server.url}/desk/cases/{case.number}/")
    return page


def composer(desk: Page, prefix: str = "reply") -> Locator:
    return desk.locator(f"form:has([name={prefix}-text])")


def write(desk: Page, prefix: str = "reply") -> None:
    """Words with formatting, a pasted picture and a dropped file."""
    form = composer(desk, prefix)
    if prefix != "forward":
        form.locator(f"[name={prefix}-cc]").fill("dan@example.net")
    form.locator(f"[name={prefix}-text]").click()
    desk.keyboard.type("Dear Cleo, ")
    desk.keyboard.press("Control+b")
    desk.keyboard.type("tomorrow at ten")
    form.get_by_role("button", name="Bold").click()
    desk.keyboard.press("Enter")
    form.get_by_role("button", name="List", exact=True).click()
    desk.keyboard.type("bring the lamp")
    box = form.locator(".rich")
    picture = base64.b64encode(PNG).decode()
    box.evaluate(PASTE, ["image/png", picture, "plan.png"])
    expect(box.locator("img")).to_have_count(1)
    form.evaluate(DROP, ["bill.txt", "12 yuan"])
    expect(form.locator(".kept")).to_contain_text("bill.txt")


def see_all_of_it(desk: Page, prefix: str = "reply") -> None:
    form = composer(desk, prefix)
    box = form.locator(".rich")
    expect(box).to_be_visible()
    expect(box.locator("b")).to_have_text("tomorrow at ten")
    expect(box.locator("li")).to_have_text("bring the lamp")
    expect(box).not_to_contain_text("Lamps")
    width = "one => one.complete && one.naturalWidth"
    picture = f"form:has([name={prefix}-text]) .rich img"
    desk.wait_for_function(f"() => ({width})(document.querySelector('{picture}'))")
    expect(form.locator(".kept input:checked")).to_have_count(1)
    if prefix != "forward":
        expect(form.locator(f"[name={prefix}-cc]")).to_have_value("dan@example.net")


def let_it_leave(relay: Relay) -> Received:
    Delivery.objects.filter(state="held").update(held_until=timezone.now() - timedelta(seconds=1))
    for delivery in Delivery.objects.all():
        domain.deliver(delivery.pk)
    (received,) = relay.received
    return received


def see_all_arrived(relay: Relay) -> None:
    received = let_it_leave(relay)
    mail = received.message
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "text/plain",
    ]
    html, text = mail.get_body(("html",)).get_content(), mail.get_body(("plain",)).get_content()
    picture = next(part for part in mail.walk() if part.get_content_type() == "image/png")
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in html
    assert (picture.get_content(), picture.get_content_disposition()) == (PNG, "inline")
    assert "<b>tomorrow at ten</b>" in html
    assert "<li>bring the lamp" in html
    assert html.count("<b>Lamps</b>") == 1
    assert "Dear Cleo, tomorrow at ten" in text
    assert (mail["Cc"], received.recipients[1]) == ("dan@example.net", "dan@example.net")
    (bill,) = mail.iter_attachments()
    assert (bill.get_filename(), bill.get_content().strip()) == ("bill.txt", "12 yuan")


def test_answer_with_all_that_belongs_to_it_is_taken_back_and_sent(
    desk: Page, case: Case, smtp_relay: Relay
):
    write(desk)
    see_all_of_it(desk)
    desk.get_by_role("button", name="Send").click()
    expect(desk.locator(".ix[data-dir=out] .pic img")).to_have_count(1)
    expect(desk.locator(".rich")).to_be_hidden()
    expect(composer(desk).locator(".kept input")).to_have_count(0)
    desk.locator("#toasts").get_by_role("button", name="Undo").click()
    see_all_of_it(desk)
    desk.get_by_role("button", name="Send").click()
    expect(desk.locator(".ix[data-dir=out] .pic img")).to_have_count(2)
    see_all_arrived(smtp_relay)


def test_pasted_page_brings_its_words_and_nothing_that_fetches(desk: Page):
    desk.locator("[name=reply-text]").click()
    desk.get_by_role("button", name="Italic").click()
    page = (
        '<style>p { color: red }</style><p style="color: red" onclick="alert(1)" hx-get="/x">See '
        '<a href="javascript:alert(1)">here</a> <a href="https://example.org/a">there</a></p>'
        '<img src="https://tracker.example/x.png" onerror="alert(1)">'
    )
    box = desk.locator(".rich")
    box.evaluate(PASTE, ["text/html", page, ""])
    expect(box).to_have_text("See here there")
    desk.get_by_role("button", name="Send").click()
    expect(desk.locator(".ix[data-dir=out]")).to_contain_text("See here there")
    html = Interaction.objects.get(direction="outbound").html
    assert '<a href="https://example.org/a">there</a>' in html
    for trace in ("tracker", "script", "style", "onclick", "hx-"):
        assert trace not in html


def test_file_that_the_network_lost_is_said_so_and_comes_later(desk: Page):
    form = composer(desk)
    desk.context.set_offline(True)
    form.evaluate(DROP, ["bill.txt", "12 yuan"])
    expect(form.get_by_role("alert")).to_contain_text("The connection is gone")
    desk.context.set_offline(False)
    form.evaluate(DROP, ["bill.txt", "12 yuan"])
    expect(form.locator(".kept")).to_contain_text("bill.txt")
    expect(form.get_by_role("alert")).to_have_count(0)


def test_file_that_is_refused_is_told_with_the_reason_and_the_text_is_kept(desk: Page):
    form = composer(desk)
    form.locator("[name=reply-text]").fill("Typed with care")
    desk.route("**/uploads/reply/", lambda route: route.fulfill(status=413, body="Too large.\n"))
    form.evaluate(DROP, ["bill.txt", "12 yuan"])
    expect(form.get_by_role("alert")).to_contain_text("larger than 20 MB together")
    desk.unroute("**/uploads/reply/")
    form.evaluate("form => { form.dataset.most = 3; }")
    form.evaluate(DROP, ["bill.txt", "12 yuan"])
    expect(form.get_by_role("alert")).to_contain_text("This file is larger than 20 MB")
    form.evaluate("form => { form.dataset.most = 9999; }")
    desk.context.clear_cookies(name="sessionid")
    form.evaluate(DROP, ["bill.txt", "12 yuan"])
    expect(form.get_by_role("alert")).to_contain_text("You are logged out")
    way = form.get_by_role("alert").get_by_role("link", name="Log in").get_attribute("href")
    assert way.startswith("/accounts/login/?next=/desk/cases/")
    expect(form.locator("[name=reply-text]")).to_have_value("Typed with care")


def test_draft_with_formatting_and_files_outlasts_a_reload(desk: Page):
    write(desk)
    desk.once("dialog", lambda dialog: dialog.accept())
    desk.reload()
    see_all_of_it(desk)


def test_answer_is_taken_back_by_one_key(desk: Page):
    desk.fill("[name=reply-cc]", "dan@example.net")
    desk.fill("[name=reply-text]", "Tomorrow at ten.")
    desk.press("[name=reply-text]", "Control+Enter")
    expect(desk.locator(".ix[data-dir=out]")).to_be_visible()
    expect(desk.get_by_role("button", name="Send", exact=False).last).to_be_focused()
    desk.keyboard.press("z")
    expect(desk.locator("#toasts")).to_contain_text("Taken back")
    expect(desk.locator("[name=reply-text]")).to_have_value("Tomorrow at ten.")
    expect(desk.locator("[name=reply-cc]")).to_have_value("dan@example.net")


def test_answer_to_all_keeps_what_was_chosen(desk: Page, case: Case):
    Interaction.objects.create(
        case=case,
        channel="email",
        direction="inbound",
        sender_kind="email",
        sender_value=case.customer.identities.get().value,
        recipients=[{"kind": "email", "value": "support@portal.example", "name": ""}],
        copies=[{"kind": "email", "value": "eve@example.net", "name": ""}],
        text="It flickers.",
        text_folded="It flickers.",
    )
    desk.reload()
    desk.fill("[name=reply-cc]", "dan@example.net")
    desk.fill("[name=reply-text]", "Tomorrow at ten.")
    desk.get_by_text("Send later").click()
    desk.fill("[name=reply-later]", "2031-05-01T10:00")
    desk.get_by_text("Reply to all").click()
    for _ in range(2):
        expect(desk.locator("[name=reply-cc]")).to_have_value("eve@example.net, dan@example.net")
        expect(desk.locator("[name=reply-text]")).to_have_value("Tomorrow at ten.")
        expect(desk.locator("[name=reply-later]")).to_have_value("2031-05-01T10:00")
        expect(desk.locator("[name=reply-later]")).to_be_visible()
        desk.once("dialog", lambda dialog: dialog.accept())
        desk.goto(desk.url.partition("?")[0])


def test_menu_makes_room_for_the_panel_that_it_opens(desk: Page):
    desk.get_by_label("More actions").click()
    desk.get_by_text("Merge…").click()
    expect(desk.locator("#panel input:not([type=hidden])").first).to_be_focused()
    expect(desk.locator("details.menu[open]")).to_have_count(0)


def test_composer_fits_a_small_screen(desk: Page):
    desk.set_viewport_size({"width": 390, "height": 844})
    write(desk)
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert desk.evaluate(wide) <= 0
    expect(desk.get_by_role("button", name="Send")).to_be_in_viewport()


def test_axe_finds_nothing_in_the_composer(chromium: Browser, live_server, case: Case):
    # axe measures by writing styles; the other tests here keep the policy
    with watched_page(chromium, bypass_csp=True) as desk:
        log_in(desk, live_server.url, "ana")
        desk.goto(f"{live_server.url}/desk/cases/{case.number}/")
        write(desk)
        assert find_faults(desk) == {}


def test_formatting_keeps_empty_lines_and_spaces_as_typed(desk: Page):
    form = desk.locator("form[data-mode=reply]")
    text = form.locator("textarea[name=reply-text]")
    typed = "Dear Cleo,\n\n  A    1\n  BB   2\n\n\nBest wishes"
    text.fill(typed)
    for _time in range(2):
        form.locator(".tools [data-do=bold]").click()
        expect(text).to_have_value(typed)
        kept = form.locator("[data-formatted]").input_value().replace("\xa0", "&nbsp;")
        assert "<div>&nbsp; A&nbsp;&nbsp;&nbsp; 1</div>" in kept
        form.locator(".tools [data-do=plain]").click()
        expect(text).to_have_value(typed)
