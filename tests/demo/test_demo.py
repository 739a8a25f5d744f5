from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.accounts.models import User
from apps.cases.enums import Channel, Kind, Status
from apps.cases.models import CannedReply, Case, CaseEvent, CaseFollower, Interaction
from apps.channels.enums import DeliveryState, InboundState
from apps.channels.models import Account, Delivery, InboundMessage
from apps.customers.models import Customer
from apps.promises.domain import report_of
from apps.promises.enums import Kind as PromiseKind
from apps.promises.enums import State
from apps.promises.models import (
    Attempt,
    Calendar,
    CalendarTeam,
    Campaign,
    Holiday,
    Inquiry,
    Promise,
    Reminder,
    ServiceLevel,
)
from apps.search.domain import find

pytestmark = pytest.mark.django_db

MODELS = (
    *(User, Account, Customer, Case, Interaction, CaseEvent, Delivery, InboundMessage),
    *(Calendar, CalendarTeam, Holiday, ServiceLevel, Promise, Attempt, Reminder, Inquiry, Campaign),
)


def test_demo_without_debug_refuses_and_loads_nothing(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="--force"):
        call_command("demo")
    assert not User.objects.exists()


def test_demo_shows_everything_there_is_and_runs_once(client, capsys):
    began = timezone.now()
    call_command("demo", "--force")
    assert {user.username for user in User.objects.all()} == {
        "admin", "lead", "agent", "agent2", "stranger",
    }  # fmt: skip
    assert client.login(username="agent", password="demo")
    account = Account.objects.get(name="support")
    assert (account.is_default, account.incoming, account.outgoing) == (True, "", "")
    assert account.team in User.objects.get(username="agent").teams.all()

    assert set(Case.objects.values_list("status", flat=True)) == set(Status)
    assert set(Case.objects.values_list("kind", flat=True)) == set(Kind)
    assert set(Interaction.objects.values_list("channel", flat=True)) == set(Channel)
    assert Case.objects.count() >= 40
    assert Case.objects.filter(restricted=True).exists()
    assert CaseFollower.objects.filter(user__username="stranger").exists()
    assert InboundMessage.objects.filter(state=InboundState.QUARANTINED).count() == 1
    states = Counter(Delivery.objects.values_list("state", flat=True))
    assert states.keys() == {DeliveryState.SENT, DeliveryState.FAILED}
    assert not Interaction.objects.filter(received_at__gte=began).exists()
    assert not CaseEvent.objects.filter(at__gte=began).exists()
    assert not Case.objects.filter(last_activity_at__gte=began).exists()
    assert set(CannedReply.objects.values_list("owner__username", "team__name")) == {
        (None, None), (None, "Riders' care"), (None, "Company fleets"), ("agent", None),
    }  # fmt: skip
    check_promises(began)
    assert find(User.objects.get(username="agent"), "断电").total > 2
    assert find(User.objects.get(username="stranger"), "断电").total == 0

    calendar = Calendar.objects.get(is_default=True)
    assert calendar.teams.filter(pk=account.team.pk).exists()
    assert calendar.holidays.filter(day__month=10, day__day=1, hours="").count() == 2

    asked = Inquiry.objects.order_by("answered_at").values_list("answered_at", flat=True)
    assert [at is None for at in asked].count(True) == 1
    assert Inquiry.objects.exclude(answered_at=None).get().estimates.count() == 1
    campaign = Campaign.objects.get()
    report = report_of(campaign)
    assert (report.total, report.done, report.left) == (8, 3, 5)
    assert Promise.objects.filter(visit__isnull=False, times_tried=1).count() == 1

    before = [list(model.objects.order_by("pk").values()) for model in MODELS]
    call_command("demo", "--force")
    assert [list(model.objects.order_by("pk").values()) for model in MODELS] == before
    assert "nothing has changed" in capsys.readouterr().out


def check_promises(began):
    """Every kind and state, told at the story's times; the clock finds nothing to do."""
    promises = Promise.objects.all()
    assert set(promises.values_list("state", flat=True)) == set(State)
    shown = set(PromiseKind) - {PromiseKind.UNREACHED}  # the story has no customer out of reach
    assert set(promises.values_list("kind", flat=True)) == shown
    owed = promises.owed()
    minute = timedelta(minutes=1)
    assert owed.filter(deadline__lt=began).exists()
    assert owed.filter(deadline__range=(began, began + 30 * minute)).exists()
    assert owed.filter(deadline__gt=began + 24 * 60 * minute).exists()
    assert promises.filter(settlement="late").exists()
    assert promises.filter(state="kept", attempts__outcome="busy").exists()
    assert owed.filter(kind="callback", owner=None).exists()
    assert {one.outcome for one in Attempt.objects.all()} >= {"no_answer", "reached_done"}
    assert not promises.filter(made_at__gte=began).exists()
    assert not promises.filter(settled_at__gte=began).exists()
    assert not promises.filter(broken_at__gte=began).exists()
    assert not Attempt.objects.filter(at__gte=began).exists()
    assert not promises.filter(next_check_at__lte=began).exists()
    for case in Case.objects.all():
        running = owed.filter(case=case, paused_at=None).order_by("deadline")
        assert case.due_at == running.values_list("deadline", flat=True).first()
        for event in case.events.filter(kind="promise_broken"):
            assert event.at == promises.get(pk=event.data["promise"]).broken_at
        for event in case.events.filter(kind="promise_made"):
            due_at = datetime.fromisoformat(event.data["due_at"])
            assert due_at == promises.get(pk=event.data["promise"]).due_at
    assert not Delivery.objects.exclude(state__in=["sent", "failed"]).exists()
