"""The page of promises: whose stand where, what is pressed, the calendar, the .ics."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.domain import add_absence
from apps.accounts.models import User
from apps.cases.models import Case
from apps.customers import domain as customers
from apps.desk import owed
from apps.promises import domain
from apps.promises.enums import Kind, Outcome, Settlement, State
from apps.promises.models import CalendarFeed, Promise
from tests.cast import NOON, make_case, make_customer

PAGE = "/desk/promises/"
DEEDS = "/desk/callbacks/"
NUMBER = "+8613800138000"
MAX_QUERIES = 20


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def call(clock, lamps, ana_agent) -> Callable[..., Promise]:
    """Promises a call to a customer of a new case, to be made by Ana unless the test says so."""

    def make(name: str = "Cleo", minutes: float = 60, **more: object) -> Promise:
        owner = more.pop("owner", ana_agent)
        team = more.pop("team", lamps)
        case = make_case(make_customer(name), team=team, owner=owner)
        new = {"kind": Kind.CALLBACK, "text": f"Word to {name}", "address": NUMBER} | more
        due_at = datetime.now(tz=UTC) + timedelta(minutes=minutes)
        return domain.make_promise(case_id=case.pk, actor=None, due_at=due_at, **new)

    return make


def shown(client: Client, query: str = "") -> list[str]:
    """The names in the list, in order."""
    text = client.get(PAGE + query).text
    rows = text.split('id="promise-rows"')[1].split('class="cal scroll"')[0]
    rows = rows.split('class="group"')[0]
    return [unescape(one) for one in re.findall(r"<b>\s*([^<]+?)\s*</b>", rows)]


def test_mine_are_what_i_owe_first_due_first_and_team_are_those_of_all(
    ana, call, ben_agent, stranger, pumps
):
    call("Late", 5)
    call("Soon", 20)
    call("Ben's", 10, owner=ben_agent)
    call("Nobody's", 15, owner=None)
    call("Foreign", 1, owner=stranger, team=pumps)
    assert shown(ana) == ["Late", "Soon"]
    assert shown(ana, "?tab=team") == ["Late", "Ben's", "Nobody's", "Soon"]


def test_missed_us_are_the_calls_that_are_late_whoever_was_to_make_them(
    ana, call, ben_agent, clock
):
    call("Waits in vain", 5, owner=ben_agent)
    call("In time", 90)
    news = call("News", 5, kind=Kind.PROGRESS_UPDATE)
    assert shown(ana, "?tab=missed") == ["Nobody waits by the phone in vain"]
    clock.move_to(NOON + timedelta(minutes=30))
    domain.tick()
    news.refresh_from_db()
    assert news.is_broken
    assert shown(ana, "?tab=missed") == ["Waits in vain"]


def test_clocks_of_answers_are_left_out_unless_they_are_asked_for(ana, call):
    promise = call()
    assert Promise.objects.owed().filter(case=promise.case, kind=Kind.FIRST_REPLY).exists()
    assert shown(ana) == ["Cleo"]
    assert "First answer" in ana.get(f"{PAGE}?kind=first_reply").text.split('id="promise-rows"')[1]
    assert shown(ana, "?kind=follow_up") == ["Nothing is owed"]


def test_clock_of_an_answer_is_answered_and_not_pressed_away(ana, call):
    case = call().case
    clock = Promise.objects.get(case=case, kind=Kind.FIRST_REPLY)
    text = ana.get(f"{PAGE}?kind=first_reply").text
    assert f'href="/desk/cases/{case.number}/?compose=reply"' in text
    assert f"{DEEDS}{clock.pk}/keep/" not in text
    for address in (f"{DEEDS}{clock.pk}/keep/", f"/desk/promises/{clock.pk}/keep/"):
        answer = ana.post(address, follow=True)
        assert "Only an answer to the customer ends this" in answer.text
    panel = ana.post(f"/desk/promises/{clock.pk}/withdraw/", {"reason": "No need"})
    assert panel.status_code == 422
    assert Promise.objects.get(pk=clock.pk).is_owed


def test_row_tells_attempts_in_dots_and_words(ana, call, ana_agent, clock):
    promise = call(minutes=1, window_end=NOON + timedelta(hours=1))
    clock.move_to(NOON + timedelta(minutes=1))
    domain.record_attempt(promise_id=promise.pk, actor=ana_agent, outcome=Outcome.NO_ANSWER)
    text = ana.get(PAGE).text
    assert 'data-t="no"' in text
    assert "No answer 12:01, next try 12:16 · " in text
    assert f'href="tel:{NUMBER}"' in text


def test_number_is_masked_where_the_case_hides_the_customer(ana, call):
    promise = call()
    Case.objects.filter(pk=promise.case_id).update(reveals_customer=False)
    text = ana.get(PAGE).text
    assert "•••00" in text
    assert NUMBER not in text


def test_pages_follow_one_another_without_gap_or_double(ana, call, monkeypatch):
    monkeypatch.setattr(owed, "PAGE", 2)
    for name in "ABCDE":
        call(name, 30)  # all at once: the customer who came first stands first
    found, query = [], ""
    for _ in range(3):
        answer = ana.get(PAGE + query).text
        found += re.findall(
            r"<b>([A-E])</b>", answer.split('id="promise-rows"')[1].split("calg")[0]
        )
        more = re.search(r'class="more"\s+href="[^"?]*(\?[^"]+)"', answer)
        query = unescape(more[1]) if more else ""
    assert found == list("ABCDE")
    assert query == ""


@pytest.mark.parametrize("tab", ["mine", "team"])
def test_queries_do_not_grow_with_rows(ana, call, tab):
    def queries() -> int:
        ana.get(f"{PAGE}?tab={tab}")
        with CaptureQueriesContext(connection) as captured:
            ana.get(f"{PAGE}?tab={tab}")
        return len(captured)

    call("One")
    one = queries()
    for name in ("Two", "Three"):
        call(name)
    assert queries() == one
    assert one <= MAX_QUERIES


def test_reached_keeps_the_promise_and_can_be_undone(ana, call):
    promise = call()
    answer = ana.post(f"{DEEDS}{promise.pk}/attempt/", {"outcome": "reached_done"}, follow=True)
    promise.refresh_from_db()
    assert promise.state == State.KEPT
    assert f"{DEEDS}{promise.pk}/undo/" in answer.text
    assert "Done today" in answer.text
    ana.post(f"{DEEDS}{promise.pk}/undo/")
    promise.refresh_from_db()
    assert promise.is_owed


@pytest.mark.parametrize("early", [True, False])
def test_no_answer_is_counted_when_it_is_time_and_stays_in_the_list(ana, call, clock, early):
    promise = call()
    clock.move_to(NOON if early else promise.due_at)
    press = {"outcome": "no_answer"}
    text = ana.post(f"{DEEDS}{promise.pk}/attempt/", press, follow=True).text
    promise.refresh_from_db()
    assert (promise.times_tried, promise.is_owed) == (not early, True)
    assert ("It does not count: the call is owed at 13:00." in text) == early
    calendar = ana.get(f"{PAGE}{promise.pk}.ics").text
    begins = "DTSTART:20260512T050000Z" if early else "DTSTART:20260512T051500Z"
    assert begins in calendar


@pytest.mark.parametrize("outcome", ["", "reached_new_time", "nonsense"])
def test_outcome_that_no_press_says_changes_nothing(ana, call, outcome):
    promise = call()
    answer = ana.post(f"{DEEDS}{promise.pk}/attempt/", {"outcome": outcome}, follow=True)
    assert "Say how the call went." in answer.text
    assert promise.attempts.count() == 0


def test_other_promises_are_kept_by_a_press(ana, call):
    promise = call(kind=Kind.FOLLOW_UP)
    ana.post(f"{DEEDS}{promise.pk}/keep/")
    promise.refresh_from_db()
    assert promise.state == State.KEPT


def test_take_tells_the_second_who_has_it(ana, at_desk, call, ben_agent):
    promise = call(owner=None)
    assert "nobody has it yet" in ana.get(f"{PAGE}?tab=team").text
    at_desk(ben_agent).post(f"{DEEDS}{promise.pk}/take/")
    answer = ana.post(f"{DEEDS}{promise.pk}/take/", follow=True)
    assert "Ben has already taken this callback." in answer.text
    promise.refresh_from_db()
    assert promise.owner == ben_agent


def test_another_time_needs_the_customers_yes_and_keeps_what_was_typed(ana, call):
    promise = call()
    typed = {"due_at": "2026-05-12T15:30", "consent": ""}
    answer = ana.post(f"{DEEDS}{promise.pk}/move/", typed)
    assert answer.status_code == 422
    assert 'value="2026-05-12T15:30"' in answer.text
    promise.refresh_from_db()
    assert promise.is_owed
    ana.post(f"{DEEDS}{promise.pk}/move/", typed | {"consent": "by phone"})
    successor = Promise.objects.get(predecessor=promise)
    assert successor.due_at == NOON + timedelta(hours=3, minutes=30)
    promise.refresh_from_db()
    assert (promise.state, promise.reason) == (State.RENEGOTIATED, "by phone")


def test_drop_in_the_calendar_fills_the_form_and_changes_nothing(ana, call, ben_agent):
    promise = call()
    answer = ana.get(f"{DEEDS}{promise.pk}/move/?at=2026-05-12T14:15&owner={ben_agent.pk}")
    assert 'value="2026-05-12T14:15"' in answer.text
    assert re.search(rf'value="{ben_agent.pk}"\s+selected', answer.text)
    promise.refresh_from_db()
    assert promise.is_owed


def test_moved_to_a_colleague_it_is_theirs(ana, call, ben_agent):
    promise = call()
    typed = {"due_at": "2026-05-12T14:15", "owner": ben_agent.pk, "consent": "by phone"}
    ana.post(f"{DEEDS}{promise.pk}/move/", typed)
    assert Promise.objects.get(predecessor=promise).owner == ben_agent


def test_past_time_is_refused_with_a_later_one(ana, call):
    promise = call()
    typed = {"due_at": "2026-05-12T11:00", "consent": "by phone"}
    answer = ana.post(f"{DEEDS}{promise.pk}/move/", typed)
    assert "Choose a later one, such as 12:10." in answer.text


def test_plan_books_a_free_slot_and_says_which(ana, clock, ana_agent, lamps):
    case = make_case(team=lamps, owner=ana_agent)
    typed = {"number": case.number, "at": "2026-05-12T14:00", "address": "138 0013 8000"}
    answer = ana.post(f"{PAGE}plan/", typed, follow=True)
    promise = Promise.objects.get(case=case, kind=Kind.CALLBACK)
    assert (promise.due_at, promise.owner) == (NOON + timedelta(hours=2), ana_agent)
    assert promise.address == NUMBER
    assert "Promised from 14:00 to 14:15, number 1 in line." in answer.text
    refused = ana.post(f"{PAGE}plan/", typed)
    assert refused.status_code == 422
    assert "The next free time is 14:15." in refused.text


def test_plan_in_a_case_of_others_says_that_there_is_none(ana, pumps, clock):
    foreign = make_case(team=pumps)
    typed = {"number": foreign.number, "address": NUMBER}
    answer = ana.post(f"{PAGE}plan/", typed)
    assert "There is no such case." in answer.text
    assert not Promise.objects.filter(kind=Kind.CALLBACK).exists()


@pytest.mark.parametrize("deed", ["take", "attempt", "keep", "undo"])
def test_nothing_changes_by_an_address(ana, call, deed):
    promise = call(owner=None)
    before = Promise.objects.filter(pk=promise.pk).values().get()
    assert ana.get(f"{DEEDS}{promise.pk}/{deed}/").status_code == 302
    assert Promise.objects.filter(pk=promise.pk).values().get() == before


def test_share_on_time_is_that_of_the_last_calls(ana, call, ana_agent):
    promises = [call(f"Number {n}", 10 + n) for n in range(4)]
    for promise in promises:
        domain.keep_promise(promise_id=promise.pk, actor=ana_agent)
    Promise.objects.filter(pk=promises[0].pk).update(
        settlement=Settlement.LATE, state=State.BROKEN, broken_at=NOON
    )
    assert owed.kept_lately(ana_agent) == owed.Kept(3, 4)
    assert "75 % on time" in ana.get(PAGE).text


def test_calendar_has_a_column_for_each_colleague_and_hatches_who_is_not_there(
    ana, call, ben_agent
):
    call("Cleo", 30)
    call("Ben's", 90, owner=ben_agent)
    add_absence(
        user=ben_agent, begins_at=NOON + timedelta(hours=3), ends_at=NOON + timedelta(hours=4)
    )
    User.objects.filter(pk=ben_agent.pk).update(working_hours="Tue 08:00-12:00 13:00-19:00")
    text = ana.get(PAGE).text
    calendar = text.split('class="calg')[1]
    heads = re.findall(
        r'<div class="hdc c-\d"\s+data-day="2026-05-12"\s+data-owner="(\d*)"', calendar
    )
    assert heads == [str(User.objects.get(username="ana").pk), str(ben_agent.pk), ""]
    # from eight o'clock in quarters: half past twelve is the 19th, half past one the 23rd
    assert 'class="evs c-1 at-19"' in calendar
    assert 'class="evs c-2 at-23"' in calendar
    shades = re.findall(r'class="ev ev-off (c-\d at-\d+ len-\d+)">\s*([^<]+?)\s*<', calendar)
    assert shades == [("c-2 at-17 len-4", "Break"), ("c-2 at-29 len-4", "Absent")]
    assert 'class="nowl at-17 q-0"' in calendar
    assert "style=" not in calendar


def test_week_shows_seven_days_of_ones_own(ana, call):
    call("Cleo", 24 * 60)
    calendar = ana.get(f"{PAGE}?range=week").text.split('class="calg')[1]
    assert re.findall(r'data-day="([^"]+)"', calendar) == [
        f"2026-05-{day}" for day in range(11, 18)
    ]
    assert 'class="evs c-3 at-17"' in calendar


def test_event_of_the_calendar_opens_a_row_that_stands_elsewhere(ana, call, ben_agent):
    promise = call("Ben's", owner=ben_agent)
    assert shown(ana, f"?on={promise.pk}")[0] == "Ben's"


@pytest.mark.parametrize(
    "query", ["?tab=x", "?on=x", "?day=x", "?day=0001-01-01", "?after=1.2", "?kind=x", "?team=9"]
)
def test_wrong_values_fall_back(ana, call, query):
    call()
    assert shown(ana, query) == ["Cleo"]


def test_download_holds_name_number_and_time_alone(ana, call):
    promise = call("Cleo, of Rome; Italy")
    customers.add_identity(customer=promise.case.customer, kind="phone", value=NUMBER)
    answer = ana.get(f"{PAGE}{promise.pk}.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    text = answer.text.replace("\r\n ", "")
    assert "SUMMARY:Call back: Cleo\\, of Rome\\; Italy\r\n" in text
    assert "DTSTART:20260512T050000Z\r\nDTEND:20260512T051500Z" in text
    assert promise.case.number in text
    assert promise.text not in text
    assert NUMBER not in text
    assert all(len(line.encode()) <= 75 for line in answer.text.split("\r\n"))


def test_nameless_customer_is_a_number_in_calendars(ana, call):
    promise = call()
    Case.objects.get(pk=promise.case_id).customer.identities.exists()
    type(promise.case.customer).objects.update(name="")
    text = ana.get(f"{PAGE}{promise.pk}.ics").text
    assert f"SUMMARY:Call back: {promise.case.number}" in text
    assert "@example.org" not in text


def subscribe(client: Client) -> str:
    answer = client.post(f"{PAGE}calendar/start/")
    return re.search(r'value="https?://[^/"]+(/calendar/[^"]+)"', answer.text)[1]


def test_subscription_shows_ones_own_without_a_log_in_until_it_is_revoked(ana, call, ben_agent):
    promise = call("Cleo")
    call("Ben's", owner=ben_agent)
    address = subscribe(ana)
    found = Client().get(address)
    assert found.status_code == 200
    assert promise.case.number in found.text
    assert "Ben's" not in found.text
    assert found["Cache-Control"] == "no-store"
    again = subscribe(ana)
    assert Client().get(address).status_code == 404
    assert Client().get(again).status_code == 200
    ana.post(f"{PAGE}calendar/stop/")
    assert Client().get(again).status_code == 404


def test_subscription_of_somebody_who_left_is_over(ana, call, ana_agent):
    address = subscribe(ana)
    User.objects.filter(pk=ana_agent.pk).update(is_active=False)
    assert Client().get(address).status_code == 404


def test_key_alone_without_our_signature_opens_nothing(ana, clock):
    address = subscribe(ana)
    key = CalendarFeed.objects.get().key
    assert key in address
    for token in (key, f"{key}.{'x' * 43}", "x"):
        assert Client().get(f"/calendar/{token}.ics").status_code == 404


def test_subscription_names_no_case_that_one_may_not_read_any_more(ana, call, ana_agent, pumps):
    promise = call()
    address = subscribe(ana)
    Case.objects.filter(pk=promise.case_id).update(team=pumps)
    assert promise.case.number not in Client().get(address).text
