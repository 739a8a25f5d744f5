"""A customer books a call, moves it, cancels it: from free slots alone, and once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Team
from apps.cases.models import Case, CaseEvent, Interaction
from apps.common.text import iso_minute, local_time
from apps.customers import domain as customers
from apps.customers.domain import note_preference
from apps.helpcentre.domain import calling
from apps.helpcentre.domain.entering import Visitor
from apps.promises import domain
from apps.promises.enums import Kind, Settlement, State
from apps.promises.errors import NoFreeSlot
from apps.promises.models import Calendar, CalendarTeam, Promise
from tests.cast import make_case, make_customer, make_user
from tests.helpcentre.conftest import enter, page_of

NUMBER = "+8613800138066"


@pytest.fixture
def inside(cleo_case, browser, ana_agent) -> Client:
    customers.add_identity(customer=cleo_case.customer, kind="phone", value=NUMBER)
    enter(browser, cleo_case)
    return browser


def tomorrow(hours: int = 0):
    """A full hour about a day from now, at which a team without opening hours has time."""
    at = timezone.now() + timedelta(days=1, hours=hours)
    return at.replace(minute=0, second=0, microsecond=0)


def book(browser, case, slot="asap", key="k1", **more):
    known = case.customer.identities.filter(kind="phone").values_list("pk", flat=True).first()
    data = {"slot": slot, "key": key, "known": known or ""} | more
    return browser.post(f"{page_of(case)}callback/", data)


def move(browser, case, promise, at, key="m1"):
    address = reverse("helpcentre:callback_move", args=[case.number, promise.pk])
    return browser.post(address, {"slot": iso_minute(at), "key": key})


def cancel(browser, case, promise, method="post"):
    address = reverse("helpcentre:callback_cancel", args=[case.number, promise.pk])
    return getattr(browser, method)(address)


def the_call() -> Promise:
    return Promise.objects.owed().get(kind=Kind.CALLBACK)


def test_page_offers_free_slots_and_known_numbers_masked(cleo_case, inside):
    shown = inside.get(f"{page_of(cleo_case)}callback/").content.decode()
    assert iso_minute(tomorrow()) in shown
    assert "Number ending 66" in shown
    assert NUMBER not in shown
    assert shown.count("<details") == 5


def test_customer_books_a_slot_and_the_event_says_that_nobody_else_did(cleo_case, inside):
    answer = book(inside, cleo_case, iso_minute(tomorrow()), text="The  dark lamp")
    assert answer.status_code == 302
    promise = the_call()
    assert (promise.due_at, promise.address, promise.made_by) == (tomorrow(), NUMBER, None)
    assert promise.text == "The dark lamp"
    event = cleo_case.events.get(kind="promise_made", data__promise_kind="callback")
    assert event.actor is None
    shown = inside.get(page_of(cleo_case)).content.decode()
    assert "Our promise to you" in shown
    assert "You booked a call" in shown
    assert "On your number ending 66." in shown
    assert NUMBER not in shown


def test_as_soon_as_possible(cleo_case, inside):
    assert book(inside, cleo_case).status_code == 302
    assert the_call().due_at - timezone.now() < timedelta(minutes=20)


def test_as_soon_as_possible_says_when_before_it_is_booked(cleo_case, inside, lamps):
    address = f"{page_of(cleo_case)}callback/"
    assert "We are closed now" not in inside.get(address).content.decode()
    there = timezone.localtime(timezone.now(), ZoneInfo("Asia/Shanghai"))
    opens = (there + timedelta(days=1, hours=1)).replace(minute=0, second=0, microsecond=0)
    hours = f"{opens:%a} {opens:%H:%M}-24:00"
    calendar = Calendar.objects.create(name="Tomorrow", hours=hours, timezone="Asia/Shanghai")
    CalendarTeam.objects.create(calendar=calendar, team=lamps)
    shown = inside.get(address).content.decode()
    with timezone.override("Asia/Shanghai"):
        begins = local_time(opens)
    assert f"We are closed now and call you when we open, from {begins} on." in shown
    book(inside, cleo_case)
    assert the_call().due_at == opens


def test_double_press_books_once(cleo_case, inside):
    for _press in range(2):
        assert book(inside, cleo_case).status_code == 302
    assert Promise.objects.filter(kind=Kind.CALLBACK).count() == 1


def test_one_open_call_at_a_time(cleo_case, inside):
    book(inside, cleo_case)
    answer = book(inside, cleo_case, key="k2")
    assert answer.headers["Location"] == f"{page_of(cleo_case)}callback/"
    assert Promise.objects.filter(kind=Kind.CALLBACK).count() == 1
    shown = inside.get(f"{page_of(cleo_case)}callback/").content.decode()
    assert "Your call is booked" in shown
    assert "Move the call" in shown
    assert "Cancel the call" in shown


def refused(answer) -> str:
    assert answer.status_code == 422
    assert not Promise.objects.filter(kind=Kind.CALLBACK).exists()
    return answer.content.decode()


@pytest.mark.parametrize("slot", ["", "soon", "2026-13-45", "9999-01-01T00:00Z", "0001-01-01"])
def test_what_is_no_slot_is_refused(cleo_case, inside, slot):
    shown = refused(book(inside, cleo_case, slot, text="Keep me"))
    assert "Keep me" in shown


def test_past_slot_is_refused_with_the_next_free_time(cleo_case, inside):
    passed = iso_minute(timezone.now() - timedelta(hours=1))
    shown = refused(book(inside, cleo_case, passed, text="Keep me", other="+8613800138099"))
    assert "That time is over. Choose a later one, such as" in shown
    assert "Keep me" in shown
    assert "+8613800138099" in shown


def test_slot_outside_opening_hours_is_refused(cleo_case, inside, lamps):
    calendar = Calendar.objects.create(
        name="Never now", hours="Mon-Sun 10:00-11:00", timezone="UTC"
    )
    CalendarTeam.objects.create(calendar=calendar, team=lamps)
    night = tomorrow().replace(hour=20)
    if night < timezone.now():
        night += timedelta(days=1)
    assert "The next free time is" in refused(book(inside, cleo_case, iso_minute(night)))


def test_slot_in_quiet_hours_is_neither_shown_nor_taken(cleo_case, inside, ana_agent):
    hours = "00:00-12:00"
    customer = cleo_case.customer
    customer.timezone = "UTC"
    customer.save()
    note_preference(customer_id=customer.pk, actor=ana_agent, kind="quiet_hours", value=hours)
    quiet = (timezone.now() + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    shown = inside.get(f"{page_of(cleo_case)}callback/").content.decode()
    assert iso_minute(quiet) not in shown
    assert iso_minute(quiet.replace(hour=14)) in shown
    assert "The next free time is" in refused(book(inside, cleo_case, iso_minute(quiet)))


def test_slot_taken_meanwhile_is_refused_and_what_was_typed_is_kept(cleo_case, inside, lamps):
    other = make_case(team=lamps)
    domain.book_callback(case_id=other.pk, actor=None, at=tomorrow(), address=NUMBER)
    answer = book(inside, cleo_case, iso_minute(tomorrow()), text="Keep me")
    assert answer.status_code == 422
    assert "The next free time is" in answer.content.decode()
    assert "Keep me" in answer.content.decode()
    assert not Promise.objects.filter(case=cleo_case, kind=Kind.CALLBACK).exists()


def test_other_number_is_normalised_and_a_bad_one_comes_back_with_an_example(cleo_case, inside):
    shown = refused(book(inside, cleo_case, other="call me"))
    assert "call me" in shown
    assert "+86 138 0013 8000" in shown
    assert book(inside, cleo_case, other="138 0013 8001").status_code == 302
    assert the_call().address == "+8613800138001"


def test_number_is_needed_where_none_is_known(cleo_case, inside):
    cleo_case.customer.identities.filter(kind="phone").delete()
    assert "such as +86 138 0013 8000" in refused(book(inside, cleo_case))


def test_number_of_somebody_else_cannot_be_chosen(cleo_case, inside):
    zoe = make_customer("Zoe")
    theirs = customers.add_identity(customer=zoe, kind="phone", value="+8613800138077")
    refused(book(inside, cleo_case, known=theirs.pk))


def test_move_and_double_press(cleo_case, inside):
    book(inside, cleo_case, iso_minute(tomorrow()))
    first = the_call()
    for _press in range(2):
        answer = move(inside, cleo_case, first, tomorrow(2))
        assert answer.headers["Location"] == page_of(cleo_case)
    second = the_call()
    assert (second.due_at, second.predecessor, second.address) == (tomorrow(2), first, NUMBER)
    assert Promise.objects.filter(kind=Kind.CALLBACK).count() == 2
    assert cleo_case.events.get(kind="promise_renegotiated").actor is None
    shown = inside.get(page_of(cleo_case)).content.decode()
    assert "You chose a new time" in shown
    gone = inside.get(reverse("helpcentre:callback_move", args=[cleo_case.number, first.pk]))
    assert gone.headers["Location"] == f"{page_of(cleo_case)}callback/"


def test_move_to_a_taken_slot_is_refused(cleo_case, inside, lamps):
    book(inside, cleo_case, iso_minute(tomorrow()))
    other = make_case(team=lamps)
    domain.book_callback(case_id=other.pk, actor=None, at=tomorrow(2), address=NUMBER)
    mine = Promise.objects.owed().get(case=cleo_case, kind=Kind.CALLBACK)
    answer = move(inside, cleo_case, mine, tomorrow(2))
    assert answer.status_code == 422
    assert "The next free time is" in answer.content.decode()
    mine.refresh_from_db()
    assert (mine.is_owed, mine.due_at) == (True, tomorrow())


def test_cancel_asks_first(cleo_case, inside):
    book(inside, cleo_case)
    promise = the_call()
    assert "Shall we cancel the call?" in cancel(inside, cleo_case, promise, "get").content.decode()
    assert the_call() == promise
    for _press in range(2):
        assert cancel(inside, cleo_case, promise).headers["Location"] == page_of(cleo_case)
    promise.refresh_from_db()
    assert (promise.state, promise.settlement) == (State.WITHDRAWN, Settlement.WITHDRAWN)
    assert cleo_case.events.get(kind="promise_withdrawn").actor is None
    shown = inside.get(page_of(cleo_case)).content.decode()
    assert "You cancelled the call" in shown
    assert book(inside, cleo_case, key="k2").status_code == 302


@pytest.mark.parametrize("method", ["get", "head"])
def test_scanner_changes_nothing(cleo_case, inside, method):
    book(inside, cleo_case)
    promise = the_call()
    before = CaseEvent.objects.count(), Interaction.objects.count()
    args = [cleo_case.number, promise.pk]
    for name in ("callback_move", "callback_cancel"):
        assert getattr(inside, method)(reverse(f"helpcentre:{name}", args=args)).status_code == 200
    assert getattr(inside, method)(f"{page_of(cleo_case)}callback/").status_code == 200
    assert (CaseEvent.objects.count(), Interaction.objects.count()) == before
    assert the_call() == promise


def test_somebody_elses_promise_and_what_is_no_call_are_404(cleo_case, inside, ana_agent):
    case = make_case(team=cleo_case.team)
    theirs = domain.book_callback(case_id=case.pk, actor=None, address=NUMBER).promise
    due = timezone.now() + timedelta(hours=2)
    word = domain.make_promise(case_id=cleo_case.pk, actor=ana_agent, kind=Kind.TEST, due_at=due)
    for promise in (theirs, word):
        assert move(inside, cleo_case, promise, tomorrow()).status_code == 404
        assert cancel(inside, cleo_case, promise).status_code == 404
        assert cancel(inside, cleo_case, promise, "get").status_code == 404
        promise.refresh_from_db()
        assert promise.is_owed


def test_bookings_and_moves_are_limited(cleo_case, inside):
    book(inside, cleo_case, iso_minute(tomorrow()))
    for number in range(1, calling.PER_WINDOW):
        assert (
            move(inside, cleo_case, the_call(), tomorrow(number), f"m{number}").status_code == 302
        )
    answer = move(inside, cleo_case, the_call(), tomorrow(9), "m9")
    assert answer.status_code == 422
    assert "many times" in answer.content.decode()
    # an agent's own word does not count
    Promise.objects.filter(kind=Kind.CALLBACK).update(automatic=True)
    assert move(inside, cleo_case, the_call(), tomorrow(9), "m10").status_code == 302


def test_closed_request_takes_no_call(cleo_case, inside, root):
    Case.objects.filter(pk=cleo_case.pk).update(status="closed", closed_at=timezone.now())
    assert book(inside, cleo_case).status_code == 302
    assert not Promise.objects.filter(kind=Kind.CALLBACK).exists()
    shown = inside.get(f"{page_of(cleo_case)}callback/").content.decode()
    assert "Your request is closed" in shown


@pytest.mark.parametrize(
    ("language", "words"), [("en", "we call you"), ("zh-hans", "尾号为 66 的号码")]
)
def test_confirmation_in_the_customers_language_and_zone(
    cleo_case, inside, mailbox, language, words
):
    customer = cleo_case.customer
    customer.language, customer.timezone = language, "America/New_York"
    customer.save()
    book(inside, cleo_case, iso_minute(tomorrow()))
    told = cleo_case.interactions.get(automatic="notice_callback")
    assert words in told.text
    assert "America/New_York" in told.text
    assert page_of(cleo_case) in told.text
    assert NUMBER not in told.text
    local = timezone.localtime(tomorrow(), customers_zone())
    assert f"{local:%H:%M}" in told.text
    move(inside, cleo_case, the_call(), tomorrow(2))
    assert cleo_case.interactions.filter(automatic="notice_callback").count() == 2


def customers_zone():
    from zoneinfo import ZoneInfo

    return ZoneInfo("America/New_York")


def test_page_of_slots_costs_the_same_however_many_calls_are_booked(
    cleo_case, inside, lamps, django_assert_num_queries
):
    address = f"{page_of(cleo_case)}callback/"
    in_a_slot = (timezone.now() + timedelta(hours=1)).replace(minute=33)

    def more():
        domain.book_callback(case_id=make_case(team=lamps).pk, actor=None, address=NUMBER)

    with time_machine.travel(in_a_slot, tick=False):
        more()
        inside.get(address)
        # three of them ask whether we are closed, since the slot that runs is taken
        with django_assert_num_queries(16) as one:
            inside.get(address)
        more()
        more()
        with django_assert_num_queries(len(one.captured_queries)):
            inside.get(address)


@pytest.mark.django_db(transaction=True)
def test_two_customers_take_the_last_slot_at_once_one_of_them_has_it():
    team = Team.objects.create(name="Lamps")
    make_user("agent", team)
    cases = [make_case(team=team) for _ in range(6)]
    at = tomorrow()

    def take(case):
        try:
            calling.book(
                visitor=Visitor(case.customer), case_id=case.pk, key="k", at=at, address=NUMBER
            )
        except NoFreeSlot as refusal:
            assert refusal.proposal > at
            return False
        else:
            return True
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(take, cases)).count(True) == 1
    assert Promise.objects.filter(kind=Kind.CALLBACK).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_customer_presses_in_two_windows_at_once():
    team = Team.objects.create(name="Lamps")
    for number in range(3):
        make_user(f"agent{number}", team)
    case = make_case(team=team)

    def press(key):
        try:
            calling.book(
                visitor=Visitor(case.customer), case_id=case.pk, key=key, at=None, address=NUMBER
            )
        except calling.HasCallback:
            return False
        else:
            return True
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(press, ["a", "b", "c", "d"])).count(True) == 1
    assert Promise.objects.filter(kind=Kind.CALLBACK).count() == 1
