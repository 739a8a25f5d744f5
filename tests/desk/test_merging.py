from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.cases import domain
from apps.cases.models import Case
from apps.channels.models import Consulted
from apps.customers import domain as customers
from apps.customers.models import Customer
from tests.cast import make_case, make_customer, make_interaction


@pytest.fixture
def other(cleo_customer, lamps):
    return make_case(cleo_customer, team=lamps, subject="The lamp again", text="It went out.")


def at(case, deed=""):
    return f"/desk/cases/{case.number}/{deed}"


def text_of(answer):
    return answer.content.decode()


def test_panel_offers_the_customers_other_cases(ana, her_case, other, lamps):
    make_case(team=lamps, subject="Nobody of hers")
    shown = text_of(ana.get(at(her_case, "merge/")))
    assert f"{other.number} The lamp again" in shown
    assert "Nobody of hers" not in shown.split('id="panel"')[1].split("</form>")[0]


def test_merging_leads_to_the_case_that_goes_on(ana, her_case, other):
    answer = ana.post(at(other, "merge/"), {"other": her_case.pk})
    assert answer.status_code == 302
    assert answer["Location"] == at(her_case)
    shown = text_of(ana.get(answer["Location"]))
    assert "It went out." in shown
    assert f"You</b> merged {other.number} into this case" in shown
    assert f"/desk/cases/{other.number}/unmerge/" in shown
    assert f'href="{at(other)}"' in shown


def test_merged_case_shows_where_it_goes_on_and_no_composer(ana, her_case, other):
    ana.post(at(other, "merge/"), {"number": her_case.number})
    shown = text_of(ana.get(at(other)))
    assert "it goes on in another one" in shown
    assert f'href="{at(her_case)}"' in shown
    assert "reply-text" not in shown
    assert "note-text" not in shown
    assert at(other, "edit/") not in shown
    assert "You follow" not in shown


def test_undo_leads_back(ana, her_case, other):
    ana.post(at(other, "merge/"), {"number": her_case.number})
    answer = ana.post(at(other, "unmerge/"), follow=True)
    assert answer.redirect_chain == [(at(other), 302)]
    assert "It went out." in text_of(answer)
    assert "The merge is undone." in text_of(answer)


def test_undo_that_is_not_exact_any_more_is_refused_in_a_sentence(ana, her_case, other):
    ana.post(at(other, "merge/"), {"number": her_case.number})
    make_interaction(Case.objects.get(pk=her_case.pk), text="More.")
    answer = ana.post(at(other, "unmerge/"), follow=True)
    assert answer.redirect_chain == [(at(her_case), 302)]
    assert "cannot be undone exactly" in text_of(answer)


@pytest.mark.parametrize("number", ["CC-999999", "nonsense", "foreign"])
def test_unknown_and_foreign_numbers_are_refused_alike(ana, her_case, pumps, number):
    typed = make_case(team=pumps).number if number == "foreign" else number
    answer = ana.post(at(her_case, "merge/"), {"number": typed}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "You know no case with this number" in text_of(answer)
    assert not Case.objects.exclude(merged_into=None).exists()


def test_other_customers_case_asks_what_this_customer_gets(ana, her_case, lamps):
    hers = make_case(make_customer("Dora", email="dora@example.org"), team=lamps)
    asked = ana.post(at(hers, "merge/"), {"number": her_case.number})
    assert asked.status_code == 422
    assert "another customer" in text_of(asked)
    assert not Case.objects.exclude(merged_into=None).exists()
    ana.post(at(hers, "merge/"), {"number": her_case.number, "seat": "join"})
    assert her_case.participants.seated().get().value == "dora@example.org"


def test_notice_is_left_out_when_unticked(ana, her_case, other, mailbox):
    ana.post(at(other, "merge/"), {"number": her_case.number})
    assert not her_case.interactions.filter(automatic="notice_merged").exists()
    ana.post(at(other, "unmerge/"))
    ana.post(at(other, "merge/"), {"number": her_case.number, "tell": "on"})
    assert her_case.interactions.filter(automatic="notice_merged").exists()


def test_splitting_leads_to_the_new_case(ana, her_case):
    door = make_interaction(her_case, text="The door sticks.", subject="The door")
    panel = text_of(ana.get(at(her_case, "split/")))
    assert "The door sticks." in panel
    answer = ana.post(at(her_case, "split/"), {"interactions": [door.pk]}, follow=True)
    new = Case.objects.get(previous=her_case)
    assert answer.redirect_chain == [(at(new), 302)]
    assert f"split this case off {her_case.number}" in text_of(answer)
    assert f"split messages off into {new.number}" in text_of(ana.get(at(her_case)))


def test_splitting_everything_is_refused_beside_the_choice(ana, her_case):
    chosen = {"interactions": [her_case.interactions.get().pk]}
    answer = ana.post(at(her_case, "split/"), chosen)
    assert answer.status_code == 422
    assert "Leave at least one message" in text_of(answer)


def test_participants_join_and_leave(ana, her_case):
    Consulted.objects.create(case=her_case, kind="email", value="asked@maker.example")
    joins = {"address": "Maker@Example.NET", "name": "The maker"}
    ana.post(at(her_case, "participants/"), joins)
    seat = her_case.participants.seated().get()
    shown = text_of(ana.get(at(her_case)))
    assert 'value="maker@example.net"' in shown  # the copy that the composer offers
    assert "asked@maker.example" in shown
    leaves = {"leaving": [seat.pk], "asked": [Consulted.objects.get().pk]}
    ana.post(at(her_case, "participants/"), leaves)
    shown = text_of(ana.get(at(her_case)))
    assert 'value="maker@example.net"' not in shown
    assert "let The maker leave" in shown
    assert "let asked@maker.example leave" in shown
    assert not Consulted.objects.exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"address": " "}, "Say who joins or who leaves."),
        ({"address": "nobody"}, "is no email address"),
        ({"address": "support@portal.example"}, "This is an address of ours."),
        ({"address": "cleo@example.org"}, "is the customer&#x27;s own address"),
    ],
)
def test_who_cannot_take_part_is_told_beside_the_field(ana, her_case, mailbox, values, said):
    answer = ana.post(at(her_case, "participants/"), values)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not her_case.participants.exists()


