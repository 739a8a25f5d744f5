"""Callbacks in a browser: by touch on a small screen, by drag on a large one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from apps.accounts.models import User
from apps.promises import domain
from apps.promises.enums import Kind, State
from apps.promises.models import Promise
from tests.cast import make_case, make_customer
from tests.e2e.inside import come_in
from tests.e2e.test_pages import OVERHANG
from tests.services.browser import watched_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NUMBER = "+8613800138000"
HEAD, ROW, HOURS = 44, 41, 58  # the calendar's measures, in pixels


@pytest.fixture
def url(live_server) -> str:
    return live_server.url


@pytest.fixture
def phone(chromium: Browser, url: str, ana_agent: User) -> Iterator[Page]:
    """Ana's telephone."""
    screen = {"width": 390, "height": 844}
    with watched_page(chromium, viewport=screen, has_touch=True, is_mobile=True) as page:
        come_in(page, url, "ana")
        yield page


@pytest.fixture
def desk(chromium: Browser, url: str, ana_agent: User) -> Iterator[Page]:
    with watched_page(chromium, viewport={"width": 1440, "height": 1000}) as page:
        come_in(page, url, "ana")
        yield page


def promise_call(team, owner, due_at: datetime) -> Promise:
    case = make_case(make_customer("Cleo"), team=team, owner=owner)
    return domain.make_promise(
        case_id=case.pk,
        actor=None,
        kind=Kind.CALLBACK,
        due_at=due_at,
        text="When the engineer comes",
        address=NUMBER,
    )


def test_callback_is_taken_tried_and_made_by_touch(phone: Page, url: str, lamps, ana_agent):
    promise = promise_call(lamps, None, timezone.now() + timedelta(minutes=40))
    phone.goto(f"{url}/desk/promises/?tab=team")
    phone.get_by_role("button", name="Take").tap()
    expect(phone.get_by_text("The callback is yours.")).to_be_visible()
    expect(phone.get_by_role("link", name="Call", exact=True)).to_have_attribute(
        "href", f"tel:{NUMBER}"
    )
    for size in (
        phone.get_by_role("button", name="Reached"),
        phone.get_by_role("link", name="Later"),
    ):
        assert size.bounding_box()["height"] >= 24
    phone.get_by_role("button", name="No answer").tap()
    expect(phone.locator(".tries [data-t=no]")).to_have_count(1)
    phone.get_by_text("It went otherwise").locator("..").tap()
    phone.get_by_role("button", name="Busy").tap()
    expect(phone.locator(".tries [data-t=busy]")).to_have_count(1)
    phone.get_by_role("button", name="Reached").tap()
    expect(phone.get_by_text("Done today")).to_be_visible()
    promise.refresh_from_db()
    assert (promise.state, promise.owner) == (State.KEPT, ana_agent)
    phone.get_by_role("button", name="Undo").tap()
    expect(phone.get_by_text("Owed again, as before.")).to_be_visible()
    promise.refresh_from_db()
    assert promise.is_owed
    assert phone.evaluate(OVERHANG) == 0


def test_calendar_is_a_page_of_its_own_on_a_small_screen(phone: Page, url: str, lamps, ana_agent):
    promise_call(lamps, ana_agent, timezone.now() + timedelta(minutes=40))
    phone.goto(f"{url}/desk/promises/")
    expect(phone.locator(".calg")).to_be_hidden()
    phone.get_by_role("link", name="Calendar").tap()
    expect(phone.locator(".calg")).to_be_visible()
    expect(phone.locator(".cbq")).to_be_hidden()
    phone.get_by_role("link", name="List").tap()
    expect(phone.locator(".cbq")).to_be_visible()
    assert phone.evaluate(OVERHANG) == 0


def test_drag_opens_the_form_and_the_customers_yes_moves_it(
    desk: Page, url: str, lamps, ana_agent, ben_agent
):
    tomorrow = timezone.localdate() + timedelta(days=1)
    ten = datetime.combine(tomorrow, time(10), timezone.get_current_timezone())
    promise = promise_call(lamps, ana_agent, ten)
    desk.goto(f"{url}/desk/promises/?day={tomorrow}")
    grid = desk.locator(".calg")
    columns = grid.evaluate("one => getComputedStyle(one).gridTemplateColumns").split()
    first = float(columns[1].removesuffix("px"))
    # eleven o'clock, in Ben's column, which is the second
    place = {"x": HOURS + first * 1.5, "y": HEAD + ROW * 12.5}
    desk.locator(".ev[draggable=true]").drag_to(grid, target_position=place)
    desk.wait_for_url("**/move/**")
    query = parse_qs(urlsplit(desk.url).query)
    assert (query["at"], query["owner"]) == ([f"{tomorrow}T11:00"], [str(ben_agent.pk)])
    promise.refresh_from_db()
    assert promise.is_owed
    expect(desk.get_by_label("New time")).to_have_value(f"{tomorrow}T11:00")
    desk.get_by_label("How did the customer agree?").fill("by phone just now")
    desk.get_by_role("button", name="Move").click()
    expect(desk.locator(".toast-p")).to_contain_text("Moved to")
    successor = Promise.objects.get(predecessor=promise)
    assert (successor.due_at, successor.owner) == (ten + timedelta(hours=1), ben_agent)


def test_today_leads_to_the_call(desk: Page, url: str, lamps, ana_agent):
    promise = promise_call(lamps, ana_agent, timezone.now() + timedelta(minutes=9))
    desk.goto(f"{url}/")
    expect(desk).to_have_url(f"{url}/desk/today/")
    expect(desk.get_by_role("heading", level=2).first).to_contain_text("Cleo")
    expect(desk.get_by_role("link", name="Call now")).to_have_attribute("href", f"tel:{NUMBER}")
    desk.get_by_role("link", name="How did it go?").click()
    expect(desk.locator(f"#promise-{promise.pk}.cb-on")).to_be_visible()
