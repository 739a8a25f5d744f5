"""Words that were typed and not sent, in Chromium: no way of leaving loses them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from apps.accounts.models import Team, User
from apps.cases.models import Case, Interaction
from apps.channels.models import Account
from apps.desk.models import Draft
from tests.cast import make_case
from tests.e2e.inside import come_in
from tests.e2e.rooms import log_in
from tests.e2e.test_pages import find_faults
from tests.services.browser import watched_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
type Opener = Callable[..., Page]


@pytest.fixture
def case(lamps: Team, ana_agent: User, mailbox: Account) -> Case:
    make_case(team=lamps, owner=ana_agent, subject="锅炉滴水")
    return make_case(team=lamps, owner=ana_agent, subject="The lamp flickers")


@pytest.fixture
def device(chromium: Browser, live_server, case: Case) -> Iterator[Opener]:
    """Opens the case in a browser of its own, as on another device."""
    with ExitStack() as opened:

        def open_one(*, session_ends: bool = False) -> Page:
            # a console complains of each answer that an ended session gets
            ended = opened.enter_context(closing(chromium.new_context())) if session_ends else None
            page = ended.new_page() if ended else opened.enter_context(watched_page(chromium))
            come_in(page, live_server.url, "ana")
            page.goto(f"{live_server.url}/desk/cases/{case.number}/")
            return page

        yield open_one


def box(desk: Page, prefix: str = "reply") -> Locator:
    return desk.locator(f"[name={prefix}-text]")


def told(desk: Page, mode: str = "reply") -> Locator:
    return desk.locator(f"form[data-mode={mode}] [data-draft-state]")


def write(desk: Page, words: str, mode: str = "reply") -> None:
    box(desk, mode).fill(words)
    expect(told(desk, mode)).to_have_text("Saved")


def left_here(desk: Page) -> int:
    return desk.evaluate(
        "Object.keys(localStorage).filter((key) => key.startsWith('draft ')).length"
    )


def words_of(composer: str = "reply") -> str:
    return Draft.objects.get(composer=composer).words.get(f"{composer}-text", "")


def log_in_again(desk: Page) -> None:
    desk.fill("[name=login]", "ana")
    desk.fill("[name=password]", "demo")
    desk.press("[name=password]", "Enter")


def test_draft_is_on_another_device_and_gone_when_sent(device: Opener):
    desk = device()
    desk.fill("[name=reply-cc]", "dan@example.net")
    write(desk, "Half an answer")
    assert left_here(desk) == 0
    expect(desk.locator("a.case", has_text="The lamp flickers")).to_contain_text("Draft")
    other = device()
    expect(box(other)).to_have_value("Half an answer")
    expect(other.locator("[name=reply-cc]")).to_have_value("dan@example.net")
    expect(told(other)).to_have_text("Saved")
    box(other).fill("A whole answer")
    other.get_by_role("button", name="Send", exact=False).last.click()
    expect(other.locator(".thread")).to_contain_text("A whole answer")
    expect(box(other)).to_have_value("")
    expect(other.locator("a.case", has_text="The lamp flickers")).not_to_contain_text("Draft")
    desk.reload()
    expect(box(desk)).to_have_value("")
    other.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(box(other)).to_have_value("A whole answer")
    desk.reload()
    expect(box(desk)).to_have_value("A whole answer")
    assert not desk.locator(".two").count()


def test_draft_outlasts_a_log_out_that_leaves_nothing_behind(device: Opener, live_server):
    desk = device()
    write(desk, "Half an answer")
    box(desk).fill("Half an answer and a word")
    desk.locator("summary.presence").click()
    desk.get_by_role("button", name="Log out").click()
    desk.wait_for_url("**/accounts/login/**")
    assert left_here(desk) == 0
    assert words_of() == "Half an answer and a word"
    log_in(desk, live_server.url, "ana")
    desk.get_by_role("link", name="The lamp flickers").click()
    expect(box(desk)).to_have_value("Half an answer and a word")


def test_lost_connection_keeps_the_words_here_until_it_is_back(device: Opener):
    desk = device()
    desk.context.set_offline(True)
    box(desk).fill("Half an answer")
    expect(told(desk)).to_have_text("Not saved: no connection; kept on this device")
    assert left_here(desk) == 1
    assert not Draft.objects.exists()
    desk.context.set_offline(False)
    expect(told(desk)).to_have_text("Saved")
    assert (left_here(desk), words_of()) == (0, "Half an answer")


def test_words_of_a_page_that_closed_without_connection_are_saved_by_the_next(
    device: Opener, live_server
):
    desk = device()
    desk.context.set_offline(True)
    box(desk).fill("Half an answer")
    expect(told(desk)).to_contain_text("Not saved")
    context = desk.context
    desk.close()
    context.set_offline(False)
    again = context.new_page()
    with again.expect_response("**/drafts/reply/") as saved:
        again.goto(f"{live_server.url}/desk/inbox/")
    assert saved.value.status == 200
    expect(again.locator("a.case", has_text="The lamp flickers")).to_contain_text("Draft")
    assert words_of() == "Half an answer"
    assert left_here(again) == 0


def test_words_typed_just_before_leaving_are_saved(device: Opener, live_server):
    desk = device()
    box(desk).fill("Half an answer")
    desk.goto(f"{live_server.url}/desk/profile/")
    other = device()
    expect(box(other)).to_have_value("Half an answer")


def test_expired_session_keeps_the_words_until_the_next_log_in(device: Opener):
    desk = device(session_ends=True)
    desk.context.clear_cookies(name="sessionid")
    box(desk).fill("Not lost")
    expect(told(desk)).to_contain_text("Not saved: you are logged out")
    desk.once("dialog", lambda dialog: dialog.accept())
    desk.reload()
    log_in_again(desk)
    expect(box(desk)).to_have_value("Not lost")
    expect(told(desk)).to_have_text("Saved")
    assert (left_here(desk), words_of()) == (0, "Not lost")


def test_session_renewed_in_another_tab_saves_what_waits_here(device: Opener, live_server):
    desk = device(session_ends=True)
    desk.context.clear_cookies(name="sessionid")
    box(desk).fill("Not lost")
    expect(told(desk)).to_contain_text("Not saved: you are logged out")
    log_in(desk.context.new_page(), live_server.url, "ana")
    box(desk).press("End")
    box(desk).type(".")
    expect(told(desk)).to_have_text("Saved")
    assert words_of() == "Not lost."
    desk.get_by_role("button", name="Send", exact=False).last.click()
    expect(desk.locator(".ix[data-dir=out]")).to_contain_text("Not lost.")


@pytest.mark.parametrize("choice", ["mine", "others"])
def test_two_devices_keep_both_texts_until_one_is_chosen(device: Opener, choice: str):
    desk, other = device(), device()
    write(desk, "We come at ten.")
    box(other).fill("We come at noon.")
    question = other.locator(".two")
    expect(question).to_contain_text("Other words were saved here")
    expect(question.locator("pre")).to_have_text("We come at ten.")
    expect(told(other)).to_have_text("Not saved: choose which words stay")
    expect(box(other)).to_have_value("We come at noon.")
    assert words_of() == "We come at ten."
    assert left_here(other) == 1
    other.locator(f"[data-choose={choice}]").click()
    expect(question).to_have_count(0)
    expect(told(other)).to_have_text("Saved")
    wanted = "We come at noon." if choice == "mine" else "We come at ten."
    expect(box(other)).to_have_value(wanted)
    assert (words_of(), left_here(other)) == (wanted, 0)


def test_two_tabs_follow_each_other_and_ask_when_both_wrote(device: Opener, case: Case):
    desk = device()
    tab = desk.context.new_page()
    tab.goto(desk.url)
    write(desk, "We come at ten.")
    expect(box(tab)).to_have_value("We come at ten.")
    desk.context.set_offline(True)
    box(desk).fill("We come at ten sharp.")
    box(tab).fill("We come at noon.")
    for one in (desk, tab):
        expect(told(one)).to_contain_text("Not saved")
    desk.context.set_offline(False)
    # whoever comes second is asked
    said = "Saved", "Not saved: choose which words stay"
    expect(told(desk)).to_have_text(re.compile("|".join(said)))
    expect(told(tab)).to_have_text(re.compile("|".join(said)))
    assert {told(one).inner_text() for one in (desk, tab)} == set(said)
    for one, words in ((desk, "We come at ten sharp."), (tab, "We come at noon.")):
        expect(box(one)).to_have_value(words)


def test_sent_in_another_window_is_said_to_who_goes_on(device: Opener):
    desk = device()
    write(desk, "We come at ten.")
    other = device()
    other.get_by_role("button", name="Send", exact=False).last.click()
    expect(other.locator(".thread")).to_contain_text("We come at ten.")
    box(desk).fill("We come at ten. Or so.")
    expect(desk.locator(".two")).to_contain_text("This was sent or cleared in another window")
    desk.get_by_role("button", name="Clear the form").click()
    expect(box(desk)).to_have_value("")
    expect(desk.locator(".two")).to_have_count(0)
    assert words_of() == ""


def test_undo_asks_when_something_was_begun_since(device: Opener):
    desk = device()
    write(desk, "We come at ten.")
    desk.get_by_role("button", name="Send", exact=False).last.click()
    expect(box(desk)).to_have_value("")
    write(desk, "And another thing")
    desk.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(box(desk)).to_have_value("We come at ten.")
    expect(desk.locator(".two pre")).to_have_text("And another thing")
    desk.get_by_role("button", name="Keep what stands").click()
    expect(told(desk)).to_have_text("Saved")
    assert words_of() == "We come at ten."


def test_every_form_with_prose_is_saved(device: Opener):
    desk = device()
    desk.get_by_role("link", name="Note", exact=True).click()
    write(desk, "Between us", "note")
    desk.get_by_role("link", name="Call", exact=True).click()
    desk.locator("[name=call-direction]").select_option("outbound")
    write(desk, "Spoke with her", "call")
    desk.get_by_label("More actions").click()
    desk.get_by_role("link", name="Edit…").click()
    panel = desk.locator("#panel")
    panel.get_by_label("Need", exact=True).fill("A new lamp")
    expect(panel.locator("[data-draft-state]")).to_have_text("Saved")
    other = device()
    expect(box(other, "note")).to_have_value("Between us")
    expect(box(other, "call")).to_have_value("Spoke with her")
    expect(other.locator("[name=call-direction]")).to_have_value("outbound")
    expect(box(other)).to_have_value("")
    other.locator("#composer .tabs").get_by_role("link", name="Edit").click()
    expect(other.locator("#panel").get_by_label("Need", exact=True)).to_have_value("A new lamp")
    other.locator("#panel").get_by_role("button", name="Save").click()
    expect(other.locator("#side")).to_contain_text("A new lamp")
    expect(other.locator("#composer .tabs").get_by_role("link", name="Edit")).to_have_count(0)
    assert not Interaction.objects.filter(text__contains="Between us").exists()


def test_new_mail_is_found_again_on_another_device(device: Opener, live_server):
    desk, other = device(), device()
    desk.goto(f"{live_server.url}/desk/cases/new/")
    desk.get_by_label("Channel").select_option("email")
    desk.get_by_label("Subject").fill("Your lamp")
    box(desk, "new").click()
    desk.get_by_role("button", name="Bold").click()
    desk.keyboard.type("We come")
    expect(desk.locator("[data-draft-state]")).to_have_text("Saved")
    other.goto(f"{live_server.url}/desk/cases/new/")
    other.get_by_role("link", name="Your lamp").click()
    expect(other.locator(".rich b")).to_have_text("We come")
    expect(other.get_by_label("Channel")).to_have_value("email")
    other.get_by_label("Known by").select_option("email")
    other.get_by_label("Address or number").fill("dora@example.net")
    other.get_by_role("button", name="Open the case").click()
    expect(other.locator("#conv h1")).to_have_text("Your lamp")
    assert left_here(other) == 0
    other.goto(f"{live_server.url}/desk/cases/new/")
    expect(other.get_by_text("Not finished yet")).to_have_count(0)


def test_text_that_is_too_long_is_said_so_and_stays(device: Opener):
    desk = device()
    box(desk).fill("x" * 200_001)
    expect(told(desk)).to_contain_text("more than 200000 characters")
    assert left_here(desk) == 1
    write(desk, "Shorter")


def test_axe_finds_nothing_in_a_question_on_a_small_screen(
    chromium: Browser, device: Opener, live_server, case: Case
):
    # axe measures by writing styles; the other tests here keep the policy
    with watched_page(chromium, bypass_csp=True) as desk:
        desk.set_viewport_size({"width": 390, "height": 844})
        log_in(desk, live_server.url, "ana")
        desk.goto(f"{live_server.url}/desk/cases/{case.number}/")
        write(device(), "We come at ten.")
        box(desk).fill("We come at noon.")
        expect(desk.locator(".two")).to_be_visible()
        assert find_faults(desk) == {}
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert desk.evaluate(wide) <= 0
        expect(desk.locator("[data-choose=mine]")).to_be_in_viewport()


def test_profile_keeps_what_was_typed_until_it_is_saved(device: Opener, live_server, case: Case):
    desk = device()
    desk.goto(f"{live_server.url}/desk/profile/")
    signature = desk.get_by_label("Signature")
    state = desk.locator("form:has(#id_signature) [data-draft-state]")
    discard = desk.locator("form:has(#id_signature) [data-discard]")
    signature.fill("Ana of La")
    expect(state).to_have_text("Kept as a draft until you save")
    desk.goto(f"{live_server.url}/desk/inbox/")
    other = device()
    other.goto(f"{live_server.url}/desk/profile/")
    expect(other.get_by_label("Signature")).to_have_value("Ana of La")
    desk.goto(f"{live_server.url}/desk/profile/")
    discard.click()
    expect(signature).to_have_value("")
    expect(discard).to_be_hidden()
    signature.fill("Ana of Lamps")
    desk.locator("form:has(#id_signature)").get_by_role("button", name="Save").click()
    expect(desk.locator("#toasts")).to_contain_text("Saved.")
    expect(signature).to_have_value("Ana of Lamps")
    desk.wait_for_timeout(1500)  # longer than the pause after which drafts are saved
    expect(state).to_have_text("")
    assert left_here(desk) == 0
    assert not Draft.objects.filter(written=True).exists()


def test_word_of_a_hand_over_is_kept(device: Opener, live_server, case: Case):
    desk = device()
    desk.locator("[data-deed=assign]").click()
    note = desk.get_by_label("Note for whoever gets it")
    note.fill("Call her at noon.")
    expect(desk.locator("#panel [data-draft-state]")).to_have_text("Saved")
    desk.reload()
    desk.locator("#composer").get_by_role("link", name="Assign").click()
    expect(note).to_have_value("Call her at noon.")


def test_what_is_chosen_and_typed_before_the_page_has_settled_stays(
    device: Opener, case: Case, ben_agent: User
):
    desk = device()
    desk.evaluate("htmx.config.defaultSettleDelay = 1500")
    desk.locator("[data-deed=assign]").click()
    desk.get_by_label("Person").select_option(str(ben_agent.pk))
    desk.get_by_label("Note for whoever gets it").fill("Yours now.")
    expect(desk.locator("#panel [data-draft-state]")).to_have_text("Saved")
    assert Draft.objects.get().words == {"owner": str(ben_agent.pk), "note": "Yours now."}
    desk.get_by_role("button", name="Assign", exact=True).click()
    expect(desk.locator("#toasts")).to_contain_text("Passed on.")
    case.refresh_from_db()
    assert case.owner == ben_agent


def test_what_is_typed_before_the_scripts_are_there_stays(device: Opener):
    desk = device()
    write(desk, "Half an answer")
    late: list[Route] = []
    desk.route("**/js/drafts*.js", lambda route: late.append(route))  # noqa: PLW0108 - a builtin is none
    desk.goto(desk.url, wait_until="commit")
    box(desk).fill("Half an answer, and more")
    assert late
    late[0].continue_()
    expect(told(desk)).to_have_text("Saved")
    expect(box(desk)).to_have_value("Half an answer, and more")
    assert words_of() == "Half an answer, and more"
