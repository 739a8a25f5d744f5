from __future__ import annotations

from datetime import UTC, datetime

import pytest

from apps.cases.models import Case, CaseEvent
from apps.common import bulk
from apps.common.bulk import insert_rows, update_rows
from apps.customers.models import Customer, Identity

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_inserted_rows_know_their_keys_and_read_back_whole():
    customers = insert_rows([Customer(name="Cleo", language="en", created_at=AT), Customer()])
    assert [customer.pk for customer in customers] == sorted(
        Customer.objects.values_list("pk", flat=True)
    )
    one = Customer.objects.get(name="Cleo")
    assert one == customers[0]
    assert (one.language, one.created_at) == ("en", AT)


def test_inserted_rows_may_be_saved_and_deleted_like_others():
    (customer,) = insert_rows([Customer(name="Cleo")])
    customer.name = "Cleo B."
    customer.save()
    assert Customer.objects.get().name == "Cleo B."
    customer.delete()
    assert not Customer.objects.exists()


def test_related_row_that_was_stored_meanwhile_is_referred_to():
    customer = Customer(name="Cleo")
    identity = Identity(customer=customer, kind="email", value="cleo@example.org")
    insert_rows([customer])
    insert_rows([identity])
    assert Identity.objects.get().customer == customer


def test_json_and_quotes_survive():
    (customer,) = insert_rows([Customer(name='O\'Hara "%s" 😀 灯')])
    case = Case.objects.create(customer=customer, channel="email")
    insert_rows([CaseEvent(case=case, kind="x", data={"a": ["灯", 1, None]})])
    assert Customer.objects.get().name == 'O\'Hara "%s" 😀 灯'
    assert CaseEvent.objects.get().data == {"a": ["灯", 1, None]}


def test_more_rows_than_one_statement_takes(monkeypatch):
    monkeypatch.setattr(bulk, "MAX_PARAMETERS", 20)
    rows = insert_rows([Customer(name=str(number)) for number in range(25)])
    names = Customer.objects.order_by("pk").values_list("pk", "name")
    assert list(names) == [(row.pk, row.name) for row in rows]


def test_update_writes_the_named_fields_alone():
    one, other = insert_rows([Customer(name="1", about="a"), Customer(name="2", about="b")])
    one.name, one.about, other.name = "one", "changed", "two"
    update_rows([one, other], ["name"])
    assert list(Customer.objects.order_by("pk").values_list("name", "about")) == [
        ("one", "a"),
        ("two", "b"),
    ]


def test_nothing_to_write_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert insert_rows([]) == []
        update_rows([], ["name"])
