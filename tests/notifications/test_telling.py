"""Who is told what of which event."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.cases import domain
from apps.cases.domain.events import record
from apps.cases.enums import EventKind
from apps.cases.models import Case
from apps.live.models import Event
from apps.notifications.domain import News, mark_case_read, notify
from apps.notifications.models import Notification
from tests.cast import make_case, make_customer, make_interaction


@pytest.fixture
def her_case(cleo_case: Case, ana_agent: User) -> Case:
    """Cleo's case, taken by Ana herself."""
    return domain.take_case(case_id=cleo_case.pk, actor=ana_agent)


def told() -> set[tuple[str, str, int]]:
    rows = Notification.objects.values_list("recipient__username", "kind", "count")
    return {(str(name), kind, count) for name, kind, count in rows}


def test_case_taken_by_oneself_tells_nobody(her_case):
    assert told() == set()


def test_case_assigned_by_a_colleague_tells_its_owner(cleo_case, ana_agent, ben_agent):
    domain.assign_case(case_id=cleo_case.pk, actor=ben_agent, owner=ana_agent)
    domain.assign_case(case_id=cleo_case.pk, actor=ben_agent, owner=ana_agent)
    assert told() == {("ana", "assigned", 1)}
    assert Notification.objects.get().actor == ben_agent


def test_case_opened_for_somebody_tells_them(lamps, ana_agent, ben_agent):
    customer = make_customer()
    words = {"customer": customer, "channel": "phone", "team": lamps}
    domain.open_case(actor=ana_agent, owner=ana_agent, **words)
    domain.open_case(actor=ben_agent, owner=ana_agent, **words)
    assert told() == {("ana", "assigned", 1)}


def test_ten_messages_are_one_line_until_it_is_read(her_case, ana_agent):
    for _ in range(10):
        make_interaction(her_case)
    assert told() == {("ana", "message_received", 10)}
    mark_case_read(user=ana_agent, case_id=her_case.pk)
    make_interaction(her_case)
    unread = Notification.objects.unread().get()
    assert (Notification.objects.count(), unread.count) == (2, 1)


def test_ten_messages_of_one_batch_are_one_line(her_case):
    new = domain.NewInteraction(channel="email", direction="inbound", text="Hm")
    domain.record_many([(her_case, new)] * 10)
    assert told() == {("ana", "message_received", 10)}


def test_follower_is_told_of_what_comes_in_and_of_notes(her_case, ana_agent, ben_agent, stranger):
    domain.follow_case(case_id=her_case.pk, actor=ana_agent, follower=stranger)
    make_interaction(her_case)
    domain.note(case_id=her_case.pk, actor=stranger, text="Seen before")
    assert told() == {
        ("ana", "message_received", 1),
        ("stranger", "message_received", 1),
        ("ana", "note_left", 1),
    }


def test_our_own_words_and_those_of_machines_tell_nobody(her_case, ana_agent, ben_agent):
    make_interaction(her_case, direction="outbound", author=ben_agent)
    make_interaction(her_case, automatic="auto-submitted")
    make_interaction(her_case, author=ana_agent, channel="phone")
    assert told() == set()


def test_mention_is_told_as_such_and_not_as_a_note(her_case, ana_agent, ben_agent, stranger):
    domain.note(
        case_id=her_case.pk, actor=ben_agent, text="@ana @stranger", mentions=[ana_agent, stranger]
    )
    domain.note(case_id=her_case.pk, actor=ben_agent, text="Look", mentions=[ben_agent])
    assert told() == {
        ("ana", "mentioned", 1),
        ("ana", "note_left", 1),
        ("stranger", "mentioned", 1),
        ("stranger", "note_left", 1),
    }


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (EventKind.DELIVERY_FAILED, "delivery_failed"),
        (EventKind.DELIVERY_UNKNOWN, "delivery_in_doubt"),
        (EventKind.DELIVERY_DELAYED, "delivery_in_doubt"),
    ],
)
def test_trouble_with_a_message_tells_the_owner(her_case, event, kind):
    record(her_case, event, interaction=1)
    assert told() == {("ana", kind, 1)}


def test_reopening_tells_the_owner(her_case, ana_agent, ben_agent):
    domain.resolve_case(case_id=her_case.pk, actor=ana_agent)
    domain.reopen_case(case_id=her_case.pk, actor=ben_agent)
    assert told() == {("ana", "reopened", 1)}


def test_customer_who_reopens_a_case_is_told(her_case, ana_agent):
    domain.resolve_case(case_id=her_case.pk, actor=ana_agent)
    make_interaction(Case.objects.get(pk=her_case.pk))
    assert told() == {("ana", "reopened", 1), ("ana", "message_received", 1)}


def test_merge_tells_the_owners_of_both(her_case, lamps, ana_agent, ben_agent, sam_supervisor):
    other = make_case(her_case.customer, team=lamps, owner=ben_agent)
    Notification.objects.all().delete()
    domain.merge_case(case_id=other.pk, into_id=her_case.pk, actor=sam_supervisor)
    assert told() == {("ana", "merged", 1), ("ben", "merged", 1)}


def test_telling_costs_the_same_for_one_and_for_many(
    her_case, lamps, ana_agent, ben_agent, django_assert_num_queries
):
    others = [make_case(team=lamps, owner=ben_agent) for _ in range(3)]
    for entries in ([her_case], [her_case, *others]):
        news = [News(user.pk, case.pk, "note_left") for case in entries
                for user in (ana_agent, ben_agent)]  # fmt: skip
        with django_assert_num_queries(2):
            notify(news)


def test_nobody_to_tell_costs_nothing(ana_agent, cleo_case, django_assert_num_queries):
    with django_assert_num_queries(0):
        notify([News(ana_agent.pk, cleo_case.pk, "note_left", ana_agent.pk)])


def test_each_line_is_announced_to_its_reader(her_case):
    Event.objects.all().delete()
    make_interaction(her_case)
    line = Notification.objects.get()
    assert list(Event.objects.filter(topic="notice").values_list("object_id", flat=True)) == [
        line.pk
    ]


def test_lines_of_one_change_come_and_go_with_it(her_case):
    from django.db import transaction

    with pytest.raises(RuntimeError), transaction.atomic():
        make_interaction(her_case)
        raise RuntimeError
    assert told() == set()


def test_restricted_case_is_not_opened_by_a_mention(
    her_case, ana_agent, ben_agent, sam_supervisor, stranger
):
    domain.restrict_case(case_id=her_case.pk, actor=sam_supervisor, users=[ana_agent, ben_agent])
    words = {"case_id": her_case.pk, "text": "@stranger @ben", "mentions": [stranger, ben_agent]}
    domain.note(actor=ana_agent, **words)
    assert not Case.objects.visible_to(stranger).filter(pk=her_case.pk).exists()
    assert ("ben", "mentioned", 1) in told()
    domain.note(actor=sam_supervisor, **words)  # who decides who sees it
    assert Case.objects.visible_to(stranger).filter(pk=her_case.pk).exists()
