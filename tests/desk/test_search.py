from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import Team, User
from apps.cases.models import Case
from tests.desk.test_inbox import queries_of

type Factory = Callable[..., Case]


def test_search_marks_what_it_finds(ana: Client, lamps: Team, case_factory: Factory):
    case = case_factory(team=lamps, subject="家里的锅炉一直滴水", text="Please come.")
    page = ana.get("/desk/search/", {"q": "锅炉"}).text
    assert case.number in page
    assert "锅炉</mark>" in page


def test_search_by_number_finds_the_case(ana: Client, her_case: Case):
    assert her_case.number in ana.get("/desk/search/", {"q": her_case.number.lower()}).text


def test_search_escapes_what_was_asked_and_found(ana: Client, lamps: Team, case_factory: Factory):
    case_factory(team=lamps, subject="<script>flicker</script>", text="<b>flicker</b>")
    page = ana.get("/desk/search/", {"q": "flicker"}).text
    odd = ana.get("/desk/search/", {"q": '"><script>x</script>'}).text
    assert "<script>flicker" not in page
    assert "<b>flicker" not in page
    assert "<script>x" not in odd


def test_search_pages_on(ana: Client, lamps: Team, case_factory: Factory):
    for number in range(25):
        case_factory(team=lamps, subject=f"flicker {number}", text="")
    first = ana.get("/desk/search/", {"q": "flicker", "in": "case"}).text
    following = re.search(r'class="more"\s+href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = ana.get(following, headers={"HX-Request": "true"}).text
    assert (first.count('class="hit"'), second.count('class="hit"')) == (20, 5)
    assert "<html" not in second


def test_search_for_nothing_found_says_so(ana: Client):
    page = ana.get("/desk/search/", {"q": "zeppelin"}).text
    assert "Nothing for “zeppelin”" in page


def test_search_costs_the_same_queries_with_one_and_three_hits(
    ana: Client, lamps: Team, case_factory: Factory
):
    case_factory(team=lamps, subject="flicker", text="flicker")
    one = queries_of(ana, "/desk/search/?q=flicker")
    for _ in range(2):
        case_factory(team=lamps, subject="flicker", text="flicker")
    assert one == queries_of(ana, "/desk/search/?q=flicker")


def test_wrong_filter_is_told_in_a_sentence(ana: Client, ana_agent: User):
    assert "knows no" in ana.get("/desk/search/", {"q": "kind:nonsense"}).text


def test_case_found_by_its_number_is_counted_in_its_tab(ana: Client, her_case: Case):
    page = " ".join(ana.get("/desk/search/", {"q": her_case.number}).text.split())
    assert re.search(r'Everything <span class="n">1</span>', page)
    assert re.search(r'Cases <span class="n">1</span>', page)
    assert page.count('class="hit"') == 1
    messages = ana.get("/desk/search/", {"q": her_case.number, "in": "interaction"}).text
    assert 'class="hit"' not in messages


@pytest.mark.parametrize("typed", ["kind:", "kind:nonsense", "lamp kind: complaint"])
def test_filter_without_a_good_value_says_which_there_are(ana: Client, typed: str):
    page = ana.get("/desk/search/", {"q": typed}).text
    assert "Possible are: consultation, help, question" in page


def test_query_that_is_too_long_gets_a_sentence(ana: Client):
    page = ana.get("/desk/search/", {"q": "lamp " * 100}).text
    assert "Search for fewer words: 300 characters at most." in page


@pytest.mark.parametrize("typed", ["{0}", " #{0} ", "0{0}"])
def test_bare_number_finds_the_case(ana: Client, her_case: Case, foreigner: Client, typed: str):
    asked = typed.format(her_case.pk)
    assert her_case.number in ana.get("/desk/search/", {"q": asked}).text
    assert her_case.number not in foreigner.get("/desk/search/", {"q": asked}).text


def searches_of(client: Client) -> list[str]:
    page = client.get("/desk/search/").text
    return re.findall(r'class="break"\s+href="\?q=([^"]+)"', page)


def test_last_ten_searches_are_kept_for_their_person_alone(ana: Client, foreigner: Client):
    for number in range(11):
        ana.get("/desk/search/", {"q": f"lamp{number}"})
    ana.get("/desk/search/", {"q": "lamp5"})
    kept = searches_of(ana)
    assert kept == ["lamp5", *[f"lamp{n}" for n in (10, 9, 8, 7, 6, 4, 3, 2, 1)]]
    assert searches_of(foreigner) == []


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Purpose": "prefetch"}])
def test_search_that_nobody_asked_for_is_not_kept(ana: Client, headers: dict[str, str]):
    ana.get("/desk/search/", {"q": "lamp"}, headers=headers)
    ana.get("/desk/search/", {"q": "kind:nonsense"})
    assert searches_of(ana) == []


def test_searches_are_forgotten_one_by_one_and_all(ana: Client, foreigner: Client):
    for typed in ("lamp", "pump", "断线 & more"):
        ana.get("/desk/search/", {"q": typed})
    page = ana.get("/desk/search/").text
    address = re.findall(r"/desk/search/recent/\d+/forget/", page)[0]
    assert foreigner.post(address).status_code == 404
    assert ana.get(address).status_code == 302
    assert len(searches_of(ana)) == 3
    ana.post(address)
    assert searches_of(ana) == ["pump", "lamp"]
    ana.post("/desk/search/recent/forget/")
    assert searches_of(ana) == []


def test_recent_searches_stand_in_the_palette(ana: Client):
    ana.get("/desk/search/", {"q": "owner:me lamp"})
    page = ana.get("/desk/palette/", headers={"HX-Request": "true"}).text
    assert "/desk/search/?q=owner%3Ame+lamp" in page


def test_search_page_costs_the_same_queries_with_one_and_three_recent_searches(ana: Client):
    ana.get("/desk/search/", {"q": "lamp"})
    one = queries_of(ana, "/desk/search/")
    for typed in ("pump", "bell"):
        ana.get("/desk/search/", {"q": typed})
    assert one == queries_of(ana, "/desk/search/")
