"""Where somebody is logged in, and what slows guessing down."""

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.devices import describe

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36"
)
INBOX = "/desk/inbox/"


@pytest.fixture(autouse=True)
def _no_limits_of_other_tests():
    cache.clear()


def log_in(client, password="demo", name="ana", **extra):
    values = {"login": name, "password": password}
    return client.post(reverse("account_login"), values, **extra)


@pytest.fixture
def desktop(ana_agent):
    client = Client(REMOTE_ADDR="192.0.2.1", headers={"user-agent": FIREFOX})
    log_in(client)
    return client


@pytest.fixture
def laptop(ana_agent):
    client = Client(REMOTE_ADDR="192.0.2.2", headers={"user-agent": CHROME})
    log_in(client)
    return client


def test_list_tells_device_place_and_which_is_here(desktop, laptop):
    page = desktop.get(reverse("account_sessions")).content.decode()
    assert page.count("This browser") == 1
    for shown in ("Firefox, Windows", "Chrome, Linux", "192.0.2.1", "192.0.2.2"):
        assert shown in page


def test_list_costs_the_same_for_one_and_three(desktop, ana_agent):
    counts = []
    desktop.get(INBOX)  # says welcome, once
    for more in (0, 2):
        for _time in range(more):
            log_in(Client())
        with CaptureQueriesContext(connection) as asked:
            page = desktop.get(reverse("account_sessions"))
        counts.append(len(asked))
    assert page.content.decode().count("Last seen") == 3
    assert counts[0] == counts[1]


def test_one_is_ended_and_the_others_stay(desktop, laptop, ana_agent):
    row = UserSession.objects.get(ip="192.0.2.2")
    desktop.post(reverse("account_end_session", args=[row.pk]))
    assert [one.get(INBOX).status_code for one in (desktop, laptop)] == [200, 302]


def test_all_others_are_ended(desktop, laptop, ana_agent):
    laptop.post(reverse("account_end_sessions"))
    assert [one.get(INBOX).status_code for one in (desktop, laptop)] == [302, 200]


def test_session_of_somebody_else_is_not_there(desktop, client, ben_agent):
    client.force_login(ben_agent)
    row = UserSession.objects.get(ip="192.0.2.1")
    assert client.post(reverse("account_end_session", args=[row.pk])).status_code == 404
    assert desktop.get(INBOX).status_code == 200


def test_session_rotates_at_log_in(client, ana_agent):
    client.get(reverse("account_login"))
    session = client.session
    session["kept"] = 1
    session.save()
    before = session.session_key
    log_in(client)
    assert client.session.session_key != before


def test_last_seen_moves_every_five_minutes_at_no_cost_between(desktop):
    first = UserSession.objects.get().last_seen_at
    desktop.get(INBOX)
    assert UserSession.objects.get().last_seen_at == first
    with time_machine.travel(timezone.localtime() + timedelta(minutes=6)):
        desktop.get(INBOX, REMOTE_ADDR="192.0.2.9")
        row = UserSession.objects.get()
        with CaptureQueriesContext(connection) as asked:
            desktop.get(reverse("desk:profile"))
    assert row.last_seen_at > first
    assert row.ip == "192.0.2.9"
    assert not [one for one in asked if "usersession" in one["sql"]]


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (FIREFOX, "Firefox, Windows"),
        (CHROME, "Chrome, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
         "Safari, iPhone"),
        ("<script>", "Unknown device"),
        ("", "Unknown device"),
    ],
)  # fmt: skip
def test_device_is_told_in_words(agent, device):
    assert describe(agent) == device


def test_guessing_from_one_place_is_slowed(ana_agent):
    for _time in range(10):
        log_in(Client(), "wrong")
    assert "Too many" in log_in(Client()).content.decode()


def test_guessing_from_many_places_is_slowed(ana_agent):
    for number in range(20):
        log_in(Client(REMOTE_ADDR=f"198.51.100.{number}"), "wrong")
    late = Client(REMOTE_ADDR="198.51.100.99")
    assert "Too many" in log_in(late).content.decode()


def test_guesses_lock_nobody_out_of_their_own_browser(desktop):
    desktop.post(reverse("account_logout"))
    for number in range(30):
        log_in(Client(REMOTE_ADDR=f"198.51.100.{number}"), "wrong")
    assert log_in(desktop).status_code == 302


def test_limit_ends_by_itself(ana_agent):
    for number in range(20):
        log_in(Client(REMOTE_ADDR=f"198.51.100.{number}"), "wrong")
    with time_machine.travel(timezone.localtime() + timedelta(hours=1, seconds=1)):
        assert log_in(Client(REMOTE_ADDR="198.51.100.99")).status_code == 302


def test_mark_of_a_browser_is_good_for_its_name_only(desktop, ben_agent):
    desktop.post(reverse("account_logout"))
    for number in range(20):
        log_in(Client(REMOTE_ADDR=f"198.51.100.{number}"), "wrong", "ben")
    assert "Too many" in log_in(desktop, name="ben").content.decode()
