from __future__ import annotations

import pytest
from django.apps import apps as installed
from django.utils.timezone import now

from apps.accounts.models import Team
from apps.cases import domain as cases
from apps.cases.models import Case, FormerNumber, Participant
from apps.channels.enums import KeyRole
from apps.channels.models import Consulted, MessageKey, SpamMark
from apps.customers import belongings, domain
from apps.customers.errors import (
    AddressesHidden,
    CannotMergeCustomers,
    CannotPart,
    CustomerMerged,
    CustomerNotMerged,
)
from apps.customers.models import Customer, CustomerMerge, Identity, Organisation
from apps.helpcentre.models import CodeRequest
from apps.search import domain as search
from apps.search.models import Entry
from tests.cast import make_case, make_customer, make_interaction

# What says of a merge itself that it is one; all else that points at a customer has to move.
ITSELF = {"customers.customer.merged_into", "customers.customermerge"}


def pointing_at_customers():
    """Every foreign key to a customer that any model of the installation has."""
    return {
        (model, field.name)
        for model in installed.get_models()
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model is Customer
    }


@pytest.fixture
def twins(lamps, ana_agent):
    """Cleo under two addresses: at work with an organisation, and at home with a language."""
    work = make_customer("Cleo", email="cleo@work.example")
    domain.update_customer(customer_id=work.pk, organisation="Works", about="Likes tea.")
    home = make_customer("Cleo", email="cleo@home.example")
    domain.update_customer(customer_id=home.pk, language="en")
    for customer in (work, home):
        case = make_case(customer, team=lamps)
        said = case.interactions.get()
        MessageKey.objects.create(
            key=f"{customer.pk}", role=KeyRole.OWN, interaction=said, case=case, customer=customer
        )
        domain.note_preference(
            customer_id=customer.pk, actor=ana_agent, kind="other", text="Likes tea."
        )
        CodeRequest.objects.create(number=case.number, expires_at=now(), customer=customer)
    return Customer.objects.get(pk=work.pk), Customer.objects.get(pk=home.pk)


@pytest.fixture
def merge(twins, ana_agent):
    work, home = twins

    def merge(customer=home, into=work, actor=ana_agent):
        return domain.merge_customer(customer_id=customer.pk, into_id=into.pk, actor=actor)

    return merge


def part(customer, actor):
    return domain.unmerge_customer(customer_id=customer.pk, actor=actor)


def state():
    return {
        model: list(model._base_manager.order_by("pk").values())
        for model in (Customer, Identity, Case, MessageKey, Participant)
    }


def indexed():
    rows = Entry.objects.order_by("source", "object_id")
    return list(rows.values("source", "object_id", "case_id", "customer_id"))


def test_every_foreign_key_to_a_customer_moves(twins, merge):
    work, home = twins
    registered = {(one.model, one.field) for one in belongings.everything()}
    foreign = {
        (model, name)
        for model, name in pointing_at_customers()
        if not {f"{model._meta.label_lower}.{name}", model._meta.label_lower} & ITSELF
    }
    assert foreign == registered
    for model, name in foreign:
        assert model._base_manager.filter(**{name: home}).exists(), (model, "has no row here")
    merge()
    left = [
        (model, name)
        for model, name in foreign
        if model._base_manager.filter(**{name: home}).exists()
    ]
    assert left == []
    assert {one.value for one in work.identities.all()} == {
        "cleo@work.example",
        "cleo@home.example",
    }
    assert work.cases.count() == 2


def test_what_hangs_on_the_cases_goes_with_them(twins, merge):
    work, home = twins
    case = home.cases.get()
    FormerNumber.objects.create(number=10**6, case=case)
    SpamMark.objects.create(case=case)
    Consulted.objects.create(case=case, kind="email", value="x@a.example")
    merge()
    assert FormerNumber.objects.get().case.customer == work
    assert SpamMark.objects.get().case.customer == work
    assert Consulted.objects.get().case.customer == work
    assert Entry.objects.filter(source="interaction", customer_id=work.pk).count() == 2
    assert not Entry.objects.filter(customer_id=home.pk).exists()


def test_parting_restores_everything(twins, merge, ana_agent):
    work, home = twins
    case = work.cases.get()
    cases.invite_participant(
        case_id=case.pk, actor=ana_agent, kind="email", value="cleo@home.example"
    )
    before, found = state(), indexed()
    merge()
    assert not case.participants.seated().exists()
    work.refresh_from_db()
    assert (work.language, work.organisation.name, work.about) == ("en", "Works", "Likes tea.")
    part(home, ana_agent)
    assert (state(), indexed()) == (before, found)
    assert not CustomerMerge.objects.exists()


def test_stories_of_the_moved_cases_tell_it(twins, merge, ana_agent):
    work, home = twins
    case = home.cases.get()
    merge()
    part(home, ana_agent)
    told = [(e.kind, e.data) for e in case.events.filter(kind__startswith="customer_")]
    who = {"customer": home.pk, "into": work.pk}
    assert told == [("customer_merged", who), ("customer_unmerged", who)]