@pytest.fixture
def twins(lamps):
    work = make_customer("Cleo", email="cleo@works.example")
    home = make_customer("Cleo", email="cleo.s@works.example")
    make_case(home, team=lamps)
    return work, home


def page(customer):
    return f"/desk/customers/{customer.pk}/"


def test_customers_who_look_like_one_are_named(ana, twins):
    work, home = twins
    assert "cleo.s@works.example" in text_of(ana.get(page(work)))
    assert "Perhaps the same person" in text_of(ana.get(page(home)))


@pytest.mark.parametrize("unlike", ["name", "domain", "public", "hidden"])
def test_customers_who_merely_resemble_are_not_named(ana, twins, pumps, unlike):
    work, home = twins
    match unlike:
        case "name":
            customers.update_customer(customer_id=home.pk, name="Cleo S.")
        case "domain":
            addresses = [("email", "cleo@elsewhere.example")]
            customers.set_identities(customer_id=home.pk, addresses=addresses)
        case "public":
            for number, customer in enumerate(twins):
                addresses = [("email", f"cleo{number}@qq.com")]
                customers.set_identities(customer_id=customer.pk, addresses=addresses)
        case "hidden":
            home.cases.update(team=pumps)
    assert "Perhaps the same person" not in text_of(ana.get(page(work)))


def test_hint_costs_the_same_for_one_and_three(ana, twins, lamps):
    work, _home = twins

    def count():
        with CaptureQueriesContext(connection) as asked:
            ana.get(page(work))
        return len(asked)

    one = count()
    for number in range(2):
        make_customer("Cleo", email=f"more{number}@works.example")
    assert count() == one


def test_case_page_costs_the_same_with_one_and_three_merged(ana, her_case, cleo_customer, lamps):
    def join():
        case = make_case(cleo_customer, team=lamps)
        keys = {"case_id": case.pk, "into_id": her_case.pk}
        domain.merge_case(**keys, actor=her_case.owner, terms=domain.Terms(tell=False))

    def count():
        with CaptureQueriesContext(connection) as asked:
            ana.get(at(her_case))
        return len(asked)

    join()
    ana.get(at(her_case))
    one = count()
    join()
    join()
    assert count() == one


def test_customers_are_merged_from_the_hint_and_parted(ana, twins):
    work, home = twins
    answer = ana.post(page(work) + "merge/", {"other": home.pk}, follow=True)
    assert "One customer now." in text_of(answer)
    assert home.pk in Customer.objects.exclude(merged_into=None).values_list("pk", flat=True)
    assert f"{page(home)}unmerge/" in text_of(answer)
    gone = text_of(ana.get(page(home)))
    assert "This customer is merged" in gone
    assert page(work) in gone
    back = ana.post(page(home) + "unmerge/", follow=True)
    assert "The merge is undone." in text_of(back)
    assert Customer.objects.standing().count() == 2


def test_customers_are_merged_by_an_address(ana, twins):
    work, home = twins
    ana.post(page(work) + "merge/", {"address": "Cleo.S@works.example"})
    home.refresh_from_db()
    assert home.merged_into == work


@pytest.mark.parametrize("typed", ["nobody@works.example", "nonsense", "", "cleo@works.example"])
def test_unknown_address_merges_nobody(ana, twins, typed):
    answer = ana.post(page(twins[0]) + "merge/", {"address": typed})
    assert answer.status_code == 422
    assert "You know no other customer with this address." in text_of(answer)


def test_hidden_customer_is_as_unknown_as_none(ana, twins, pumps):
    work, home = twins
    home.cases.update(team=pumps)
    for values in ({"address": "cleo.s@works.example"}, {"other": home.pk}):
        assert ana.post(page(work) + "merge/", values).status_code == 422
    assert ana.post(page(home) + "merge/", {"other": work.pk}).status_code == 404
    assert Customer.objects.standing().count() == 2
