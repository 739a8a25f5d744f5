"""The isolation sweep: every address, every role, every object, against the table."""

import copy
import re
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.cases.models import CannedReply, CaseEvent, CaseOffer, Interaction
from apps.channels.models import Delivery, InboundMessage
from apps.customers.models import Preference
from apps.promises.models import Attempt, Campaign, Promise
from tests.isolation import table
from tests.isolation.routes import (
    CAMPAIGN,
    CANNED,
    CASES,
    LISTS,
    MAIL,
    OPEN,
    ROUTES,
    admin_paths,
    all_names,
)
from tests.isolation.world import ROLES, World, build

REFUSED = {403, 404}
NOWHERE = {"number": "CC-999999", "pk": 999_999}
EVERY = [
    pytest.param(name, route, row, id=f"{name}-{route.method}-{route.of}-{row}-{index}")
    for name, routes in ROUTES.items()
    for index, route in enumerate(routes)
    for row in route.rows
]


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    """One world for the module; each test's own transaction lies within and is undone.

    Everybody has come in before, and what a deed could change is known.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        world = build()
        for role, person in world.people.items():
            client = Client()
            if person is not None:
                client.force_login(User.objects.get(pk=person.pk))
            world.cookies[role] = client.cookies
        world.state = state()
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World, db: None) -> World:
    return built


def client_of(world: World, role: str) -> Client:
    client = Client(raise_request_exception=False)
    client.cookies = copy.deepcopy(world.cookies[role])
    return client


def ask(client: Client, route, url, world):
    if route.method == "get":
        return client.get(url)
    json = {"content_type": "application/json"} if "/api/" in url else {}
    return getattr(client, route.method)(url, route.body(world), **json)


def may(route, row, role):
    """What the table says of this role, this object and this deed."""
    if route.needs == "lead":
        leads = {"superuser"} if row == "case without a team" else {"lead", "superuser"}
        return table.writes(row, role) and role in leads
    if route.needs == "write":
        return table.writes(row, role)
    if route.needs == "keep":
        return table.writes("case of a team", role)
    if route.needs == "identities":
        return table.sees("case of a team", role)
    return table.sees(row, role)


def state():
    """Everything that a deed could change."""
    return (
        CaseEvent.objects.count(),
        CannedReply.objects.count(),
        Interaction.objects.count(),
        list(Delivery.objects.values_list("state", "settled_at")),
        list(Preference.objects.values_list("pk", "confirmed_at", "retired_at")),
        list(CaseOffer.objects.values_list("state")),
        list(InboundMessage.objects.values_list("state", "attempts")),
        list(
            Promise.objects.order_by("pk").values_list(
                "state", "settled_at", "owner", "times_tried"
            )
        ),
        Attempt.objects.count(),
        list(Campaign.objects.values_list("ended_at", "visits__outcome", "visits__promise__state")),
    )


def test_every_address_is_classified():
    assert all_names() == set(ROUTES) | set(LISTS) | OPEN


def test_every_row_of_the_table_is_swept():
    swept = {row for routes in ROUTES.values() for route in routes for row in route.rows}
    # what is seen as its case is swept with each of the cases
    own = {row for row, cells in table.read_table().items() if cells["member"] != "as its case"}
    assert own - {"configuration"} == swept
    assert swept == {*CASES, "customer", MAIL, CANNED, CAMPAIGN}


@pytest.mark.parametrize(("name", "route", "row"), EVERY)
@pytest.mark.parametrize("role", ROLES)
def test_address_answers_as_the_table_says(world, name, route, row, role):
    url = reverse(name, kwargs=route.kwargs(world, row))
    client = client_of(world, role)
    answer = ask(client, route, url, world)
    assert answer.status_code < 500
    if role == "customer":
        assert answer.status_code in {302, 401, 403}
        assert state() == world.state
    elif may(route, row, role):
        assert answer.status_code not in REFUSED
    else:
        assert answer.status_code in REFUSED
        assert state() == world.state
        secret = world.secrets[row]
        assert secret.encode() not in answer.content


@pytest.mark.parametrize(("name", "route", "row"), EVERY)
def test_foreign_object_answers_like_one_that_never_existed(world, name, route, row):
    if table.sees(row, "other"):
        return
    client = client_of(world, "other")
    keys = route.kwargs(world, row)
    nowhere = keys | {route.keyword: NOWHERE[route.keyword]}
    foreign = ask(client, route, reverse(name, kwargs=keys), world)
    absent = ask(client, route, reverse(name, kwargs=nowhere), world)
    assert (foreign.status_code, _bare(foreign)) == (404, _bare(absent))


def _bare(answer):
    """The body without keys, nonces and tokens, which differ anyway."""
    lines = answer.content.decode().splitlines()
    kept = [line for line in lines if "nonce" not in line and "csrf" not in line.lower()]
    return re.sub(r"\d+", "N", "\n".join(kept))


@pytest.mark.parametrize("name", sorted(LISTS))
@pytest.mark.parametrize("role", ROLES)
def test_list_holds_no_secret_of_others(world, name, role):
    client = client_of(world, role)
    for query in LISTS[name]:
        answer = client.get(reverse(name) + query, follow=True)
        assert answer.status_code in ({200, 401, 403} if role == "customer" else {200})
        for row, secret in world.secrets.items():
            shown = secret in answer.content.decode().replace(query, "")
            if not table.sees("case of a team" if row == "customer" else row, role):
                assert not shown, (query, row)


def test_lists_do_show_what_one_may_see(world):
    """Guards the test above against lists that are empty for everybody."""
    client = client_of(world, "member")
    found = client.get(reverse("desk:search") + "?q=word").content.decode()
    queue = client.get(reverse("api:case-list")).content.decode()
    trouble = client.get(reverse("desk:attention")).content.decode()
    owed = client.get(reverse("api:promise-list")).content.decode()
    assert "Zanzibar" in found
    assert "Yokohama" in queue
    assert "Wyoming" in trouble
    assert "Zanzibar" in owed


def test_identity_is_masked_for_whoever_sees_no_case(world):
    url = reverse("api:customer-detail", kwargs={"pk": world.objects["customer"].pk})
    page = reverse("desk:customer", kwargs={"pk": world.objects["customer"].pk})
    shown = {
        role: [
            "zebra-address" in client_of(world, role).get(one).content.decode()
            for one in (url, page)
        ]
        for role in ROLES
    }
    expected = {role: [table.sees("case of a team", role)] * 2 for role in ROLES}
    assert shown == expected


@pytest.mark.parametrize("role", ROLES)
def test_admin_is_for_superusers(world, role):
    client = client_of(world, role)
    statuses = {client.get(path).status_code for path in admin_paths()}
    allowed = statuses <= {200, 403} and 200 in statuses
    assert allowed == (role == "superuser")
    if role != "superuser":
        assert statuses <= {302, 403}


@pytest.mark.parametrize("role", ROLES)
def test_raw_input_is_taken_from_the_accounts_team_alone(world, role):
    before = InboundMessage.objects.count()
    answer = client_of(world, role).post(
        reverse("api:inbound", kwargs={"account": "support"}),
        b"From: x@example.org\r\nSubject: Hi\r\n\r\nHello\r\n",
        content_type="message/rfc822",
    )
    allowed = role in {"member", "lead", "superuser"}
    assert (answer.status_code == 202) == allowed
    assert (InboundMessage.objects.count() == before + 1) == allowed