def test_new_mail_from_either_address_is_the_same_customers(twins, merge):
    work, _home = twins
    merge()
    senders = [domain.Sender("email", f"cleo@{place}.example") for place in ("home", "work")]
    assert domain.find_or_create_many(senders) == [work, work]
    assert domain.find_or_create(kind="email", value="cleo@home.example") == work


def test_case_opened_for_the_merged_customer_is_the_heirs(twins, merge, ana_agent):
    work, home = twins
    merge()
    case = cases.open_case(customer=home, channel="phone", actor=ana_agent)
    assert case.customer == work


def test_merged_customer_is_not_found_nor_changed(twins, merge, ana_agent):
    work, home = twins
    merge()
    assert list(Customer.objects.standing()) == [work]
    assert [hit.object_id for hit in search.find(ana_agent, "Cleo", source="customer").hits] == [
        work.pk
    ]
    for change in (
        lambda: domain.update_customer(customer_id=home.pk, name="Other"),
        lambda: domain.set_identities(customer_id=home.pk, addresses=[]),
        lambda: merge(home, work),
        lambda: merge(work, home),
    ):
        with pytest.raises(CustomerMerged):
            change()


def test_who_may_not_read_both_addresses_merges_nothing(twins, merge, stranger, pumps):
    before = state()
    with pytest.raises(AddressesHidden):
        merge(actor=stranger)
    twins[0].cases.update(team=pumps)
    with pytest.raises(AddressesHidden):
        merge(actor=stranger)
    twins[0].cases.update(team=Team.objects.get(name="Lamps"))
    assert state() == before


def test_who_may_not_read_the_addresses_parts_nothing(twins, merge, stranger):
    merge()
    with pytest.raises(AddressesHidden):
        part(twins[1], stranger)


def test_customer_is_not_merged_into_themselves(twins, merge):
    with pytest.raises(CannotMergeCustomers):
        merge(twins[0], twins[0])


def test_there_is_nothing_to_part_before_and_after(twins, merge, ana_agent):
    with pytest.raises(CustomerNotMerged):
        part(twins[1], ana_agent)
    merge()
    part(twins[1], ana_agent)
    with pytest.raises(CustomerNotMerged):
        part(twins[1], ana_agent)


def test_chain_is_undone_from_its_end(twins, merge, ana_agent):
    work, home = twins
    third = make_customer("Cleo")
    before = state()
    merge()
    merge(work, third)
    with pytest.raises(CustomerMerged):
        part(home, ana_agent)
    part(work, ana_agent)
    part(home, ana_agent)
    assert state()[Customer] == before[Customer]
    assert state()[Identity] == before[Identity]


def test_later_merge_is_undone_first(twins, merge, ana_agent):
    work, home = twins
    third = make_customer("Cleo")
    merge()
    merge(third, work)
    with pytest.raises(CannotPart, match="later"):
        part(home, ana_agent)
    part(third, ana_agent)
    part(home, ana_agent)


def test_words_written_since_keep_the_customers_together(twins, merge, ana_agent):
    _work, home = twins
    case = home.cases.get()
    merge()
    make_interaction(case, sender_value="cleo@home.example", text="Again me.")
    before = state()
    with pytest.raises(CannotPart, match="written"):
        part(home, ana_agent)
    assert state() == before


def test_cases_merged_since_keep_the_customers_together(twins, merge, ana_agent):
    work, home = twins
    his, hers = work.cases.get(), home.cases.get()
    merge()
    cases.merge_case(case_id=hers.pk, into_id=his.pk, actor=ana_agent)
    with pytest.raises(CannotPart, match="Cases of both"):
        part(home, ana_agent)
    cases.unmerge_case(case_id=hers.pk, actor=ana_agent)
    part(home, ana_agent)


def test_address_that_was_taken_away_keeps_the_customers_together(twins, merge, ana_agent):
    work, home = twins
    merge()
    domain.set_identities(customer_id=work.pk, addresses=[("email", "cleo@work.example")])
    with pytest.raises(CannotPart, match="changed hands"):
        part(home, ana_agent)


def test_what_was_changed_since_is_not_taken_back(twins, merge, ana_agent):
    work, home = twins
    merge()
    domain.update_customer(customer_id=work.pk, language="zh-hans")
    part(home, ana_agent)
    work.refresh_from_db()
    assert (work.language, work.organisation) == ("zh-hans", Organisation.objects.get())


@pytest.mark.parametrize(
    ("tier", "others", "after"),
    [("vip", "standard", "vip"), ("standard", "vip", "vip"), ("vip", "priority", "priority")],
)
def test_tier_goes_over_to_a_customer_of_the_standard_one_and_back(
    twins, merge, tier, others, after, ana_agent
):
    work, home = twins
    domain.update_customer(customer_id=home.pk, tier=tier)
    domain.update_customer(customer_id=work.pk, tier=others)
    merge()
    assert Customer.objects.get(pk=work.pk).tier == after
    domain.unmerge_customer(customer_id=home.pk, actor=ana_agent)
    assert Customer.objects.get(pk=work.pk).tier == others
    assert Customer.objects.get(pk=home.pk).tier == tier
