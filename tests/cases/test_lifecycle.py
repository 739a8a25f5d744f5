"""How a case begins, moves and ends."""

import pytest

from apps.cases import customer_notices, domain, guards
from apps.cases.enums import Direction, Outcome, Status, Visibility
from apps.cases.errors import AlreadyClosed, NotAllowed, NotEnded, NotResolved, StillOwed
from apps.cases.models import CaseEvent
from apps.cases.models.event import AppendOnly
from tests.cast import make_case, make_interaction

NOTE = {"visibility": "internal", "channel": "internal"}


def kinds(case):
    return list(case.events.values_list("kind", flat=True))


def test_open_case_first_word_waits_for_us_from_receipt(cleo_case):
    cleo_case.refresh_from_db()
    word = cleo_case.interactions.get()
    assert (cleo_case.status, cleo_case.waiting_since) == (Status.NEW, word.received_at)
    assert cleo_case.snippet == "It flickers since this morning."
    assert kinds(cleo_case) == ["case_opened", "interaction_recorded"]


def test_our_answer_ends_the_waiting_and_is_the_first_reply(cleo_case, ana_agent):
    answer = make_interaction(cleo_case, direction=Direction.OUTBOUND, author=ana_agent)
    cleo_case.refresh_from_db()
    assert cleo_case.status == Status.WAITING
    assert cleo_case.waiting_since is None
    assert cleo_case.first_reply_at == answer.received_at


def test_second_word_keeps_the_longer_waiting(cleo_case):
    first = cleo_case.interactions.get()
    make_interaction(cleo_case)
    cleo_case.refresh_from_db()
    assert cleo_case.waiting_since == first.received_at


@pytest.mark.parametrize("fields", [{"automatic": "auto_submitted"}, NOTE])
def test_machine_or_note_moves_no_clock(cleo_case, ana_agent, fields):
    make_interaction(cleo_case, direction=Direction.OUTBOUND, author=ana_agent)
    cleo_case.refresh_from_db()
    before = (cleo_case.status, cleo_case.waiting_since, cleo_case.first_reply_at)
    make_interaction(cleo_case, **fields)
    cleo_case.refresh_from_db()
    assert (cleo_case.status, cleo_case.waiting_since, cleo_case.first_reply_at) == before


def test_note_never_becomes_the_snippet(cleo_case, ana_agent):
    domain.note(case_id=cleo_case.pk, actor=ana_agent, text="She is angry, be quick")
    cleo_case.refresh_from_db()
    assert cleo_case.snippet == "It flickers since this morning."


def test_resolve_then_word_of_customer_reopens(cleo_case, ana_agent):
    domain.resolve_case(case_id=cleo_case.pk, actor=ana_agent)
    cleo_case.refresh_from_db()
    assert cleo_case.status == Status.RESOLVED
    make_interaction(cleo_case)
    cleo_case.refresh_from_db()
    assert (cleo_case.status, cleo_case.reopened_count) == (Status.OPEN, 1)
    assert cleo_case.resolved_at is None


def test_confirm_asks_for_a_solution_first(cleo_case, ana_agent):
    with pytest.raises(NotResolved):
        domain.confirm_case(case_id=cleo_case.pk, actor=ana_agent)


def test_confirm_closes_with_the_customers_word(cleo_case, ana_agent):
    domain.resolve_case(case_id=cleo_case.pk, actor=ana_agent)
    case = domain.confirm_case(case_id=cleo_case.pk, actor=None)
    assert case.status == Status.CLOSED
    assert case.events.get(kind="case_closed").data == {"outcome": Outcome.CONFIRMED}
    assert kinds(case)[-3:] == ["case_resolved", "case_confirmed", "case_closed"]


def test_close_is_refused_while_something_is_owed(cleo_case, ana_agent, monkeypatch):
    monkeypatch.setattr(guards, "_guards", [lambda case, outcome: [f"Owed on {case.number}."]])
    with pytest.raises(StillOwed) as refusal:
        domain.close_case(case_id=cleo_case.pk, actor=ana_agent)
    cleo_case.refresh_from_db()
    assert refusal.value.owed == [f"Owed on {cleo_case.number}."]
    assert cleo_case.status == Status.NEW


def test_close_tells_the_customer_once(cleo_case, ana_agent, monkeypatch):
    told = []
    monkeypatch.setattr(customer_notices, "_tellers", [lambda case, what: told.append(what)])
    domain.close_case(case_id=cleo_case.pk, actor=ana_agent)
    with pytest.raises(AlreadyClosed):
        domain.close_case(case_id=cleo_case.pk, actor=ana_agent)
    assert told == ["closed"]


def test_reopen_of_an_open_case_is_refused(cleo_case, ana_agent):
    with pytest.raises(NotEnded):
        domain.reopen_case(case_id=cleo_case.pk, actor=ana_agent)


def test_reopen_takes_up_a_closed_case(cleo_case, ana_agent):
    domain.close_case(case_id=cleo_case.pk, actor=ana_agent)
    case = domain.reopen_case(case_id=cleo_case.pk, actor=ana_agent, why="not fixed")
    assert (case.status, case.closed_at, case.reopened_count) == (Status.OPEN, None, 1)


def test_resolving_a_closed_case_is_refused(cleo_case, ana_agent):
    domain.close_case(case_id=cleo_case.pk, actor=ana_agent)
    with pytest.raises(AlreadyClosed):
        domain.resolve_case(case_id=cleo_case.pk, actor=ana_agent)


@pytest.mark.parametrize("verb", ["resolve_case", "close_case", "reopen_case"])
def test_stranger_changes_nothing(cleo_case, stranger, verb):
    before = kinds(cleo_case)
    with pytest.raises(NotAllowed):
        getattr(domain, verb)(case_id=cleo_case.pk, actor=stranger)
    assert kinds(cleo_case) == before


def test_event_cannot_be_rewritten(cleo_case):
    event = cleo_case.events.first()
    event.kind = "case_closed"
    with pytest.raises(AppendOnly):
        event.save()
    with pytest.raises(AppendOnly):
        CaseEvent.objects.all().delete()
    with pytest.raises(AppendOnly):
        CaseEvent.objects.update(kind="x")
    with pytest.raises(AppendOnly):
        event.delete()


def test_events_hold_no_text_of_the_customer(ana_agent, lamps):
    case = make_case(team=lamps, text="Mein Geheimnis", subject="Betreff")
    domain.note(case_id=case.pk, actor=ana_agent, text="Interne Notiz")
    told = str(list(case.events.values_list("data", flat=True)))
    assert not {"Geheimnis", "Betreff", "Notiz"} & set(told.split())
    assert "Geheimnis" not in told
    assert "Notiz" not in told
    assert Visibility.INTERNAL in told
