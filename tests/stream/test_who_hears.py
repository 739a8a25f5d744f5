"""Who hears of what, against the table of rights: every topic, every role, every object."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.cases.models import Case
from apps.channels.models import Account
from apps.live import registry
from apps.live.domain.tailing import replay
from apps.live.models import Event
from apps.live.reading import read_place
from tests.isolation import table
from tests.isolation.routes import CASES, MAIL
from tests.isolation.world import ROLES, World, build

AGENTS = [role for role in ROLES if role != "customer"]
# topic -> the rows of the table whose objects it speaks of
ROWS = {"case": CASES, "presence": CASES, "attention": (MAIL,)}
# a team's list and what one owes, which are swept below; the hubs' own; a person's own
# (tests/notifications)
NO_OBJECTS = {"queue", "owed", "session", "notice"}


@pytest.fixture
def world(db: None) -> World:
    return build()


def key_of(world: World, row: str) -> int:
    return world.objects["account"].pk if row == MAIL else world.objects[row].pk


def listeners(world: World) -> dict[int, str]:
    return {world.people[role].pk: role for role in AGENTS}


def heard_by(world: World, topic: str, key: int) -> set[str]:
    names = listeners(world)
    return {names[pk] for pk in registry.audience(topic, [key], names.keys()).get(key, ())}


def test_every_topic_is_swept():
    assert set(registry.topics()) == set(ROWS) | NO_OBJECTS


@pytest.mark.parametrize(
    ("topic", "row"), [(topic, row) for topic, rows in ROWS.items() for row in rows]
)
def test_topic_is_heard_by_whom_the_table_names(world, topic, row):
    expected = {role for role in AGENTS if table.sees(row, role)}
    assert heard_by(world, topic, key_of(world, row)) == expected


def test_case_is_heard_by_exactly_those_who_may_read_it(world):
    case = world.objects["restricted case"]
    lead, member = world.people["lead"], world.people["member"]
    case.grants.create(team=lead.teams.get())
    for one in Case.objects.all():
        readers = {
            role
            for role in AGENTS
            if Case.objects.visible_to(world.people[role]).filter(pk=one.pk).exists()
        }
        assert heard_by(world, "case", one.pk) == readers
    member.is_active = False
    member.save()
    assert "member" not in heard_by(world, "case", case.pk)


def test_trouble_of_an_account_without_team_is_for_everybody_who_works_here(world):
    Account.objects.update(team=None)
    assert heard_by(world, "attention", world.objects["account"].pk) == set(AGENTS)


def test_list_of_a_team_is_heard_by_its_members(world):
    team = world.people["member"].teams.get()
    assert heard_by(world, "queue", team.pk) == {"member", "lead", "superuser"}
    assert heard_by(world, "queue", 0) == set(AGENTS)


@pytest.mark.parametrize("role", AGENTS)
def test_what_one_owes_is_heard_by_oneself_alone(world, role):
    assert heard_by(world, "owed", world.people[role].pk) == {role}
    User.objects.filter(pk=world.people[role].pk).update(is_active=False)
    assert heard_by(world, "owed", world.people[role].pk) == set()


def test_what_never_existed_is_told_to_nobody(world):
    for topic in ("case", "presence", "attention", "owed"):
        assert heard_by(world, topic, 999_999) == set()
    assert heard_by(world, "session", world.people["other"].pk) == set()
    assert heard_by(world, "topic of another version", 1) == set()


@pytest.mark.parametrize("role", AGENTS)
def test_replay_and_poll_tell_each_role_the_same_as_the_stream(world, role, client):
    Event.objects.all().delete()
    keys = {topic: [key_of(world, row) for row in rows] for topic, rows in ROWS.items()}
    rows = [Event(topic=topic, object_id=key) for topic, ids in keys.items() for key in ids]
    Event.objects.bulk_create(rows)
    person = world.people[role]
    expected = [
        f"{topic} {key}"
        for topic, ids in keys.items()
        for key in ids
        if role in heard_by(world, topic, key)
    ]
    told = replay(person.pk, None)
    assert [f"{one.topic} {one.object_id}" for one in told.events] == expected
    client.force_login(person)
    answer = client.get("/events/poll/").json()
    assert answer["events"] == expected
    assert read_place(answer["last"]) == told.last


def test_poll_shows_nobody_how_much_happens(world, client):
    """A place is as long whatever happened, and never the same: there is nothing to compare."""
    client.force_login(world.people["other"])
    polled = lambda: client.get("/events/poll/").json()["last"]  # noqa: E731
    quiet = [polled(), polled()]
    Event.objects.bulk_create([Event(topic="case", object_id=9) for _ in range(300)])
    busy = polled()
    newest = Event.objects.latest("pk").pk
    assert len({*quiet, busy}) == 3
    assert len({len(one) for one in [*quiet, busy]}) == 1
    assert not any(one.isdigit() or str(newest) == one for one in [*quiet, busy])
    assert read_place(quiet[0]) == read_place(quiet[1]) == newest - 300


def test_poll_is_closed_to_whoever_is_not_logged_in(world, client):
    answer = client.get("/events/poll/?after=1")
    assert (answer.status_code, answer.content) == (401, b"")


def test_questions_to_the_database_do_not_grow(world, django_assert_num_queries):
    names = listeners(world).keys()
    keys = [world.objects[row].pk for row in CASES]
    for ids in (keys[:1], keys[:2]):
        with django_assert_num_queries(4):
            registry.audience("case", ids, names)
    with django_assert_num_queries(5):
        registry.audience("case", keys, names)
