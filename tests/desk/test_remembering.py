"""What is remembered of a customer, at the desk."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.cases import domain as cases
from apps.cases.models import Case
from apps.customers import domain
from apps.customers.models import Preference
from tests.desk.test_inbox import queries_of

HTMX = {"HX-Request": "true"}


def page(case: Case) -> str:
    return reverse("desk:case", args=[case.number])


def note(case: Case, actor, text="Likes tea.", **more):
    values = {"kind": "other", "text": text} | more
    return domain.note_preference(customer_id=case.customer_id, actor=actor, **values)


def test_every_message_offers_to_remember_and_the_form_knows_it(ana: Client, her_case: Case):
    said = her_case.interactions.get()
    address = f"{reverse('desk:remember', args=[her_case.number])}?source={said.pk}"
    assert f'data-remember href="{address}"' in ana.get(page(her_case)).text
    shown = ana.get(f"{address}&text=No+calls+at+night").text
    assert f'name="source" value="{said.pk}"' in shown
    assert 'value="No calls at night"' in shown


def test_what_is_noted_stands_in_the_pane_with_its_source(ana, ana_agent, her_case):
    said = her_case.interactions.get()
    answer = ana.post(
        reverse("desk:remember", args=[her_case.number]),
        {
            "text": "No calls at <night>",
            "kind": "quiet_hours",
            "begins": "21:00",
            "ends": "09:00",
            "days": ["5", "6"],
            "source": said.pk,
        },
    )
    assert answer["Location"] == page(her_case)
    made = Preference.objects.get()
    assert (made.value, made.noted_by, made.source) == ("Sat Sun 21:00-09:00", ana_agent, said.pk)
    shown = ana.get(page(her_case)).text
    assert "No calls at &lt;night&gt;" in shown
    assert "No calls between 21:00 and 09:00 on Saturday, Sunday" in shown
    assert f'href="#ix{said.pk}"' in shown


@pytest.mark.parametrize(
    "data",
    [
        {"text": "", "kind": "other"},
        {"text": "Not now", "kind": "quiet_hours"},
        {"text": "Not now", "kind": "quiet_hours", "begins": "09:00", "ends": "09:00"},
        {"text": "Not now", "kind": "other", "source": 999_999},
        {"text": "Not now", "kind": "mood"},
    ],
)
def test_refused_form_comes_back_with_what_was_typed(ana, her_case, data):
    answer = ana.post(reverse("desk:remember", args=[her_case.number]), data, headers=HTMX)
    assert answer.status_code == 422
    assert data["text"] in answer.text
    assert not Preference.objects.exists()


def test_pane_confirms_and_retires_without_touching_the_rest(ana, ana_agent, her_case):
    made = note(her_case, ana_agent)
    confirm = ana.post(
        reverse("desk:preference", args=[made.pk, "confirm"]),
        {"case": her_case.number},
        headers=HTMX,
    )
    assert (confirm["HX-Retarget"], "Confirmed" in confirm.text) == ("#side", True)
    assert 'id="conv"' not in confirm.text
    retire = ana.post(reverse("desk:preference", args=[made.pk, "retire"]), {"why": "She moved."})
    assert retire["Location"] == reverse("desk:customer", args=[her_case.customer_id])
    shown = ana.get(retire["Location"]).text
    assert "What held once" in shown
    assert "She moved." in shown
    assert ana.get(reverse("desk:preference", args=[made.pk, "retire"])).status_code == 302


def test_pages_without_a_case_note_as_well(ana, her_case):
    address = reverse("desk:remember_customer", args=[her_case.customer_id])
    assert address in ana.get(reverse("desk:customer", args=[her_case.customer_id])).text
    assert ana.get(address).status_code == 200
    assert ana.post(address, {"kind": "channel", "channel": "fax"}).status_code == 302
    assert Preference.objects.get().value == "fax"


def test_follower_sees_what_is_remembered_and_changes_nothing(
    foreigner, stranger, ana_agent, her_case
):
    cases.follow_case(case_id=her_case.pk, actor=ana_agent, follower=stranger)
    made = note(her_case, ana_agent)
    shown = foreigner.get(page(her_case)).text
    assert "Likes tea." in shown
    assert "data-remember" not in shown
    assert reverse("desk:preference", args=[made.pk, "retire"]) not in shown


def test_source_is_a_link_for_its_readers_alone(
    ana, ana_agent, root, her_case, pumps, case_factory
):
    foreign = case_factory(her_case.customer, team=pumps).interactions.get()
    note(her_case, root, source=foreign.pk)
    assert reverse("desk:interaction", args=[foreign.pk]) not in ana.get(page(her_case)).text
    Case.objects.filter(pk=foreign.case_id).update(team=her_case.team)
    assert reverse("desk:interaction", args=[foreign.pk]) in ana.get(page(her_case)).text


def test_remembering_costs_the_page_one_query_and_none_without(ana, ana_agent, her_case):
    none = queries_of(ana, page(her_case))
    counts = []
    for number in (1, 3):
        for more in range(number):
            note(her_case, ana_agent, text=f"Likes tea {number} {more}.")
        counts.append(queries_of(ana, page(her_case)))
    assert counts == [none + 1, none + 1]


def test_customers_page_costs_the_same_for_one_and_three(ana, ana_agent, her_case):
    address = reverse("desk:customer", args=[her_case.customer_id])
    counts = []
    for number in (1, 3):
        for more in range(number):
            note(her_case, ana_agent, text=f"Likes tea {number} {more}.")
        ana.get(address)
        with CaptureQueriesContext(connection) as asked:
            ana.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1]
