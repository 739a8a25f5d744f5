"""Everything on the keyboard map, by key; and the same deeds at 390 px, by touch alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from apps.accounts.models import Team, User
from apps.cases.models import CannedReply, Case, Interaction
from apps.channels.models import Account, Delivery
from apps.customers.models import Preference
from apps.desk.keys import KEYS
from apps.promises.models import Promise
from tests.cast import make_case
from tests.e2e.inside import come_in
from tests.services.browser import watched_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST, SECOND = "The lamp flickers", "锅炉滴水"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def cases(lamps: Team, ana_agent: User, ben_agent: User, mailbox: Account) -> list[Case]:
    CannedReply.objects.create(name="Thanks", text_en="Thank you.", owner=ana_agent)
    return [make_case(team=lamps, owner=ana_agent, subject=subject) for subject in (FIRST, SECOND)]


@pytest.fixture
def desk(chromium: Browser, live_server, cases: list[Case]) -> Iterator[Page]:
    with watched_page(chromium) as page:
        come_in(page, live_server.url, "ana")
        yield page


@pytest.fixture
def phone(chromium: Browser, live_server, cases: list[Case]) -> Iterator[Page]:
    with watched_page(chromium, **PHONE) as page:
        come_in(page, live_server.url, "ana")
        yield page


def of_nobody(desk: Page, case: Case) -> None:
    """The open case is taken by nobody now."""
    Case.objects.filter(pk=case.pk).update(owner=None)
    desk.reload()


# ── by key: one function for each line of the map ──


def next_case(desk: Page, cases: list[Case]) -> None:
    desk.keyboard.press("j")
    expect(desk.locator("a.case").nth(0)).to_be_focused()


def previous_case(desk: Page, cases: list[Case]) -> None:
    for key in "jjk":
        desk.keyboard.press(key)
    expect(desk.locator("a.case").nth(0)).to_be_focused()


def open_case(desk: Page, cases: list[Case]) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk.locator("#conv h1")).to_have_text(FIRST)


def reply(desk: Page, cases: list[Case]) -> None:
    open_case(desk, cases)
    desk.keyboard.press("r")
    expect(desk.locator("[name=reply-text]")).to_be_focused()


def note(desk: Page, cases: list[Case]) -> None:
    open_case(desk, cases)
    desk.keyboard.press("n")
    expect(desk.locator("[name=note-text]")).to_be_focused()


def call(desk: Page, cases: list[Case]) -> None:
    open_case(desk, cases)
    desk.keyboard.press("c")
    expect(desk.locator("[name=call-text]")).to_be_focused()


def assign(desk: Page, cases: list[Case]) -> None:
    open_case(desk, cases)
    desk.keyboard.press("a")
    expect(desk.get_by_label("Person")).to_be_focused()


def take(desk: Page, cases: list[Case]) -> None:
    open_case(desk, cases)
    of_nobody(desk, cases[0])
    desk.keyboard.press("t")
    expect(desk.locator("#toasts")).to_contain_text("The case is yours.")


def edit(desk: Page, cases: list[Case]) -> None:
    open_case(desk, cases)
    desk.keyboard.press("e")
    expect(desk.locator("#panel").get_by_label("Subject")).to_be_focused()


def remember(desk: Page, cases: list[Case]) -> None:
    open_case(desk, cases)
    desk.keyboard.press("m")
    expect(desk.get_by_label("What we shall remember", exact=True)).to_be_focused()
    desk.keyboard.type("Rings twice")
    desk.get_by_role("button", name="Remember", exact=True).click()
    expect(desk.locator("#remembered")).to_contain_text("Rings twice")
    assert Preference.objects.get().customer_id == cases[0].customer_id


def promise(desk: Page, cases: list[Case]) -> None:
    open_case(desk, cases)
    desk.keyboard.press("p")
    expect(desk.get_by_label("What", exact=True)).to_be_focused()
    desk.keyboard.type("Test together")
    desk.get_by_label("In 20 minutes").check()
    desk.keyboard.press("Enter")
    expect(desk.locator("#pinned .pinned")).to_contain_text("Test together")
    assert Promise.objects.get(kind="test").case == cases[0]


def keep(desk: Page, cases: list[Case]) -> None:
    promise(desk, cases)
    desk.keyboard.press("Shift+K")
    expect(desk.locator("#toasts")).to_contain_text("Kept.")
    expect(desk.locator("#thread")).to_contain_text("You kept the promise: Test together")
    assert Promise.objects.get(kind="test").state == "kept"


def send(desk: Page, cases: list[Case]) -> None:
    reply(desk, cases)
    desk.keyboard.type("We come at ten.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".ix[data-dir=out] .bd")).to_have_text("We come at ten.")


def undo(desk: Page, cases: list[Case]) -> None:
    send(desk, cases)
    expect(desk.locator("#toasts [data-undo]")).to_be_visible()
    desk.locator("#conv h1").click()  # single keys never fire inside a field
    desk.locator("#conv .scroll").focus()
    desk.keyboard.press("z")
    expect(desk.locator("[name=reply-text]")).to_have_value("We come at ten.")
    assert Delivery.objects.get().state == "cancelled"


def search(desk: Page, cases: list[Case]) -> None:
    desk.keyboard.press("/")
    desk.keyboard.type("锅炉")
    desk.keyboard.press("Enter")
    expect(desk.locator(".hit h2").first).to_contain_text(SECOND)


def show_help(desk: Page, cases: list[Case]) -> None:
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog")).to_have_count(0)


def palette(desk: Page, cases: list[Case]) -> None:
    desk.keyboard.press("Control+k")
    desk.keyboard.type("锅炉")
    expect(desk.get_by_role("option", selected=True)).to_contain_text(SECOND)
    desk.keyboard.press("Enter")
    expect(desk.locator("#conv h1")).to_have_text(SECOND)


def canned(desk: Page, cases: list[Case]) -> None:
    reply(desk, cases)
    desk.keyboard.press("/")
    expect(desk.get_by_role("option", name="Thanks")).to_be_visible()
    desk.keyboard.type("thanks")
    desk.keyboard.press("Enter")
    expect(desk.locator("[name=reply-text]")).to_have_value("Thank you.")


def mention(desk: Page, cases: list[Case]) -> None:
    note(desk, cases)
    desk.keyboard.type("Ask @b")
    expect(desk.get_by_role("option", name="Ben")).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk.locator("[name=note-text]")).to_have_value("Ask @Ben ")


BY_KEY: dict[tuple[str, ...], Callable[[Page, list[Case]], None]] = {
    ("j",): next_case,
    ("k",): previous_case,
    ("↵",): open_case,
    ("r",): reply,
    ("n",): note,
    ("c",): call,
    ("a",): assign,
    ("t",): take,
    ("e",): edit,
    ("m",): remember,
    ("p",): promise,
    ("Shift", "K"): keep,
    ("z",): undo,
    ("/",): search,
    ("?",): show_help,
    ("Ctrl", "K"): palette,
    ("Ctrl", "↵"): send,
    ("/", "in an answer"): canned,
    ("@",): mention,
}


def line_of(key) -> tuple[str, ...]:
    """How a line of the map is found here: the slash stands in it twice."""
    return (*key.caps, "in an answer") if key.caps == ("/",) and not key.single else key.caps


@pytest.mark.parametrize("key", KEYS, ids=lambda key: " ".join(line_of(key)))
def test_every_line_of_the_keyboard_map_works(desk: Page, cases: list[Case], key):
    BY_KEY[line_of(key)](desk, cases)


# ── by touch ──


def tap_case(phone: Page, subject: str) -> None:
    phone.get_by_role("link", name=subject).tap()
    expect(phone.locator("#conv h1")).to_have_text(subject)


def tap_more(phone: Page, role: str, name: str) -> None:
    phone.get_by_label("More actions").tap()
    phone.get_by_role(role, name=name, exact=True).tap()


def test_answer_note_and_call_are_written_by_touch(phone: Page, cases: list[Case]):
    tap_case(phone, FIRST)
    composer = phone.locator("#composer")
    composer.get_by_role("link", name="Note").tap()
    phone.locator("[name=note-text]").tap()
    phone.locator("[name=note-text]").press_sequentially("Ask @be")
    phone.get_by_role("option", name="Ben").tap()
    phone.get_by_role("button", name="Leave note").tap()
    expect(phone.locator(".ix[data-kind=note]")).to_contain_text("Ask @Ben")
    composer.get_by_role("link", name="Call").tap()
    phone.locator("[name=call-text]").fill("She rang.")
    phone.get_by_role("button", name="Put on record").tap()
    expect(phone.locator(".thread")).to_contain_text("She rang.")
    composer.get_by_role("link", name="Email").tap()
    phone.locator("form[data-mode=reply] [data-act=canned]").tap()
    phone.get_by_role("option", name="Thanks").tap()
    phone.get_by_role("button", name="Send").tap()
    expect(phone.locator(".ix[data-dir=out] .bd").last).to_have_text("Thank you.")
    phone.locator("#toasts [data-undo]").tap()
    expect(phone.locator("[name=reply-text]")).to_have_value("Thank you.")
    assert Delivery.objects.get().state == "cancelled"
    assert Interaction.objects.filter(channel="internal").count() == 1


def test_case_is_taken_assigned_edited_and_resolved_by_touch(
    phone: Page, cases: list[Case], ben_agent: User
):
    tap_case(phone, FIRST)
    of_nobody(phone, cases[0])
    phone.get_by_role("button", name="Take").tap()
    expect(phone.locator("#toasts")).to_contain_text("The case is yours.")
    tap_more(phone, "link", "Edit…")
    phone.locator("#panel").get_by_label("Subject").fill("The lamp is dark")
    phone.locator("#panel").get_by_role("button", name="Save").tap()
    expect(phone.locator("#conv h1")).to_have_text("The lamp is dark")
    tap_more(phone, "button", "Resolve")
    expect(phone.locator("#toasts")).to_contain_text("Resolved.")
    phone.locator("[data-deed=assign]").tap()
    phone.get_by_label("Person").select_option(str(ben_agent.pk))
    phone.get_by_label("Note for whoever gets it").fill("Yours now.")
    phone.get_by_role("button", name="Assign", exact=True).tap()
    expect(phone.locator("#toasts")).to_contain_text("Passed on.")
    cases[0].refresh_from_db()
    assert (cases[0].owner, cases[0].status) == (ben_agent, "resolved")


def test_what_is_said_stands_above_the_composer_and_not_on_its_buttons(
    phone: Page, cases: list[Case]
):
    tap_case(phone, FIRST)
    phone.locator("#composer").get_by_role("link", name="Note").tap()
    phone.locator("[name=note-text]").fill("Looked at it.")
    phone.get_by_role("button", name="Leave note").tap()
    expect(phone.locator("#toasts")).to_contain_text("Noted for colleagues.")
    ends = "id => document.getElementById(id).getBoundingClientRect()"
    phone.wait_for_function("() => document.querySelector('#toasts').offsetHeight > 0")
    toasts, composer = (phone.evaluate(ends, name) for name in ("toasts", "composer"))
    assert toasts["bottom"] <= composer["top"]


def test_cases_are_walked_and_found_by_touch(phone: Page, cases: list[Case]):
    tap_case(phone, FIRST)
    tap_more(phone, "button", "Next case")
    expect(phone.locator("#conv h1")).to_have_text(SECOND)
    phone.get_by_label("More actions").tap()
    expect(phone.get_by_role("button", name="Next case")).to_be_hidden()  # it is the last
    phone.get_by_role("button", name="Previous case").tap()
    expect(phone.locator("#conv h1")).to_have_text(FIRST)
    expect(phone.get_by_role("button", name="Previous case")).to_be_hidden()
    phone.get_by_role("link", name="Back to the queue").tap()
    expect(phone.locator("#list h1")).to_be_visible()
    phone.locator("[data-act=palette]").tap()
    phone.get_by_role("combobox").fill("锅炉")
    phone.get_by_role("option", name=SECOND).tap()
    expect(phone.locator("#conv h1")).to_have_text(SECOND)
    phone.locator(".top .search a").tap()
    box = phone.get_by_role("searchbox", name="Search for")
    box.fill("flickers")
    box.press("Enter")
    expect(phone.locator(".hit h2").first).to_contain_text(FIRST)
