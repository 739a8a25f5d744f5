"""One spelling for each address."""

import pytest
from django.core.exceptions import ValidationError

from apps.customers import domain, identities
from apps.customers.models import Customer, Identity
from tests.cast import make_customer


@pytest.mark.parametrize(
    ("kind", "given", "normal"),
    [
        ("email", " Ana@Example.ORG ", "ana@example.org"),
        ("email", "ana@Bücher.example", "ana@xn--bcher-kva.example"),
        ("phone", "138 0013 8000", "+8613800138000"),
        ("phone", "+44 20 7946 0958", "+442079460958"),
        ("fax", "（021）55501000", "+862155501000"),
        ("bbs", "老王", "老王"),
        ("external", "ERP-7", "ERP-7"),
    ],
)
def test_normalise_one_spelling(kind, given, normal):
    assert identities.normalise(kind, given) == normal


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("email", "no address"),
        ("email", "a@b.example\nBcc: c@d.example"),
        ("phone", "call me"),
        ("phone", "12"),
        ("bbs", ""),
        ("external", "x" * 321),
        ("pigeon", "x"),
    ],
)
def test_normalise_refuses_with_a_sentence(kind, given):
    with pytest.raises(ValidationError) as refusal:
        identities.normalise(kind, given)
    assert refusal.value.messages[0].endswith((".", "…"))


def test_parse_needs_a_kind():
    with pytest.raises(ValidationError, match="kind:value"):
        identities.parse("ana@example.org")


@pytest.mark.parametrize(
    ("kind", "value"),
    [("email", "ana@example.org"), ("phone", "+8613800138000"), ("bbs", "laowang")],
)
def test_mask_keeps_nothing_usable(kind, value):
    assert value not in identities.mask(kind, value)
    assert value.partition("@")[2] not in identities.mask(kind, value) or kind != "email"


def test_find_or_create_same_address_is_one_customer(db):
    first = domain.find_or_create(kind="email", value="Ana@example.org", name="Ana")
    again = domain.find_or_create(kind="email", value="ana@EXAMPLE.org", name="Someone")
    assert (first, again.name) == (again, "Ana")
    assert Customer.objects.count() == 1


def test_identity_of_another_customer_is_refused(db):
    make_customer(email="ana@example.org")
    other = make_customer()
    with pytest.raises(domain.IdentityTaken):
        domain.add_identity(customer=other, kind="email", value="ana@example.org")


def test_adding_an_own_identity_again_changes_nothing(db):
    customer = make_customer(email="ana@example.org")
    domain.add_identity(customer=customer, kind="email", value="ANA@example.org")
    assert Identity.objects.count() == 1


def test_update_organisation_is_made_and_taken_away(cleo_customer):
    domain.update_customer(customer_id=cleo_customer.pk, organisation="Harbour Mill")
    cleo_customer.refresh_from_db()
    assert str(cleo_customer.organisation) == "Harbour Mill"
    domain.update_customer(customer_id=cleo_customer.pk, organisation="")
    cleo_customer.refresh_from_db()
    assert cleo_customer.organisation is None


def test_nameless_customer_is_shown_masked_to_who_may_not_read_it(db):
    customer = domain.find_or_create(kind="email", value="ana@example.org")
    assert customer.display_name() == "ana@example.org"
    assert customer.display_name(masked=True) == "a•••@•••"
