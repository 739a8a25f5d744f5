from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.search import text
from apps.search.query import Word, parse
from apps.search.snippets import cut, mark, pattern
from apps.search.text import Term

FILTERS = {"kind", "owner", "类型"}
MIXED = st.text(alphabet="断线了网ab1 -_.,，\n𠮷アｶé", max_size=40)


def shown(parts):
    return "".join(f"[{piece}]" if match else piece for piece, match in parts)


@settings(deadline=None)
@given(MIXED, MIXED)
def test_terms_of_a_document_hold_those_of_each_of_its_runs(title, body):
    document = text.stream(title, body)
    terms = set(text.terms(document))
    for run in text.runs(text.normalise(title)) + text.runs(text.normalise(body)):
        for term in text.query_terms(run):
            assert any(t.startswith(term.text) if term.prefix else t == term.text for t in terms)
        assert text.phrase([run]) in document


@settings(deadline=None)
@given(MIXED)
def test_normalise_twice_changes_nothing(typed):
    assert text.normalise(text.normalise(typed)) == text.normalise(typed)


def test_terms_of_pathological_text_stay_below_the_limit_of_the_database():
    rare = "".join(chr(0x20000 + i % 42000) + chr(0x20000 + i * 7 % 42000) for i in range(60_000))
    terms = text.terms(text.stream("", rare))
    assert sum(len(term.encode()) for term in terms) <= text.MAX_TERM_BYTES


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("断线", [Word((Term("断线"),), shown=("断线",))]),
        ("线", [Word((Term("线", prefix=True),), shown=("线",))]),
        ("断线了", [Word((Term("断线"), Term("线了")), "断线了", ("断线了",))]),
        ("Router", [Word((Term("router"),), shown=("router",))]),
        ("rout*", [Word((Term("rout", prefix=True),), shown=("rout",))]),
        ("r*", [Word((Term("r"),), shown=("r",))]),
        ("e-mail", [Word((Term("e"), Term("mail")), " e mail ", ("e", "mail"))]),
        ("ＡＢＣ", [Word((Term("abc"),), shown=("abc",))]),
        ("“no light”", [Word((Term("no"), Term("light")), " no light ", ("no", "light"))]),
        ("xy:lamp", [Word((Term("xy"), Term("lamp")), " xy lamp ", ("xy", "lamp"))]),
        ("!!! …", []),
        ("", []),
    ],
)
def test_parse_words_gives_terms(typed, words):
    assert parse(typed, FILTERS).words == words


@pytest.mark.parametrize(
    ("typed", "filters"),
    [
        ("kind:complaint", [("kind", "complaint")]),
        ("KIND:Complaint", [("kind", "Complaint")]),
        ("类型：投诉", [("类型", "投诉")]),
        ('owner:"Ana Li" lamp', [("owner", "Ana Li")]),
        ("owner:“Ana Li”", [("owner", "Ana Li")]),
        ("subject:lamp", []),
    ],
)
def test_parse_known_names_are_filters(typed, filters):
    assert parse(typed, FILTERS).filters == filters


@settings(deadline=None)
@given(st.text(max_size=80))
def test_parse_anything_never_fails(typed):
    marks = pattern(parse(typed, FILTERS).words)
    assert "".join(piece for piece, _match in mark(typed, marks)) == typed


@pytest.mark.parametrize(
    ("typed", "body", "expected"),
    [
        ("lamp", "The Lamp and the lampshade", "The [Lamp] and the lampshade"),
        ("lamp*", "The lampshade", "The [lamp]shade"),
        ("断线", "又断线了", "又[断线]了"),
        ("abc", "ＡＢＣ ﬁn", "[ＡＢＣ] ﬁn"),
        ('"no light"', "No  light, no light", "[No light], [no light]"),
        ("ß", "Straße ss", "Straße [ss]"),
        ("lamp", "", ""),
    ],
)
def test_cut_marks_what_was_found(typed, body, expected):
    assert shown(cut(body, pattern(parse(typed, ()).words))) == expected


def test_cut_long_text_shows_the_neighbourhood_of_the_match():
    piece = shown(cut("word " * 1000 + "断线 " + "word " * 1000, pattern(parse("断线", ()).words)))
    assert piece.startswith("…")
    assert piece.endswith("…")
    assert "[断线]" in piece
    assert len(piece) <= 190
