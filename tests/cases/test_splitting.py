from __future__ import annotations

import pytest

from apps.cases import domain, files
from apps.cases.errors import CannotSplit, NotAllowed
from apps.cases.models import Case, Interaction
from apps.search import domain as search
from tests.cast import make_customer, make_interaction


@pytest.fixture
def two_matters(her_case):
    """Cleo's case with a question about the lamp, our answer, and one about the door."""
    stored = files.store(b"A photo", name="door.txt", content_type="text/plain")
    answer = make_interaction(her_case, direction="outbound", text="Which lamp?")
    door = make_interaction(
        her_case, text="The door sticks, too.", subject="The door", attachments=[stored]
    )
    return answer, door


@pytest.fixture
def her_case(cleo_case, ana_agent):
    return domain.take_case(case_id=cleo_case.pk, actor=ana_agent)


def split(case, actor, *interactions, **more):
    keys = [one.pk for one in interactions]
    return domain.split_case(case_id=case.pk, actor=actor, interactions=keys, **more)


def test_chosen_messages_become_a_linked_case(her_case, two_matters, ana_agent, cleo_customer):
    new = split(her_case, ana_agent, two_matters[1])
    assert (new.subject, new.customer, new.team, new.owner, new.previous) == (
        "The door",
        cleo_customer,
        her_case.team,
        ana_agent,
        her_case,
    )
    (moved,) = new.interactions.all()
    assert (moved.pk, moved.attachments.get().name) == (two_matters[1].pk, "door.txt")
    assert her_case.interactions.count() == 2


def test_both_stories_tell_the_split(her_case, two_matters, ana_agent):
    new = split(her_case, ana_agent, two_matters[1], subject="The front door")
    assert new.subject == "The front door"
    keys = [two_matters[1].pk]
    assert her_case.events.get(kind="case_split").data == {
        "into": new.number,
        "interactions": keys,
    }
    assert new.events.get(kind="case_split_off").data == {
        "number": her_case.number,
        "interactions": keys,
    }


def test_each_case_waits_for_its_own_words(her_case, two_matters, ana_agent):
    new = split(her_case, ana_agent, two_matters[1])
    her_case.refresh_from_db()
    assert (her_case.waiting_since, her_case.status) == (None, "waiting")
    assert (new.waiting_since, new.status) == (two_matters[1].received_at, "open")
    assert her_case.snippet == "Which lamp?"
    assert new.snippet == "The door sticks, too."
    assert new.first_reply_at is None
    assert her_case.first_reply_at == two_matters[0].received_at


def test_answered_question_that_moves_takes_its_answer_along(her_case, two_matters, ana_agent):
    first = her_case.interactions.order_by("pk").first()
    new = split(her_case, ana_agent, first, two_matters[0])
    her_case.refresh_from_db()
    assert (new.waiting_since, new.status, new.first_reply_at) == (
        None,
        "waiting",
        two_matters[0].received_at,
    )
    assert (her_case.first_reply_at, her_case.waiting_since) == (
        None,
        two_matters[1].received_at,
    )


def test_merging_back_undoes_a_split(her_case, two_matters, ana_agent):
    """Except that the matter split off was promised a first answer, which is due sooner."""
    before = Case.objects.filter(pk=her_case.pk).values().get()
    promised = before.pop("due_at")
    words = list(Interaction.objects.order_by("pk").values())
    new = split(her_case, ana_agent, two_matters[1])
    domain.merge_case(case_id=new.pk, into_id=her_case.pk, actor=ana_agent)
    after = Case.objects.filter(pk=her_case.pk).values().get()
    assert after.pop("due_at") <= promised
    assert after == before
    assert list(Interaction.objects.order_by("pk").values()) == words


def test_message_of_another_customer_makes_a_case_of_theirs(her_case, two_matters, ana_agent):
    dora = make_customer("Dora", email="dora@example.org")
    hers = make_interaction(her_case, sender_value="dora@example.org", text="Mine hums.")
    seat = domain.invite_participant(
        case_id=her_case.pk, actor=ana_agent, kind="email", value="x@a.example"
    )
    new = split(her_case, ana_agent, hers)
    assert new.customer == dora
    assert not new.participants.exists()
    assert her_case.participants.seated().get() == seat


def test_who_had_part_in_the_messages_takes_part_in_the_new_case(her_case, ana_agent):
    for value in ("copied@a.example", "other@a.example"):
        domain.invite_participant(case_id=her_case.pk, actor=ana_agent, kind="email", value=value)
    copied = [{"kind": "email", "value": "copied@a.example", "name": ""}]
    word = make_interaction(her_case, text="Both of us.", copies=copied)
    new = split(her_case, ana_agent, word)
    assert [seat.value for seat in new.participants.all()] == ["copied@a.example"]


def test_restricted_case_splits_into_one_for_the_same_people(
    her_case, two_matters, sam_supervisor, ana_agent, ben_agent
):
    domain.restrict_case(case_id=her_case.pk, actor=sam_supervisor, users=[ana_agent])
    new = split(her_case, ana_agent, two_matters[1])
    assert not Case.objects.visible_to(ben_agent).filter(pk=new.pk).exists()
    assert Case.objects.writable_by(sam_supervisor).filter(pk=new.pk).exists()
    hits = search.find(ben_agent, "sticks").hits
    assert hits == []
    assert [hit.case_id for hit in search.find(ana_agent, "sticks").hits] == [new.pk]


def test_nothing_everything_and_foreign_messages_are_refused(
    her_case, two_matters, ana_agent, case_factory
):
    note = domain.note(case_id=her_case.pk, actor=ana_agent, text="Hm")
    foreign = case_factory(team=her_case.team).interactions.get()
    everything = her_case.interactions.exclude(pk=note.pk)
    before = Case.objects.count()
    for chosen in ([], [note], [foreign], [two_matters[1], foreign], everything):
        with pytest.raises(CannotSplit):
            split(her_case, ana_agent, *chosen)
    assert Case.objects.count() == before


def test_stranger_splits_nothing(her_case, two_matters, stranger):
    with pytest.raises(NotAllowed):
        split(her_case, stranger, two_matters[1])


def test_case_split_off_a_restricted_one_is_counted_by_nobody_else(
    her_case, two_matters, sam_supervisor, ben_agent
):
    domain.restrict_case(case_id=her_case.pk, actor=sam_supervisor, users=[sam_supervisor])
    split(her_case, sam_supervisor, two_matters[1], subject="Zanzibar")
    assert search.find(sam_supervisor, "Zanzibar").total == 1
    assert search.find(ben_agent, "Zanzibar").total == 0
