from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Team, User
from apps.cases.models import Case
from apps.customers import domain
from apps.customers.models import Customer
from apps.desk import customerlist
from tests.cast import make_case, make_customer
from tests.desk.test_inbox import queries_of

CUSTOMERS = "/desk/customers/"
FRAGMENT = {"HX-Request": "true"}


def names(client: Client, **asked: str) -> list[str]:
    return [row.name for row in client.get(CUSTOMERS, asked).context["customers"].rows]


@pytest.fixture
def dan(cleo_case: Case) -> Customer:
    return domain.create_customer(
        name="Dan", organisation="Dan & Sons", addresses=[("phone", "021 5550 1234")]
    )


def test_newest_customer_stands_first_with_what_is_open(ana: Client, cleo_case: Case, dan):
    assert names(ana) == ["Dan", "Cleo"]
    page = ana.get(CUSTOMERS).text
    assert "Dan &amp; Sons" in page
    assert "1 open case" in page
    assert "+862155501234" in page


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("da", ["Dan"]),
        ("sons", ["Dan"]),
        ("5550", ["Dan"]),
        ("(021) 5550", ["Dan"]),
        ("５５５０", ["Dan"]),
        ("55", []),
        ("CLEO@example.org", ["Cleo"]),
        ("cleo@", []),
        ("%", []),
        ("zeppelin", []),
    ],
)
def test_customers_are_found_by_what_is_known_of_them(ana: Client, dan, typed, found):
    assert names(ana, q=typed) == found


def test_customer_is_found_by_key_and_by_the_number_of_a_case(ana: Client, cleo_case: Case, dan):
    assert names(ana, q=str(dan.pk)) == ["Dan"]
    assert names(ana, q=f"#{dan.pk}") == ["Dan"]
    assert names(ana, q=cleo_case.number.lower()) == ["Cleo"]


def test_stranger_finds_by_name_and_reads_no_address(foreigner: Client, cleo_case: Case):
    customer = domain.create_customer(addresses=[("phone", "13800138000")])
    make_case(customer, team=cleo_case.team)
    page = foreigner.get(CUSTOMERS).text
    assert "c•••@•••" in page
    assert "cleo@example.org" not in page
    assert "13800138000" not in page
    assert "open case" not in page
    assert names(foreigner, q="cle") == ["Cleo"]
    assert names(foreigner) == ["•••00", "Cleo"]
    for typed in ("cleo@example.org", "13800138000", "8001", cleo_case.number):
        assert names(foreigner, q=typed) == []


def test_merged_customer_stands_under_the_other_one(ana: Client, ana_agent: User, cleo_customer):
    other = make_customer("Cleo Old")
    domain.merge_customer(customer_id=other.pk, into_id=cleo_customer.pk, actor=ana_agent)
    assert names(ana) == ["Cleo"]


def test_pages_go_on_by_key(ana: Client, lamps: Team, monkeypatch):
    monkeypatch.setattr(customerlist, "PAGE", 2)
    made = [make_customer(f"Number {number}") for number in range(3)]
    first = ana.get(CUSTOMERS, {"q": "Number"})
    following = f"?q=Number&amp;after={made[1].pk}"
    assert following in first.text
    make_customer("Number 9")  # a newcomer moves nothing
    answer = ana.get(CUSTOMERS + following.replace("&amp;", "&"), headers=FRAGMENT)
    assert [row.name for row in answer.context["customers"].rows] == ["Number 0"]
    assert "<html" not in answer.text
    assert "More customers" not in answer.text


def test_words_while_typing_bring_the_list_alone(ana: Client, cleo_customer):
    answer = ana.get(CUSTOMERS, {"q": "Cle"}, headers=FRAGMENT)
    assert "Cleo" in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("asked", [{"q": "x" * 400}, {"after": "x"}, {"after": "9" * 30}])
def test_what_cannot_be_meant_breaks_nothing(ana: Client, cleo_customer, asked):
    assert ana.get(CUSTOMERS, asked).status_code == 200


def test_too_many_words_are_refused_in_a_sentence(ana: Client):
    assert "300 characters at most" in ana.get(CUSTOMERS, {"q": "x" * 400}).text


def test_room_is_in_the_rail_and_in_the_palette(ana: Client):
    assert f'href="{CUSTOMERS}"' in ana.get(reverse("desk:inbox")).text
    palette = ana.get("/desk/palette/", {"q": "custom"}, headers=FRAGMENT).text
    assert CUSTOMERS in palette


@pytest.mark.parametrize("asked", ["", "?q=Number"])
def test_list_costs_the_same_queries_with_one_and_three(ana: Client, lamps: Team, asked: str):
    make_case(make_customer("Number 1"), team=lamps)
    one = queries_of(ana, CUSTOMERS + asked)
    for name in ("Number 2", ""):
        make_case(make_customer(name), team=lamps)
    assert queries_of(ana, CUSTOMERS + asked) == one
