"""What a stranger can learn of other people's promises: nothing, by whichever way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.api.domain import issue_token
from apps.live.domain.tailing import replay
from apps.live.models import Event
from apps.promises import domain
from apps.promises.models import Promise
from tests.cast import make_case
from tests.isolation.world import World, build

ASKED = (
    "promises/",
    "promises/?limit=1",
    "promises/?ordering=-due_at",
    "promises/?owed=true",
    "promises/?state=broken",
    "promises/?owner=superuser",
    "promises/?owner=none",
    "promises/?due_before=2100-01-01T00:00:00Z",
    "cases/",
    "cases/?limit=1",
)
HIDDEN = ("case of a team", "restricted case")


@pytest.fixture
def world(db: None) -> World:
    return build()


@pytest.fixture
def stranger(world: World) -> User:
    """Another team's agent, who has a case and a promise of their own."""
    person = world.people["other"]
    case = make_case(team=person.teams.get(), owner=person)
    due = timezone.now() + timedelta(minutes=30)
    domain.make_promise(case_id=case.pk, actor=person, kind="follow_up", due_at=due)
    return person


def seen(person: User) -> list[object]:
    """All that lists, counts, orders and pages of the API tell, and the events so far."""
    script = Client(headers={"Authorization": f"Token {issue_token(user=person)}"})
    answers = [script.get(f"/api/v1/{path}") for path in ASKED]
    heard = [f"{one.topic} {one.object_id}" for one in replay(person.pk, None).events]
    return [[answer.status_code, without_links(answer.json())] for answer in answers] + [heard]


def without_links(page: dict[str, object]) -> dict[str, object]:
    """Whether there is another page, and not its signed address, which differs each time."""
    return page | {name: page[name] is not None for name in ("next", "previous")}


def test_stranger_sees_the_same_whatever_others_promise_try_break_and_keep(world, stranger):
    Event.objects.all().delete()
    before = seen(stranger)
    root = world.people["superuser"]
    for row in HIDDEN:
        case = world.objects[row]
        for minutes in (5, 31, 600):  # before, between and after the stranger's own
            due = timezone.now() + timedelta(minutes=minutes)
            made = domain.make_promise(
                case_id=case.pk, actor=root, kind="callback", due_at=due, address="+861012345"
            )
            domain.record_attempt(promise_id=made.pk, actor=root, outcome="busy")
            assert seen(stranger) == before
        domain.keep_promise(promise_id=made.pk, actor=root)
    mine = Promise.objects.exclude(case__in=[world.objects[row] for row in HIDDEN])
    mine.update(next_check_at=None)  # the stranger's own reminders would be heard
    assert domain.tick(at=timezone.now() + timedelta(days=2)) > 0
    assert seen(stranger) == before


@pytest.mark.parametrize("row", HIDDEN)
def test_number_of_a_hidden_case_narrows_to_nothing(world, stranger, row):
    script = Client(headers={"Authorization": f"Token {issue_token(user=stranger)}"})
    hidden, absent = (
        script.get(f"/api/v1/promises/?case={number}").json()
        for number in (world.objects[row].number, "CC-999999")
    )
    assert hidden == absent == {"next": None, "previous": None, "results": []}


@pytest.mark.parametrize("row", HIDDEN)
def test_promise_for_a_hidden_case_is_refused_as_for_none(world, stranger, row):
    script = Client(headers={"Authorization": f"Token {issue_token(user=stranger)}"})
    answers = [
        script.post(
            "/api/v1/promises/",
            {"case": number, "kind": "follow_up", "in_minutes": 5},
            content_type="application/json",
        )
        for number in (world.objects[row].number, "CC-999999")
    ]
    assert answers[0].status_code == 400
    assert answers[0].json() == answers[1].json()


def test_restricted_case_is_in_nobodys_list_but_of_those_named(world):
    promises = Promise.objects.filter(case=world.objects["restricted case"])
    seen_by = {
        role
        for role, person in world.people.items()
        if person and Promise.objects.visible_to(person).filter(pk__in=promises).exists()
    }
    changed_by = {
        role
        for role, person in world.people.items()
        if person and Promise.objects.writable_by(person).filter(pk__in=promises).exists()
    }
    assert (seen_by, changed_by) == ({"follower", "superuser"}, {"superuser"})
