from __future__ import annotations

from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.accounts.models import Membership
from apps.cases.enums import Channel, Direction, Kind, Status
from apps.cases.models import Case, CaseEvent, Interaction
from apps.channels.models import Account, Delivery
from apps.customers.models import Customer, Identity
from apps.promises.domain.stages import wind
from apps.promises.domain.sweeping import start_missing
from apps.promises.enums import REPLIES
from apps.promises.models import Attempt, Promise
from apps.search.domain import find, rebuild
from apps.search.models import Entry

pytestmark = pytest.mark.django_db

ENDED = (Status.RESOLVED, Status.CLOSED)


@pytest.fixture
def account(lamps):
    return Account.objects.create(
        channel="email", name="support", address="support@lamps.example", team=lamps
    )


@pytest.fixture
def simulated(account, ana_agent):
    """Three hundred cases; the time at which they began to be made."""
    began = timezone.now()
    call_command("simulate", cases=300, seed=7, days=30)
    return began


def texts():
    return list(Interaction.objects.order_by("pk").values_list("text", flat=True))


def test_simulate_makes_every_channel_kind_and_status(simulated):
    assert Case.objects.count() == 300
    assert set(Case.objects.values_list("channel", flat=True)) == set(Channel) - {Channel.INTERNAL}
    assert set(Case.objects.values_list("kind", flat=True)) == set(Kind)
    assert set(Case.objects.values_list("status", flat=True)) == set(Status)
    assert set(Customer.objects.values_list("language", flat=True)) == {"en", "zh-hans"}


def test_simulate_leaves_cases_as_the_verbs_do(simulated):
    for case in Case.objects.prefetch_related("interactions", "events"):
        words = sorted(case.interactions.all(), key=lambda one: one.pk)
        public = [one for one in words if not one.is_internal]
        last = public[-1]
        kinds = Counter(event.kind for event in case.events.all())
        assert kinds["case_opened"] == 1
        assert kinds["interaction_recorded"] == len(words)
        assert kinds["case_resolved"] == (case.status in ENDED)
        assert kinds["case_closed"] == (case.status == Status.CLOSED)
        assert case.snippet == " ".join(last.text.split())[:160]
        assert case.last_activity_at == max(one.received_at for one in words)
        waits = last.direction == Direction.INBOUND and case.status not in ENDED
        assert (case.waiting_since is not None) == waits
        assert (case.owner_id is None) == (case.status == Status.NEW)
        assert [one.received_at for one in words] == sorted(one.received_at for one in words)


def test_simulate_answers_by_mail_were_sent(simulated, account):
    answers = Interaction.objects.filter(channel="email", direction="outbound")
    assert answers.count() == Delivery.objects.filter(account=account, state="sent").count() > 0


def test_simulate_is_found_as_if_indexed_one_by_one(simulated, root):
    asked = ("断电", "battery", "电池", "kind:complaint 刹车")
    before = [find(root, typed).total for typed in asked]
    naive = sum("断电" in text for text in texts())
    assert find(root, "断电", source="interaction").total == naive > 0
    number = Entry.objects.count()
    assert rebuild() == number
    assert [find(root, typed).total for typed in asked] == before


def test_simulate_again_adds_and_the_same_seed_tells_the_same(simulated):
    first = texts()
    call_command("simulate", cases=300, seed=7, days=30)
    second = texts()[len(first) :]
    call_command("simulate", cases=300, seed=8, days=30)
    third = texts()[len(first) + len(second) :]
    assert (Case.objects.count(), second == first, third == first) == (900, True, False)
    assert Identity.objects.count() == 2 * Customer.objects.count()


def test_simulate_on_an_empty_database_brings_its_own_team():
    call_command("simulate", cases=20)
    assert Membership.objects.count() == 6
    assert CaseEvent.objects.exists()


@pytest.mark.parametrize("options", [{"cases": 0}, {"cases": 1, "days": 0}])
def test_simulate_nonsense_is_refused(options):
    with pytest.raises(CommandError):
        call_command("simulate", **options)


def test_simulate_promises_what_the_cases_say(simulated):
    assert set(Promise.objects.values_list("state", flat=True)) >= {"open", "kept", "broken"}
    assert Promise.objects.filter(kind="callback", state="open").exists()
    assert Promise.objects.filter(settlement="late", broken_at__isnull=False).exists()
    assert Attempt.objects.filter(promise__kind="callback", outcome="reached_done").exists()
    for case in Case.objects.prefetch_related("promises", "events"):
        promises = case.promises.all()
        owed = [one for one in promises if one.settled_at is None]
        assert case.due_at == min((one.deadline for one in owed), default=None)
        clocks = [one for one in owed if one.kind in REPLIES]
        assert [one.made_at for one in clocks] == [case.waiting_since] * len(clocks)
        assert bool(clocks) == (case.waiting_since is not None)
        broken = [one.pk for one in promises if one.broken_at]
        told = [one.data["promise"] for one in case.events.all() if one.kind == "promise_broken"]
        assert sorted(broken) == sorted(told)
        if case.status == Status.CLOSED:
            assert owed == []
    for promise in Promise.objects.filter(state="open"):
        stored = promise.next_check_at
        wind(promise)
        assert promise.next_check_at == stored


def test_simulate_leaves_nothing_for_the_clock_to_do(simulated):
    assert not Promise.objects.filter(next_check_at__lte=simulated).exists()
    assert start_missing() == 0
