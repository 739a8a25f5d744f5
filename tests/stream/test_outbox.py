"""The outbox: written with the change, read once, replayed, pruned."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from apps.cases import domain
from apps.channels.models import Account, Delivery, InboundMessage
from apps.live.domain import announce, prune
from apps.live.domain.tailing import MAX_REPLAYED, Tail, replay
from apps.live.models import Event
from tests.cast import make_case, make_interaction


def told(after: int = 0) -> list[str]:
    return [str(event) for event in Event.objects.filter(pk__gt=after).order_by("pk")]


def put(pk: int, object_id: int) -> Event:
    return Event.objects.create(pk=pk, topic="queue", object_id=object_id)


def read(tail: Tail) -> list[int]:
    heard, skipped = tail.read([1])
    assert not skipped
    return [one.object_id for one in heard]


def test_unknown_topic_is_refused(db):
    with pytest.raises(LookupError, match="no topic 'typo'"):
        announce("typo", 1)


def test_announcing_costs_one_query_and_nothing_without_objects(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        announce("queue", 1, 2, 3)
    with django_assert_num_queries(0):
        announce("queue")
    assert told() == ["queue 1", "queue 2", "queue 3"]


VERBS = {
    "take": lambda case, ana, sam: domain.take_case(case_id=case.pk, actor=ana),
    "assign": lambda case, ana, sam: domain.assign_case(case_id=case.pk, actor=sam, owner=ana),
    "resolve": lambda case, ana, sam: domain.resolve_case(case_id=case.pk, actor=ana),
    "close": lambda case, ana, sam: domain.close_case(case_id=case.pk, actor=ana),
    "update": lambda case, ana, sam: domain.update_case(case_id=case.pk, actor=ana, subject="New"),
    "tag": lambda case, ana, sam: domain.update_case(case_id=case.pk, actor=ana, tags=["x"]),
    "restrict": lambda case, ana, sam: domain.restrict_case(
        case_id=case.pk, actor=sam, users=[sam]
    ),
    "follow": lambda case, ana, sam: domain.follow_case(case_id=case.pk, actor=ana, follower=sam),
    "note": lambda case, ana, sam: domain.note(case_id=case.pk, actor=ana, text="Hm"),
    "word": lambda case, ana, sam: make_interaction(case),
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_tells_of_its_case(verb, cleo_case, ana_agent, sam_supervisor):
    before = Event.objects.latest("pk").pk
    with transaction.atomic():
        VERBS[verb](cleo_case, ana_agent, sam_supervisor)
    assert f"case {cleo_case.pk}" in told(before)


def test_case_opened_without_a_word_is_told(cleo_customer, lamps):
    case = domain.open_case(customer=cleo_customer, channel="phone", team=lamps)
    assert told() == [f"case {case.pk}"]


def test_restricting_tells_the_team_that_its_list_lost_a_case(
    cleo_case, lamps, sam_supervisor, ana_agent
):
    before = Event.objects.latest("pk").pk
    domain.take_case(case_id=cleo_case.pk, actor=ana_agent)
    assert set(told(before)) == {f"case {cleo_case.pk}", f"owed {ana_agent.pk}"}
    domain.restrict_case(case_id=cleo_case.pk, actor=sam_supervisor, users=[sam_supervisor])
    assert f"queue {lamps.pk}" in told(before)


def test_post_that_gets_stuck_is_told_to_case_and_account(cleo_case, lamps):
    account = Account.objects.create(channel="email", name="support", team=lamps)
    word = make_interaction(cleo_case, direction="outbound")
    before = Event.objects.latest("pk").pk
    delivery = Delivery.objects.create(interaction=word, account=account, message_id="1@x")
    assert told(before) == []
    delivery.state = "sent"
    delivery.save()
    assert told(before) == [f"case {cleo_case.pk}"]
    delivery.state = "failed"
    delivery.save()
    assert told(before)[1:] == [f"case {cleo_case.pk}", f"attention {account.pk}"]


def test_input_in_quarantine_is_told_to_its_account(lamps):
    from apps.channels.domain.intake import _quarantine

    account = Account.objects.create(channel="email", name="support", team=lamps)
    inbound = InboundMessage.objects.create(account=account, content_hash="0" * 64, size=1)
    _quarantine(inbound, "Unreadable")
    _quarantine(inbound, "Again")
    assert told() == [f"attention {account.pk}"]


def test_rows_that_commit_late_are_read_once(db):
    put(10, 1)
    tail = Tail()
    tail.start()
    put(11, 2)
    put(14, 3)
    assert read(tail) == [2, 3]
    put(12, 4)
    assert read(tail) == [4]
    put(13, 5)
    put(15, 6)
    assert read(tail) == [5, 6]
    assert read(tail) == []
    assert not set(tail.gaps) & set(range(10, 16))


def test_gap_that_stays_is_forgotten(db, monkeypatch):
    monkeypatch.setattr("apps.live.domain.tailing.PATIENCE_SECONDS", -1)
    tail = Tail()
    tail.start()
    put(5, 1)
    assert read(tail) == [1]
    put(3, 2)
    assert read(tail) == []
    assert tail.gaps == {}


def test_many_changes_of_one_object_are_told_once(db):
    tail = Tail()
    tail.start()
    announce("queue", 7, 7, 8, 7)
    assert read(tail) == [8, 7]


def test_flood_is_a_reset(db, monkeypatch):
    monkeypatch.setattr("apps.live.domain.tailing.AT_ONCE", 3)
    tail = Tail()
    tail.start()
    announce("queue", *range(5))
    assert tail.read([1]) == ([], True)
    announce("queue", 9)
    assert read(tail) == [9]


def test_replay_of_too_much_or_too_old_is_a_reset(ana_agent):
    announce("queue", *[0] * (MAX_REPLAYED + 1))
    newest = Event.objects.latest("pk").pk
    assert replay(ana_agent.pk, newest - MAX_REPLAYED - 1).reset
    assert replay(ana_agent.pk, newest + 1).reset
    Event.objects.filter(pk__lt=newest).delete()
    assert replay(ana_agent.pk, newest - 5).reset
    assert not replay(ana_agent.pk, newest).reset


def test_old_events_are_pruned_in_batches(db):
    now = timezone.now()
    announce("queue", 1)
    assert prune(at=now) == 0
    assert prune(at=now + timedelta(minutes=65)) == 0
    assert prune(at=now + timedelta(minutes=75)) == 1
    assert told() == []


def test_opening_many_cases_at_once_costs_one_announcement(lamps, cleo_customer):
    drafts = [
        domain.draft_case(customer=cleo_customer, channel="email", team=lamps) for _ in range(3)
    ]
    word = domain.NewInteraction(channel="email", direction="inbound", text="Hm")
    with transaction.atomic():
        domain.record_many([(case, word) for case in drafts])
    assert told() == [f"case {case.pk}" for case in drafts]
    assert make_case(team=lamps)
