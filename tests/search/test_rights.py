"""Whoever may not read a case learns nothing of it: no count, no order, no snippet."""

from __future__ import annotations

import pytest

from apps.cases import domain
from apps.customers import domain as customers
from apps.search.domain import find

pytestmark = pytest.mark.django_db

NOTHING = (0, {}, [], None)


def seen(user, typed="断线", **options):
    results = find(user, typed, **options)
    return results.total, dict(results.counts), list(results.hits), results.next


@pytest.fixture
def secret(case_factory, lamps):
    return case_factory(team=lamps, subject="断线", text="我家断线了")


def test_find_case_of_a_team_is_found_by_its_members_alone(secret, ana_agent, root, stranger):
    for reader in (ana_agent, root):
        assert seen(reader)[:2] == (2, {"case": 1, "interaction": 1})
    assert seen(stranger) == NOTHING


def test_find_case_without_team_is_found_by_everybody(case_factory, stranger):
    case_factory(text="断线")
    assert seen(stranger)[0] == 1


def test_find_inactive_person_finds_nothing(secret, root):
    root.is_active = False
    assert seen(root) == NOTHING


def test_find_follows_the_case_to_another_team(secret, ana_agent, sam_supervisor, pumps, stranger):
    domain.assign_case(case_id=secret.pk, actor=sam_supervisor, owner=None, team=pumps)
    assert seen(ana_agent) == NOTHING
    assert seen(stranger)[0] == 2


def test_find_restricted_case_is_found_by_those_named(
    secret, ana_agent, ben_agent, sam_supervisor, stranger
):
    domain.restrict_case(case_id=secret.pk, actor=sam_supervisor, users=[stranger])
    assert [seen(user)[0] for user in (ana_agent, ben_agent)] == [0, 0]
    assert [seen(user)[0] for user in (sam_supervisor, stranger)] == [2, 2]
    domain.restrict_case(case_id=secret.pk, actor=sam_supervisor)
    assert [seen(user)[0] for user in (ana_agent, stranger)] == [2, 0]


def test_find_restricted_case_is_found_by_the_team_named(secret, sam_supervisor, pumps, stranger):
    domain.restrict_case(case_id=secret.pk, actor=sam_supervisor, teams=[pumps])
    assert seen(stranger)[0] == 2


def test_find_mentioned_colleague_finds_the_case(secret, ana_agent, stranger):
    domain.note(case_id=secret.pk, actor=ana_agent, text="please look", mentions=[stranger])
    assert seen(stranger)[0] == 2


def test_find_pages_of_a_stranger_skip_what_is_not_theirs(case_factory, lamps, pumps, stranger):
    for n in range(6):
        case_factory(team=(lamps, pumps)[n % 2], subject="", text=f"断线 {n}")
    first = find(stranger, "断线", page_size=2)
    second = find(stranger, "断线", page_size=2, after=first.next)
    assert (first.total, len(first.hits), len(second.hits), second.next) == (3, 2, 1, None)
    assert {hit.object.case.team for hit in (*first.hits, *second.hits)} == {pumps}


def test_find_filters_open_no_door(secret, sam_supervisor, ana_agent, stranger):
    domain.assign_case(case_id=secret.pk, actor=sam_supervisor, owner=ana_agent)
    domain.update_case(case_id=secret.pk, actor=ana_agent, tags=["vip"])
    for typed in ("owner:ana", "team:Lamps", "tag:vip", "kind:help", "channel:email"):
        assert seen(ana_agent, typed)[0] == 2
        assert seen(stranger, typed) == NOTHING


def test_find_number_of_a_foreign_case_gives_no_hint(secret, ana_agent, stranger):
    assert [hit.object for hit in find(ana_agent, secret.number.lower()).direct] == [secret]
    assert find(stranger, secret.number) == find(stranger, "CC-999999")


def test_find_address_is_told_to_those_who_may_read_it(secret, ana_agent, stranger):
    customer = secret.customer
    customers.add_identity(customer=customer, kind="phone", value="13800138000")
    address = customer.identities.get(kind="email").value
    for typed in (address, address.upper(), "+86 138 0013 8000", "13800138000"):
        assert [hit.object for hit in find(ana_agent, typed).direct] == [customer]
        assert find(stranger, typed) == find(stranger, "nobody@example.org")
    assert seen(root := ana_agent, "example")[0] == 0, root


def test_find_customer_by_name_and_organisation(stranger):
    customer = customers.create_customer(name="王建国", organisation="青石书店")
    assert [hit.object for hit in find(stranger, "建国").hits] == [customer]
    customer.organisation.name = "白石书店"
    customer.organisation.save()
    assert [find(stranger, typed).total for typed in ("青石", "白石")] == [0, 1]
    customers.update_customer(customer_id=customer.pk, name="王建民")
    assert [find(stranger, typed).total for typed in ("建国", "建民")] == [0, 1]


def test_find_customer_whom_intake_met(stranger):
    senders = [customers.Sender("email", "odo@example.org", "Odo Fairweather")]
    (met,) = customers.find_or_create_many(senders)
    assert [hit.object for hit in find(stranger, "fairweather").hits] == [met]
