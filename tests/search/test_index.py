"""The index against a naive reading of the same texts, on whichever database runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.search import text
from apps.search.domain import Document, collecting, find, put, rebuild, remove
from apps.search.models import Entry, EntryText

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 1, tzinfo=UTC)
NO_CHECK = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
HAN = "断线路由器网"
TEXTS = st.lists(
    st.tuples(
        st.text(alphabet=HAN + " a", max_size=4),
        st.text(alphabet=HAN + HAN + "，\n ab", max_size=25),
    ),
    max_size=12,
)


def documents(*bodies: str, source: str = "note", **fields: object) -> list[Document]:
    return [
        Document(source=source, object_id=n, at=START + timedelta(minutes=n), body=body, **fields)
        for n, body in enumerate(bodies, start=1)
    ]


def total(user, typed: str) -> int:
    return find(user, typed).total


@given(texts=TEXTS, wanted=st.text(alphabet=HAN, min_size=1, max_size=6))
@settings(max_examples=60, deadline=None, suppress_health_check=NO_CHECK)
def test_count_of_chinese_equals_naive_substring_count(root, texts, wanted):
    with transaction.atomic():
        put(
            Document(source="note", object_id=n, at=START, title=title, body=body)
            for n, (title, body) in enumerate(texts)
        )
        naive = sum(wanted in f"{title}\n{body}" for title, body in texts)
        assert total(root, wanted) == naive
        transaction.set_rollback(True)


@given(
    bodies=st.lists(st.text(alphabet="ab cA-断", max_size=15), max_size=10),
    wanted=st.text(alphabet="abc", min_size=1, max_size=3),
)
@settings(max_examples=60, deadline=None, suppress_health_check=NO_CHECK)
def test_count_of_a_word_equals_naive_word_count(root, bodies, wanted):
    with transaction.atomic():
        put(documents(*bodies))
        in_runs = [text.runs(text.normalise(body)) for body in bodies]
        assert total(root, wanted) == sum(wanted in runs for runs in in_runs)
        if len(wanted) > 1:
            begins = [any(run.startswith(wanted) for run in runs) for runs in in_runs]
            assert total(root, f"{wanted}*") == sum(begins)
        transaction.set_rollback(True)


def test_find_all_words_must_be_there(root):
    put(documents("router lamp", "router", "lamp"))
    assert [total(root, "router lamp"), total(root, "router")] == [1, 2]


def test_find_phrase_asks_for_order_and_whole_words(root):
    put(documents("no light here", "light, no", "no lightning", "No, light!"))
    assert total(root, '"no light"') == 2


def test_find_special_characters_are_harmless(root):
    put(documents("a'b & c | !d <-> e:* \\ \" % _ NEAR AND OR NOT"))
    for typed in ("a'b", "&", "NEAR(", "AND", "NOT", "c OR", "\\", '"', "%", "_", "a:*", "(", "\0"):
        assert total(root, typed) in {0, 1}
    assert total(root, "NOT") == 1


def test_put_again_replaces_the_old_words(root):
    put(documents("断线"))
    put(documents("修好了"))
    assert [total(root, "断线"), total(root, "修好")] == [0, 1]


def test_remove_forgets_and_ids_are_not_mistaken_for_old_ones(root):
    put(documents("断线", "断线 again"))
    remove("note", [1, 99])
    assert total(root, "断线") == 1
    remove("note", [2])
    put(documents("other"))
    assert [total(root, "断线"), EntryText.objects.count()] == [0, 1]


def test_put_rolled_back_leaves_nothing(root):
    with transaction.atomic():
        put(documents("断线"))
        transaction.set_rollback(True)
    put(documents("other"))
    assert total(root, "断线") == 0


def test_collecting_writes_at_the_end_only(root):
    with collecting():
        put(documents("断线"), new=True)
        assert Entry.objects.count() == 0
    assert total(root, "断线") == 1


def test_collecting_after_an_error_writes_nothing(root):
    with pytest.raises(ZeroDivisionError), collecting():
        put(documents("断线"), new=True)
        _ = 1 / 0
    put(documents("other"), new=True)
    assert total(root, "断线") == 0


def test_put_costs_a_fixed_number_of_queries(root, django_assert_num_queries):
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 3):
        put(documents("one"), new=True)
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 3):
        put(documents("two", "three", "four", source="other"), new=True)


def test_find_very_long_text_is_indexed_up_to_its_bound(root):
    filler = "".join(chr(0x4E00 + i % 20000) for i in range(text.MAX_TEXT - 4))
    put(documents(f"断线{filler}龥龥龤", "x" * 400 + " " + "y" * 300))
    assert [total(root, "断线"), total(root, "龥"), total(root, "龤")] == [1, 1, 0]
    assert [total(root, "x" * 400), total(root, "x" * 399), total(root, "y" * 101)] == [1, 0, 0]


def test_pages_show_each_hit_once_titles_first_then_newest(root, case_factory):
    for n in range(7):
        case_factory(subject="lamp" if n % 3 == 0 else "else", text=f"a lamp {n}")
    seen, after = [], None
    while True:
        page = find(root, "lamp", source="interaction", page_size=2, after=after)
        assert page.total == 7
        seen += [(hit.object.subject, -hit.at.timestamp()) for hit in page.hits]
        if not (after := page.next):
            break
    assert len(seen) == 7
    assert seen == sorted(seen, key=lambda hit: (hit[0] != "lamp", hit[1]))


@pytest.mark.parametrize("after", ["", "x", "1.2", "1.9" * 30, "0.99999999999999999999.1", "9.0.0"])
def test_find_forged_cursor_is_harmless(root, case_factory, after):
    case_factory(text="a lamp")
    assert find(root, "lamp", source="interaction", after=after).total == 1


def test_rebuild_gives_the_same_results(root, case_factory, cleo_customer):
    for n in range(3):
        case_factory(cleo_customer, subject=f"灯 {n}", text="a lamp 断线")
    asked = ["断线", "lamp", "Cleo", "灯", "kind:help lamp"]
    before = [find(root, typed) for typed in asked]
    assert rebuild() == Entry.objects.count()
    assert [find(root, typed) for typed in asked] == before
    assert min(result.total for result in before) >= 1


@pytest.mark.django_db(transaction=True)
def test_flush_forgets_the_terms_as_well(django_user_model):
    put(documents("断线"))
    call_command("flush", interactive=False, verbosity=0)
    put(documents("other"))
    root = django_user_model.objects.create_superuser("root")
    assert total(root, "断线") == 0
