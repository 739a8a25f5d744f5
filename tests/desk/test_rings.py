"""The ring of a promise, the strip in the top bar, and rows of the list."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.cases import domain as cases
from apps.cases.models import Case
from apps.desk import rings
from apps.promises import domain
from apps.promises.enums import Settlement, State
from apps.promises.models import Promise
from tests.cast import NOON
from tests.desk.test_case_page import page_of
from tests.desk.test_inbox import MAX_QUERIES, queries_of
from tests.desk.test_promises import HTMX, break_it, give


def strip_of(client: Client) -> str:
    return client.get(reverse("desk:strip"), headers=HTMX).text


# ── the ring ──


@pytest.mark.parametrize(
    ("minutes", "state", "words"),
    [
        (3 * 1440 + 1, "later", "in 3 d"),
        (1440, "later", "in 1 d"),
        (1439, "calm", "23 h 59"),
        (176, "calm", "2 h 56"),
        (45, "calm", "45 min"),
        (30, "soon", "30:00"),
        (5.8, "soon", "5:48"),
        (0, "late", "just late"),
        (-4.2, "late", "4 min late"),
        (-59, "late", "59 min late"),
        (-130, "late", "2 h late"),
        (-3000, "late", "2 d late"),
    ],
)
def test_ring_tells_state_and_what_is_left(minutes: float, state: str, words: str):
    due = NOON + timedelta(minutes=minutes)
    promise = Promise(made_at=due - timedelta(days=4), due_at=due, deadline=due)
    ring = rings.ring_of(promise, NOON)
    assert (ring.state, ring.words) == (state, words)
    assert ring.due == due.timestamp() * 1000


def test_arc_is_the_share_of_the_agreed_time():
    for minutes, gone in ((60, 0), (45, 25), (15, 75)):
        due = NOON + timedelta(minutes=minutes)
        promise = Promise(made_at=due - timedelta(hours=1), due_at=due, deadline=due)
        assert rings.ring_of(promise, NOON).gone == gone
        drawn = rings.ring_of(promise, NOON).markup()
        assert (f'stroke-dashoffset="{gone}"' in drawn) == (gone > 0)  # none is a full ring


@pytest.mark.parametrize(
    ("settlement", "state", "words"),
    [
        (Settlement.KEPT, "kept", "kept"),
        (Settlement.LATE, "late", "done late"),
        (Settlement.RENEGOTIATED, "later", "new time agreed"),
        (Settlement.WITHDRAWN, "later", "withdrawn"),
        (Settlement.MOOT, "later", "nothing left to do"),
    ],
)
def test_ring_of_what_is_settled_counts_nothing(settlement: str, state: str, words: str):
    promise = Promise(due_at=NOON, deadline=NOON, settled_at=NOON, settlement=settlement)
    ring = rings.ring_of(promise, NOON)
    assert (ring.state, ring.words, ring.due) == (state, words, 0)
    assert "data-due" not in ring.markup()


def test_broken_and_then_moved_says_both():
    promise = Promise(
        due_at=NOON,
        deadline=NOON,
        state=State.BROKEN,
        settled_at=NOON,
        settlement=Settlement.RENEGOTIATED,
    )
    ring = rings.ring_of(promise, NOON)
    assert (ring.state, ring.words) == ("late", "broken, new time agreed")


# ── the strip ──


def test_strip_shows_the_next_three_that_one_owes_the_first_due_first(
    ana: Client, ana_agent: User, ben_agent: User, phoned: Case, case_factory, lamps
):
    Promise.objects.all().delete()
    for minutes in (300, 20, 70, 200):
        give(phoned, ana_agent, minutes=minutes, text=f"In {minutes}")
    give(phoned, ana_agent, minutes=1, owner=ben_agent)
    late = give(phoned, ana_agent, minutes=90)
    break_it(late)
    states = re.findall(r'class="chip-p"\s+data-state="(\w+)"', strip_of(ana))
    assert states == ["late", "soon", "calm"]
    assert f'data-says="{late.pk}"' in strip_of(ana)
    for address in ("/desk/inbox/", "/desk/profile/", "/desk/notifications/", page_of(phoned)):
        assert ana.get(address).text.count('class="chip-p"') == 3, address


def test_strip_is_empty_where_nothing_is_owed(ana: Client, ben_agent: User, at_desk, phoned: Case):
    assert "chip-p" not in strip_of(at_desk(ben_agent))
    assert 'role="region"' not in strip_of(at_desk(ben_agent))
    assert ana.get(reverse("desk:strip")).headers["Location"] == "/desk/inbox/"


def test_strip_hides_a_case_that_its_owner_may_not_read_any_more(
    ana: Client, ana_agent: User, sam_supervisor: User, phoned: Case
):
    give(phoned, ana_agent)
    cases.restrict_case(case_id=phoned.pk, actor=sam_supervisor, users=[sam_supervisor])
    assert phoned.number not in strip_of(ana)


def test_strip_costs_one_query(ana: Client, ana_agent: User, phoned: Case):
    address = reverse("desk:profile")
    none = queries_of(ana, address)
    for _ in range(3):
        give(phoned, ana_agent)
    assert queries_of(ana, address) == none
    cold = [reverse("desk:strip"), reverse("desk:presence")]
    assert queries_of(ana, cold[0], headers=HTMX) == 4  # session, person, teams, the strip


# ── rows ──


@pytest.mark.time_machine(NOON)
def test_row_shows_the_ring_the_time_left_and_what_is_promised(
    ana: Client, ana_agent: User, phoned: Case
):
    promise = give(phoned, ana_agent, minutes=5.9)
    page = ana.get("/desk/inbox/").text
    row = re.search(rf'<a class="case" href="/desk/cases/{phoned.number}/.*?</a>', page, re.DOTALL)[
        0
    ]
    at = timezone.localtime(promise.deadline)
    assert '<span class="ring" data-state="soon" data-ch="email"' in row
    assert re.search(r'class="left" data-state="soon"[^>]*data-ticks>5:\d\d<', row)
    assert f'<span class="tag" data-state="soon">Call back {at:%H:%M}</span>' in row
    assert re.search(r'class="n" data-state="soon" title="1 due soon"', page)
    break_it(promise)
    page = ana.get("/desk/inbox/").text
    assert "4 min late" in page
    assert re.search(r'class="n" data-state="late" title="1 late"', page)


def test_promises_of_rows_cost_no_further_query(
    ana: Client, ana_agent: User, case_factory, cleo_customer, lamps
):
    one = case_factory(cleo_customer, team=lamps, owner=ana_agent)
    Promise.objects.all().delete()
    Case.objects.update(due_at=None)
    without = queries_of(ana, "/desk/inbox/")
    give(one, ana_agent, kind="test")
    single = queries_of(ana, "/desk/inbox/")
    for _ in range(2):
        give(case_factory(cleo_customer, team=lamps, owner=ana_agent), ana_agent, kind="test")
    assert (single, queries_of(ana, "/desk/inbox/")) == (without, without)
    assert without <= MAX_QUERIES


def test_two_promises_due_at_once_make_one_row(ana: Client, ana_agent: User, phoned: Case):
    due = timezone.now() + timedelta(minutes=9)
    for kind in ("callback", "test"):
        domain.make_promise(case_id=phoned.pk, actor=ana_agent, kind=kind, due_at=due)
    page = ana.get("/desk/inbox/").text
    assert page.count(f'class="case" href="/desk/cases/{phoned.number}/') == 1
