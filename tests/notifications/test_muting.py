"""Kinds of which somebody does not want to be told, and where."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.cases import domain as cases
from apps.cases.models import Case
from apps.channels.models import Account
from apps.desk.rooms import find_badges
from apps.notifications import domain
from apps.notifications.domain.digests import send_digests
from apps.notifications.enums import Kind, Place
from apps.notifications.models import Muting, Notification
from tests.cast import make_interaction

NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
MESSAGE = "message_received"


@pytest.fixture
def her_case(cleo_case: Case, ana_agent: User) -> Case:
    ana_agent.email = "ana@portal.example"
    ana_agent.save()
    return cases.take_case(case_id=cleo_case.pk, actor=ana_agent)


@pytest.fixture
def ana(ana_agent: User) -> Client:
    client = Client()
    client.force_login(ana_agent)
    return client


def unread(user: User) -> str:
    return next(room.count for room in find_badges(user).rooms if room.name == "notifications")


def test_muted_kind_stands_on_no_page_and_counts_nowhere(her_case, ana_agent, ben_agent, ana):
    make_interaction(her_case)
    cases.note(case_id=her_case.pk, actor=ben_agent, text="Hush")
    assert unread(ana_agent) == "2"
    domain.mute(user=ana_agent, muted={("page", MESSAGE)})
    assert unread(ana_agent) == "1"
    shown = ana.get(reverse("desk:notifications")).context["notices"].lines
    assert [line.label for line in shown] == ["New note"]
    domain.mute(user=ana_agent, muted=set())
    assert unread(ana_agent) == "2"


def test_colleague_is_told_all_the_same(her_case, ana_agent, ben_agent):
    cases.follow_case(case_id=her_case.pk, actor=ana_agent, follower=ben_agent)
    domain.mute(user=ana_agent, muted={("page", MESSAGE)})
    make_interaction(her_case)
    assert (unread(ana_agent), unread(ben_agent)) == ("", "1")


def test_mail_leaves_out_what_is_muted_there(her_case, ana_agent):
    Account.objects.create(
        channel="email", name="support", address="support@portal.example", is_default=True
    )
    domain.change_wish(user=ana_agent, at=NOW, mail="quarter")
    domain.notify([domain.News(ana_agent.pk, her_case.pk, MESSAGE)], at=NOW)
    domain.mute(user=ana_agent, muted={("mail", MESSAGE)})
    later = NOW + timedelta(minutes=30)
    assert send_digests(at=later) == 0
    domain.mute(user=ana_agent, muted={("page", MESSAGE), ("desktop", MESSAGE)})
    assert send_digests(at=later) == 1


def test_desktop_is_told_apart_from_the_page(her_case, ana_agent, ana):
    make_interaction(her_case)
    address = reverse("desk:desktop", args=[Notification.objects.get().pk])
    domain.mute(user=ana_agent, muted={("page", MESSAGE)})
    assert ana.get(address).status_code == 200
    domain.mute(user=ana_agent, muted={("desktop", MESSAGE)})
    assert ana.get(address).status_code == 204


def test_choice_is_made_in_the_profile(ana, ana_agent):
    page = ana.get(reverse("desk:profile")).text
    assert len(re.findall(r"name=\"told\"[^>]*checked", page)) == len(Kind) * len(Place)
    wanted = {"mail": "never", "mail_at": "09:00", "told": ["page:assigned", "mail:assigned"]}
    assert ana.post(reverse("desk:notification_wish"), wanted).status_code == 302
    muted = domain.muted_by(ana_agent)
    assert {("page", "assigned"), ("mail", "assigned")}.isdisjoint(muted)
    assert {("desktop", "assigned"), ("page", "merged"), ("mail", "merged")} <= muted
    form = ana.get(reverse("desk:profile")).context["wish"]
    assert set(form["told"].value()) == {"page:assigned", "mail:assigned"}


def test_choice_that_does_not_exist_is_refused(ana, ana_agent):
    wanted = {"mail": "never", "mail_at": "09:00", "told": ["roof:assigned"]}
    assert ana.post(reverse("desk:notification_wish"), wanted).status_code == 422
    assert not Muting.objects.exists()
    with pytest.raises(ValueError, match="roof"):
        domain.mute(user=ana_agent, muted={("roof", MESSAGE)})


def test_muted_lines_are_forgotten_once_old(her_case, ana_agent):
    make_interaction(her_case)
    late = timezone.now() + timedelta(days=91)
    domain.sweep(at=late)
    assert Notification.objects.count() == 1
    domain.mute(user=ana_agent, muted={("page", MESSAGE)})
    domain.sweep(at=late - timedelta(days=2))
    assert Notification.objects.count() == 1
    domain.sweep(at=late)
    assert not Notification.objects.exists()
