from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.cases.models import Case
from apps.channels.domain.sweeping import sweep
from apps.channels.models import Account, Delivery
from tests.cast import make_interaction
from tests.desk.test_composing import HTMX, send


def schedule(ana: Client, case: Case, **fields: object) -> Delivery:
    day = timezone.localdate() + timedelta(days=2)
    send(ana, case, later=f"{day}T09:30", **fields)
    return Delivery.objects.latest("pk")


def test_case_waits_for_us_until_the_answer_leaves(ana: Client, her_case: Case, mailbox: Account):
    before = (her_case.status, her_case.waiting_since)
    schedule(ana, her_case)
    her_case.refresh_from_db()
    assert (her_case.status, her_case.waiting_since) == before
    assert her_case.waiting_since is not None


def test_scheduled_answer_is_held_when_its_customer_writes_meanwhile(
    ana: Client, her_case: Case, mailbox: Account, time_machine
):
    delivery = schedule(ana, her_case)
    her_case.refresh_from_db()
    make_interaction(her_case, text="It works again.")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.held_until) == ("held", None)
    her_case.refresh_from_db()
    assert her_case.waiting_since is not None
    page = ana.get(reverse("desk:case", args=[her_case.number])).text
    assert "The customer wrote meanwhile: read it, then send this now" in page
    assert reverse("desk:delivery", args=[delivery.pk, "retry"]) in page
    time_machine.move_to(timezone.now() + timedelta(days=3))
    assert sweep().deliveries == 0


@pytest.mark.parametrize(
    "said",
    [{"automatic": "out_of_office"}, {"visibility": "internal"}, {"direction": "outbound"}],
)
def test_machines_colleagues_and_third_parties_hold_nothing(
    ana: Client, her_case: Case, mailbox: Account, said: dict[str, str]
):
    delivery = schedule(ana, her_case)
    her_case.refresh_from_db()
    make_interaction(her_case, **said)
    delivery.refresh_from_db()
    assert delivery.held_until is not None


def test_answer_within_its_undo_window_leaves_all_the_same(
    ana: Client, her_case: Case, mailbox: Account
):
    send(ana, her_case)
    her_case.refresh_from_db()
    make_interaction(her_case, text="One more thing.")
    assert Delivery.objects.get().held_until is not None


def test_scheduled_answer_is_edited_by_taking_it_back(
    ana: Client, ana_agent: User, her_case: Case, mailbox: Account
):
    ana_agent.timezone = "Europe/Berlin"
    ana_agent.save()
    delivery = schedule(ana, her_case, text="We come at ten.")
    day = timezone.localdate() + timedelta(days=2)
    page = ana.post(reverse("desk:undo", args=[delivery.pk]), headers=HTMX).text
    assert ">We come at ten.</textarea>" in page
    assert f'value="{day}T09:30"' in page


@pytest.mark.parametrize(
    ("later", "sentence"),
    [
        ("2027-03-28T02:30", "there is no 02:30. Choose 2027-03-28 03:30."),
        ("2027-10-31T02:30", "02:30 comes twice. Choose 2027-10-31 03:30."),
    ],
)
def test_night_when_the_clock_changes_gets_a_proposal(
    ana: Client, ana_agent: User, her_case: Case, mailbox: Account, later: str, sentence: str
):
    ana_agent.timezone = "Europe/Berlin"
    ana_agent.save()
    answer = send(ana, her_case, later=later)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not Delivery.objects.exists()
