"""What agents see of promises, and what they can do about them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from apps.accounts.models import Membership, User
from apps.cases import domain as cases
from apps.cases.models import Case
from apps.customers.domain import note_preference
from apps.notifications.models import Notification
from apps.promises import domain
from apps.promises.enums import Outcome, Settlement, State
from apps.promises.models import Promise
from tests.cast import NOON, make_case
from tests.desk.test_case_page import page_of, squeezed
from tests.desk.test_inbox import queries_of

HTMX = {"HX-Request": "true"}
IN_AN_HOUR = {"kind": "callback", "when": "60", "zone": "Asia/Shanghai", "text": "Arrival time"}


def give(
    case: Case, actor: User, *, minutes: float = 60, kind: str = "callback", **more
) -> Promise:
    due = timezone.now() + timedelta(minutes=minutes)
    return domain.make_promise(case_id=case.pk, actor=actor, kind=kind, due_at=due, **more)


def break_it(promise: Promise, minutes: float = 4) -> None:
    """Let the time of a promise be over, as if it had been made long ago."""
    due = timezone.now() - timedelta(minutes=minutes)
    Promise.objects.filter(pk=promise.pk).update(
        made_at=due - timedelta(hours=1), due_at=due, deadline=due
    )
    Case.objects.filter(pk=promise.case_id).update(due_at=due)


def made(case: Case) -> Promise:
    return Promise.objects.get(case=case, automatic=False)


def address_of(name: str, promise: Promise) -> str:
    return reverse(f"desk:{name}_promise", args=[promise.pk])


# ── the case ──


def test_case_pins_what_is_due_first_and_lists_all(ana: Client, ana_agent: User, phoned: Case):
    kept = give(phoned, ana_agent, kind="test", text="Forwarded both numbers")
    domain.keep_promise(promise_id=kept.pk, actor=ana_agent)
    give(phoned, ana_agent, minutes=9, text="With the arrival time")
    page = squeezed(ana.get(page_of(phoned)).text)
    pinned = page[page.index('id="pinned"') : page.index('id="panel"')]
    assert 'class="pinned" data-state="soon"' in pinned
    assert "Call Cleo back by" in pinned
    assert "With the arrival time" in pinned
    assert 'href="tel:+8613800138000"' in pinned
    assert address_of("keep", Promise.objects.get(text="With the arrival time")) in pinned
    listed = page[page.index("Promises in this case") :]
    places = [listed.index(one) for one in ("With the arrival", "First answer", "Forwarded both")]
    assert places == sorted(places)


def test_clock_of_an_answer_is_stopped_by_an_answer_alone(ana: Client, phoned: Case):
    clock = Promise.objects.get(case=phoned, automatic=True)
    page = squeezed(ana.get(page_of(phoned)).text)
    pinned = page[page.index('id="pinned"') : page.index('id="panel"')]
    assert "First answer to Cleo by" in pinned
    assert 'data-mode-to="reply"' in pinned
    assert address_of("keep", clock) not in page


def test_case_without_promises_pins_nothing_and_asks_nothing(ana: Client, phoned: Case):
    with_one = queries_of(ana, page_of(phoned))
    Promise.objects.all().delete()
    page = ana.get(page_of(phoned)).text
    assert 'class="pinned"' not in page
    assert "Promises in this case" not in page
    assert queries_of(ana, page_of(phoned)) == with_one - 1


def test_case_costs_the_same_with_one_and_three_promises_and_attempts(
    ana: Client, ana_agent: User, ben_agent: User, phoned: Case
):
    Promise.objects.all().delete()
    give(phoned, ana_agent)
    ana.get(page_of(phoned))
    one = queries_of(ana, page_of(phoned))
    for _ in range(2):
        promise = give(phoned, ana_agent, owner=ben_agent)
        domain.record_attempt(promise_id=promise.pk, actor=ana_agent, outcome=Outcome.BUSY)
        domain.record_attempt(promise_id=promise.pk, actor=ana_agent, outcome=Outcome.NO_ANSWER)
    assert queries_of(ana, page_of(phoned)) == one
    page = ana.get(page_of(phoned)).text
    assert len(re.findall(r"\d\d:\d\d No answer", page)) == 2
    assert len(re.findall(r"\d\d:\d\d Busy", page)) == 2


def test_long_history_is_folded_and_never_hidden(ana: Client, ana_agent: User, phoned: Case):
    for number in range(8):
        promise = give(phoned, ana_agent, text=f"Word {number}")
        domain.keep_promise(promise_id=promise.pk, actor=ana_agent)
    page = ana.get(page_of(phoned)).text
    assert all(f"Word {number}" in page for number in range(8))
    assert "3 more" in page


def test_customers_own_deadline_stands_beside_ours(ana: Client, ana_agent: User, phoned: Case):
    give(phoned, ana_agent, minutes=9)
    edit = reverse("desk:edit", args=[phoned.number])
    said = {"subject": phoned.subject, "kind": "help", "priority": "normal"}
    said |= {"needed_by": "2031-05-01T09:30", "needed_by_said": "on"}
    ana.post(edit, said)
    page = squeezed(ana.get(page_of(phoned)).text)
    assert "the customer needs it by 1 May 2031, 09:30" in page
    assert "said by the customer" in page
    assert 'value="2031-05-01T09:30"' in ana.get(edit).text
    ana.post(edit, said | {"needed_by_said": ""})
    assert "the customer may need it by" in ana.get(page_of(phoned)).text


# ── giving one's word ──


def test_promise_is_made_from_the_panel(ana: Client, ana_agent: User, phoned: Case):
    address = reverse("desk:promise", args=[phoned.number])
    panel = ana.get(address, headers=HTMX).text
    assert 'value="+8613800138000"' in panel
    assert "first_reply" not in panel
    answer = ana.post(address, IN_AN_HOUR | {"owner": ana_agent.pk}, headers=HTMX)
    promise = made(phoned)
    assert answer.status_code == 200
    assert (promise.kind, promise.text, promise.owner) == ("callback", "Arrival time", ana_agent)
    assert promise.address == "+8613800138000"
    assert timedelta(minutes=59) < promise.due_at - timezone.now() <= timedelta(hours=1)
    assert "Promised: Arrival time." in answer.text
    assert 'id="strip"' in answer.text


def test_time_is_read_on_the_customers_clock(ana: Client, ana_agent: User, phoned: Case):
    said = IN_AN_HOUR | {"owner": ana_agent.pk, "when": "at", "zone": "America/New_York"}
    said |= {"day": "2031-05-01", "time": "09:00", "until": "09:30"}
    ana.post(reverse("desk:promise", args=[phoned.number]), said)
    promise = made(phoned)
    assert promise.due_at == datetime(2031, 5, 1, 13, tzinfo=UTC)
    assert promise.window_end == datetime(2031, 5, 1, 13, 30, tzinfo=UTC)
    assert promise.timezone == "America/New_York"
    assert "09:30 for the customer (America/New_York)" in ana.get(page_of(phoned)).text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"day": "2020-01-01"}, "That time is over. Choose a later one, such as"),
        ({"time": ""}, "Say the day and the time."),
        ({"zone": "Asia/Shanghia"}, "Did you mean Asia/Shanghai?"),
        (
            {"zone": "Europe/Berlin", "day": "2031-03-30", "time": "02:30"},
            "The next time there is 2031-03-30 03:00.",
        ),
        ({"kind": "first_reply"}, "Select a valid choice"),
        ({"day": "9999-12-31", "time": "23:00", "zone": "America/New_York"}, "too far away"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(
    ana: Client, ana_agent: User, phoned: Case, wrong: dict[str, str], sentence: str
):
    said = IN_AN_HOUR | {"owner": ana_agent.pk, "when": "at", "day": "2031-05-01", "time": "09:00"}
    answer = ana.post(reverse("desk:promise", args=[phoned.number]), said | wrong, headers=HTMX)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Arrival time"' in answer.text
    assert not Promise.objects.filter(case=phoned, automatic=False).exists()


def test_warning_is_shown_first_and_a_second_press_gives_the_word(
    ana: Client, ana_agent: User, phoned: Case
):
    needed_by = timezone.now() + timedelta(minutes=30)
    Case.objects.filter(pk=phoned.pk).update(needed_by=needed_by, needed_by_said=True)
    address = reverse("desk:promise", args=[phoned.number])
    said = IN_AN_HOUR | {"owner": ana_agent.pk}
    answer = ana.post(address, said, headers=HTMX)
    assert answer.status_code == 422
    assert "which is sooner" in answer.text
    assert "Promise it all the same" in answer.text
    sure = re.search(r'name="sure" value="([^"]*)"', answer.text)[1]
    assert not Promise.objects.filter(case=phoned, automatic=False).exists()
    assert ana.post(address, said | {"sure": sure}, headers=HTMX).status_code == 200
    assert made(phoned).text == "Arrival time"


def test_time_that_others_have_booked_is_said_before(ana: Client, ana_agent: User, phoned: Case):
    with time_machine.travel(NOON, tick=False):
        Membership.objects.exclude(user=ana_agent).delete()
        first = give(phoned, ana_agent)
        other = make_case(team=phoned.team)
        cases.take_case(case_id=other.pk, actor=ana_agent)
        said = IN_AN_HOUR | {"owner": ana_agent.pk, "address": "+8613800138001"}
        full = ana.post(reverse("desk:promise", args=[other.number]), said, headers=HTMX)
        assert "everybody of the team is taken by other calls" in full.text
        assert not Promise.objects.filter(case=other, automatic=False).exists()
        offered = re.search(r'name="take" value="([^"]+)"', full.text)[1]
        assert datetime.fromisoformat(offered) == NOON + timedelta(minutes=75)
        taken = ana.post(reverse("desk:promise", args=[other.number]), said | {"take": offered})
        assert taken.status_code == 302
        assert made(other).due_at == NOON + timedelta(minutes=75)
        moved = {
            "due_at": f"{timezone.localtime(first.due_at):%Y-%m-%dT%H:%M}",
            "consent": "said",
        }
        address = reverse("desk:move_callback", args=[made(other).pk])
        assert "taken by other calls" in ana.post(address, moved, headers=HTMX).text


def test_time_that_comes_twice_is_said_before(ana: Client, ana_agent: User, phoned: Case):
    said = IN_AN_HOUR | {"owner": ana_agent.pk, "when": "at", "zone": "Europe/Berlin"}
    said |= {"day": "2031-10-26", "time": "02:30"}
    address = reverse("desk:promise", args=[phoned.number])
    answer = ana.post(address, said, headers=HTMX)
    assert "twice that night" in answer.text
    ana.post(address, said | {"sure": "repeated_hour"})
    assert made(phoned).due_at == datetime(2031, 10, 26, 0, 30, tzinfo=UTC)


# ── what becomes of it ──


def test_kept_is_undone_from_its_toast(ana: Client, ana_agent: User, phoned: Case):
    promise = give(phoned, ana_agent)
    answer = ana.post(address_of("keep", promise), headers=HTMX)
    undo = address_of("reopen", promise)
    assert "Kept." in answer.text
    assert f'action="{undo}"' in answer.text
    assert made(phoned).state == State.KEPT
    assert ana.post(undo, headers=HTMX).status_code == 200
    assert made(phoned).state == State.OPEN
    assert ana.post(address_of("keep", promise), follow=True).status_code == 200


def test_new_time_asks_how_the_customer_agreed(ana: Client, ana_agent: User, phoned: Case):
    promise = give(phoned, ana_agent)
    said = {"when": "at", "day": "2031-05-01", "time": "09:00", "zone": "Asia/Shanghai"}
    address = address_of("move", promise)
    refused = ana.post(address, said | {"consent": " "}, headers=HTMX)
    assert refused.status_code == 422
    assert "Say how the customer agreed" in refused.text
    assert 'value="2031-05-01"' in refused.text
    answer = ana.post(address, said | {"consent": "By phone"}, headers=HTMX)
    assert address_of("reopen", promise) in answer.text
    successor = Promise.objects.get(predecessor=promise)
    assert successor.due_at == datetime(2031, 5, 1, 1, tzinfo=UTC)
    assert Promise.objects.get(pk=promise.pk).reason == "By phone"


def test_withdrawn_with_a_reason_and_never_once_broken(ana: Client, ana_agent: User, phoned: Case):
    promise = give(phoned, ana_agent)
    address = address_of("withdraw", promise)
    assert ana.post(address, {"reason": ""}, headers=HTMX).status_code == 422
    break_it(promise)
    refused = ana.post(address, {"reason": "Nobody saw it"}, headers=HTMX)
    assert (refused.status_code, "stays owed" in refused.text) == (422, True)
    fresh = give(phoned, ana_agent, kind="test")
    ana.post(address_of("withdraw", fresh), {"reason": "She came in herself"}, headers=HTMX)
    assert Promise.objects.get(pk=fresh.pk).settlement == Settlement.WITHDRAWN


def test_given_to_a_colleague_who_is_told(
    ana: Client, ana_agent: User, ben_agent: User, stranger: User, phoned: Case
):
    promise = give(phoned, ana_agent)
    address = address_of("give", promise)
    assert ana.post(address, {"owner": stranger.pk}, headers=HTMX).status_code == 422
    assert ana.post(address, {"owner": ben_agent.pk}, headers=HTMX).status_code == 200
    assert made(phoned).owner == ben_agent
    assert Notification.objects.get(recipient=ben_agent).kind == "promise_given"
    assert "gave the promise to <b>Ben</b>: Call back" in ana.get(page_of(phoned)).text


def test_outcome_of_a_call_is_put_on_record(ana: Client, ana_agent: User, phoned: Case):
    promise = give(phoned, ana_agent)
    address = address_of("attempt", promise)
    zone = {"zone": "Asia/Shanghai", "when": "at"}
    note_preference(customer_id=phoned.customer_id, actor=ana_agent, kind="no_voicemail")
    against = "asked us to leave no voicemail"
    assert against in ana.get(address, headers=HTMX).text
    left = zone | {"outcome": "voicemail", "note": "Rang long"}
    asked = ana.post(address, left, headers=HTMX)
    assert (asked.status_code, against in asked.text, "Rang long" in asked.text) == (
        422,
        True,
        True,
    )
    assert not promise.attempts.exists()
    ana.post(address, left | {"sure": "preference_no_voicemail"}, headers=HTMX)
    assert promise.attempts.get().outcome == "voicemail"
    promise.attempts.all().delete()
    ana.post(address, zone | {"outcome": "no_answer", "note": "Rang out"}, headers=HTMX)
    assert promise.attempts.get().note == "Rang out"
    refused = ana.post(address, zone | {"outcome": "reached_new_time"}, headers=HTMX)
    assert refused.status_code == 422
    said = zone | {"outcome": "reached_new_time", "day": "2031-05-01", "time": "09:00"}
    ana.post(address, said, headers=HTMX)
    assert Promise.objects.get(predecessor=promise).due_at == datetime(2031, 5, 1, 1, tzinfo=UTC)
    other = give(phoned, ana_agent, kind="test")
    answer = ana.post(address_of("attempt", other), said, headers=HTMX)
    assert "Attempts are noted for callbacks only" in answer.text
    assert not other.attempts.exists()


@pytest.mark.time_machine(NOON)
def test_story_tells_what_became_of_promises_in_both_languages(
    ana: Client, ana_agent: User, phoned: Case
):
    promise = give(phoned, ana_agent, minutes=9)
    domain.record_attempt(promise_id=promise.pk, actor=ana_agent, outcome=Outcome.NO_ANSWER)
    domain.keep_promise(promise_id=promise.pk, actor=ana_agent)
    domain.take_back_settlement(promise_id=promise.pk, actor=ana_agent)
    at = f"{timezone.localtime(promise.due_at):%H:%M}"
    page = ana.get(page_of(phoned)).text
    for sentence in (
        f"<b>You</b> promised <b>a call back by {at}</b>",
        "<b>You</b> called: No answer",
        "<b>You</b> kept the promise: Call back",
        "<b>You</b> took that back, it is owed as before: Call back",
    ):
        assert sentence in page, sentence
    ana_agent.language = "zh-hans"
    ana_agent.save()
    with translation.override("zh-hans"):
        page = ana.get(page_of(phoned)).text
    assert "promised" not in page[page.index('role="log"') : page.index('id="composer"')]
    assert "回电" in page


# ── rights ──


def test_stranger_finds_no_promise(foreigner: Client, ana_agent: User, phoned: Case):
    promise = give(phoned, ana_agent)
    for name in ("keep", "reopen", "move", "withdraw", "give", "attempt"):
        assert foreigner.post(address_of(name, promise)).status_code == 404, name
    for name in ("move", "withdraw", "give", "attempt"):
        assert foreigner.get(address_of(name, promise)).status_code == 404, name
    assert foreigner.post(reverse("desk:promise", args=[phoned.number])).status_code == 404
    assert made(phoned).state == State.OPEN


def test_follower_reads_promises_and_changes_none(
    foreigner: Client, stranger: User, ana_agent: User, phoned: Case
):
    promise = give(phoned, ana_agent, text="With the arrival time")
    cases.follow_case(case_id=phoned.pk, actor=ana_agent, follower=stranger)
    page = foreigner.get(page_of(phoned)).text
    assert "With the arrival time" in page
    for name in ("keep", "move", "withdraw", "give", "attempt"):
        assert address_of(name, promise) not in page, name
    assert reverse("desk:promise", args=[phoned.number]) not in page
    assert foreigner.post(address_of("keep", promise)).status_code == 404


def test_nothing_changes_by_a_mere_fetch(ana: Client, ana_agent: User, phoned: Case):
    promise = give(phoned, ana_agent)
    for name in ("keep", "reopen"):
        assert ana.get(address_of(name, promise)).status_code == 302
    assert made(phoned).state == State.OPEN
