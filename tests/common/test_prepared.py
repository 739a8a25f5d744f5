import pytest
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Upper

from apps.accounts.models import User
from apps.cases.models import Case
from apps.common import prepared
from tests.cast import make_case

pytestmark = pytest.mark.django_db
CASE = -1


def load(case: Case) -> list[Case]:
    def compose():
        found = Case.objects.filter(pk=CASE).select_related("customer", "owner")
        return found.defer("need").annotate(loud=Upper("subject"), one=Value("one"))

    return prepared.load("test", compose, places={CASE: case.pk})


def test_prepared_query_loads_each_object_as_its_queryset_does(
    cleo_customer, ana_agent, django_assert_num_queries
):
    first, second = (
        make_case(cleo_customer, subject="Brake", owner=ana_agent),
        make_case(cleo_customer, subject="Lamp"),
    )
    for case in (first, second, first):
        with django_assert_num_queries(1):
            (found,) = load(case)
            assert found == case
            assert (found.customer, found.owner) == (case.customer, case.owner)
            assert (found.loud, found.one) == (case.subject.upper(), "one")
        with django_assert_num_queries(1):
            assert found.need == case.need  # what was deferred comes when it is asked for


def test_prepared_query_of_nothing_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert prepared.load("none", User.objects.none) == []
        assert prepared.fetch("none of it", lambda: User.objects.none().values_list("pk")) == []


@pytest.mark.parametrize(("keys", "size"), [([7], 1), ([7, 8], 2), ([7, 8, 9], 4), ([1] * 50, 64)])
def test_slots_stand_for_every_key_in_few_lengths(keys, size):
    places = prepared.slots(keys)
    assert len(places) == size
    assert set(places.values()) == set(keys)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite prepares nothing by name")
def test_postgres_plans_a_text_once_for_whatever_is_asked(cleo_customer):
    cases = [make_case(cleo_customer, subject=name) for name in ("Brake", "Lamp", "Horn", "Bell")]
    for case in cases:
        (found,) = load(case)
        assert found == case
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement, generic_plans, custom_plans FROM pg_prepared_statements")
        kept = [row for row in cursor.fetchall() if "UPPER(" in row[0]]
    assert [row[1:] for row in kept] == [(2, 0)]
