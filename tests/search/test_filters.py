from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.cases import domain, files
from apps.cases.models import Interaction
from apps.search.dates import read_day
from apps.search.domain import find, rebuild
from apps.search.models import Entry
from tests.cast import make_interaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(case_factory, ana_agent, lamps):
    mine = case_factory(team=lamps, owner=ana_agent, kind="complaint", subject="", text="断线 lamp")
    other = case_factory(team=lamps, channel="phone", subject="", text="断线 pump")
    domain.update_case(case_id=mine.pk, actor=ana_agent, tags=["Fibre"], priority="high")
    domain.resolve_case(case_id=other.pk, actor=ana_agent)
    return mine, other


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("断线", 2),
        ("断线 kind:complaint", 1),
        ("断线 类型：Complaint", 1),
        ("断线 owner:me", 1),
        ("断线 owner:Ana", 1),
        ("断线 owner:none", 1),
        ("断线 owner:nobody", 0),
        ("status:resolved", 1),
        ("断线 status:open status:resolved", 0),
        ("断线 channel:phone", 1),
        ("断线 tag:fibre", 1),
        ('断线 team:"lamps"', 2),
        ("priority:high lamp", 1),
        ("priority:high pump", 0),
        ("nofilter:断线", 0),
    ],
)
def test_filters_narrow_what_is_found(two, ana_agent, typed, expected):
    assert find(ana_agent, typed, source="interaction").total == expected


@pytest.mark.parametrize("typed", ["断线 kind:nonsense", "status:snoozed"])
def test_filters_unknown_value_is_named(two, ana_agent, typed):
    results = find(ana_agent, typed)
    assert (results.total, len(results.problems)) == (0, 1)


def test_find_costs_a_fixed_number_of_queries(two, case_factory, ana_agent):
    with CaptureQueriesContext(connection) as few:
        assert find(ana_agent, "断线").total == 2
    for _ in range(5):
        case_factory(text="断线")
    with CaptureQueriesContext(connection) as many:
        assert find(ana_agent, "断线").total == 7
    assert len(few) == len(many) <= 10  # one of them for the names of files


def test_filters_in_chinese_know_their_chinese_values(two, ana_agent):
    assert find(ana_agent, "类型：投诉 断线", source="interaction").total == 1
    assert find(ana_agent, "渠道：电话 断线", source="interaction").total == 1


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2026-11-05", date(2026, 11, 5)),
        ("2026/1/5", date(2026, 1, 5)),
        ("2026-11", date(2026, 11, 1)),
        ("2026", date(2026, 1, 1)),
        ("2026年11月5日", date(2026, 11, 5)),
        ("2026年11月", date(2026, 11, 1)),
        ("2026年", date(2026, 1, 1)),
        ("2026-13-01", None),
        ("2026-02-30", None),
        ("5.11.2026", None),
        ("soon", None),
    ],
)
def test_days_are_read_as_people_write_them(typed, expected):
    assert read_day(typed) == expected


def test_days_begin_on_the_readers_clock(two, ana_agent, settings):
    settings.TIME_ZONE = "Asia/Shanghai"
    mine, _other = two
    midnight = datetime(2026, 11, 4, 16, 0, tzinfo=UTC)  # the fifth begins in Shanghai
    ids = Interaction.objects.filter(case=mine).values("pk")
    Entry.objects.filter(source="interaction", object_id__in=ids).update(at=midnight)
    found = {
        typed: find(ana_agent, f"断线 {typed}", source="interaction").total
        for typed in (
            "before:2026-11-05",
            "after:2026-11-05",
            "before:2026-11-06",
            "早于：2026-11-06",
        )
    }
    assert found == {
        "before:2026-11-05": 0,
        "after:2026-11-05": 2,
        "before:2026-11-06": 1,
        "早于：2026-11-06": 1,
    }


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("before:someday", "The filter “before:” knows no “someday”. Possible are: 20"),
        ("has:feathers", "Possible are: attachment / 附件."),
        ("owner:nobody", "The filter “owner:” knows no “nobody”."),
        ("team:nobody", "The filter “team:” knows no “nobody”."),
        ("staus:open", "“staus:” is no filter, so it was searched as a word. Filters: "),
    ],
)
def test_wrong_filter_is_told_in_a_sentence(two, ana_agent, typed, sentence):
    (problem,) = find(ana_agent, typed).problems
    assert sentence in problem


@pytest.mark.parametrize("typed", ["https://nowhere.example", "10:30", "Re: zeppelin"])
def test_colons_of_other_things_are_no_wrong_filters(two, ana_agent, typed):
    assert find(ana_agent, typed).problems == []


@pytest.fixture
def invoice(two, lamps):
    mine, _other = two
    kept = files.store(b"x", name="发票_Invoice-77.pdf", content_type="application/pdf")
    return make_interaction(mine, text="See there.", attachments=[kept])


@pytest.mark.parametrize("typed", ["invoice", "Invoice-77.pdf", "发票", "77 see"])
def test_message_is_found_by_the_name_of_its_file(invoice, ana_agent, stranger, typed):
    (hit,) = find(ana_agent, typed, source="interaction").hits
    assert hit.object == invoice
    assert any(is_match for _text, is_match in hit.snippet)
    assert find(stranger, typed).total == 0


def test_names_of_files_survive_a_rebuild_and_a_split(invoice, ana_agent):
    rebuild()
    assert find(ana_agent, "invoice").total == 1
    domain.split_case(case_id=invoice.case_id, actor=ana_agent, interactions=[invoice.pk])
    assert find(ana_agent, "invoice").total == 1


@pytest.mark.parametrize("typed", ["has:attachment", "has:files", "有:附件", "包含：附件"])
def test_has_attachment_finds_messages_and_their_cases(invoice, ana_agent, typed):
    results = find(ana_agent, typed)
    assert results.counts.get("interaction") == 1
    assert {hit.case_id for hit in results.hits} == {invoice.case_id}
