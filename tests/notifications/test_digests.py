"""Mail about what is unread: when it leaves, to whom, and what it never holds."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.models import Membership, User
from apps.cases import domain as cases
from apps.channels.models import Account, Delivery, SystemMail
from apps.notifications import domain
from apps.notifications.domain.digests import send_digests
from apps.notifications.domain.wishes import next_time
from apps.notifications.models import Notification, Wish
from tests.cast import make_case, make_interaction

NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def mailbox(db) -> Account:
    return Account.objects.create(
        channel="email", name="support", address="support@portal.example", is_default=True
    )


@pytest.fixture
def ana(ana_agent: User) -> User:
    ana_agent.email = "ana@portal.example"
    ana_agent.save()
    return ana_agent


@pytest.fixture
def her_case(cleo_case, ana):
    return cases.take_case(case_id=cleo_case.pk, actor=ana)


def wants(user: User, mail: str, *, at: datetime = NOW, mail_at: time = time(9, 0)) -> Wish:
    return domain.change_wish(
        user=user, at=at, mail=mail, mail_at=mail_at, desktop_words=False, desktop_quiet=True
    )


def something_happens(case, *, at: datetime = NOW, kind: str = "message_received") -> None:
    domain.notify([domain.News(case.owner_id, case.pk, kind)], at=at)


def after(minutes: float, *, at: datetime = NOW) -> datetime:
    return at + timedelta(minutes=minutes)


def test_nobody_is_written_to_who_did_not_ask(her_case):
    something_happens(her_case)
    assert send_digests(at=after(60)) == 0


def test_mail_holds_numbers_kinds_and_links_alone(her_case, ana, settings):
    wants(ana, "quarter")
    make_interaction(her_case, text="The secret word", subject="Zanzibar")
    cases.note(case_id=her_case.pk, actor=User.objects.get(pk=ana.pk), text="Hush")
    something_happens(her_case, kind="note_left")
    assert send_digests(at=timezone.now() + timedelta(minutes=5)) == 1
    mail = SystemMail.objects.get()
    assert (mail.address, mail.subject) == ("ana@portal.example", "News in 1 case of yours")
    assert f"{her_case.number}: New message, New note" in mail.text
    assert f"{settings.BASE_URL}/desk/cases/{her_case.number}/" in mail.text
    assert f"{settings.BASE_URL}/desk/profile/#notifications" in mail.text
    for word in ("secret", "Zanzibar", "Hush", "Cleo", her_case.subject, "cleo@example.org"):
        assert word not in mail.text + mail.subject


def test_mail_speaks_the_language_of_its_reader(her_case, ana):
    ana.language = "zh-hans"
    ana.save()
    wants(ana, "quarter")
    something_happens(her_case)
    send_digests(at=after(5))
    assert "Hello" not in SystemMail.objects.get().text


@pytest.mark.parametrize(("mail", "pause"), [("quarter", 15), ("hourly", 60)])
def test_mail_leaves_at_most_once_in_its_pause(her_case, ana, mail, pause):
    wants(ana, mail)
    something_happens(her_case)
    assert send_digests(at=after(1)) == 0  # who is at the desk reads it first
    assert send_digests(at=after(3)) == 1
    something_happens(her_case, at=after(4))
    assert send_digests(at=after(pause)) == 0
    assert send_digests(at=after(pause + 3)) == 1
    assert send_digests(at=after(3 * pause)) == 0  # nothing new since


def test_what_is_read_or_mailed_already_is_not_mailed(her_case, ana):
    wants(ana, "quarter")
    something_happens(her_case)
    domain.mark_all_read(user=ana)
    assert send_digests(at=after(20)) == 0
    something_happens(her_case, at=after(20))
    assert [send_digests(at=after(minutes)) for minutes in (25, 50, 80)] == [1, 0, 0]


def test_right_that_was_lost_keeps_the_case_out_of_the_mail(her_case, lamps, ana):
    other = make_case(team=None, owner=ana)
    wants(ana, "quarter")
    for case in (her_case, other):
        something_happens(case)
    Membership.objects.filter(user=ana).delete()
    assert send_digests(at=after(5)) == 1
    text = SystemMail.objects.get().text
    assert (other.number in text, her_case.number in text) == (True, False)


def test_nothing_permitted_means_no_mail_and_no_long_pause(her_case, ana, lamps):
    wants(ana, "hourly")
    something_happens(her_case)
    Membership.objects.filter(user=ana).delete()
    assert send_digests(at=after(5)) == 0
    Membership.objects.create(user=ana, team=lamps)
    assert send_digests(at=after(7)) == 1


def test_whoever_left_is_not_written_to(her_case, ana):
    wants(ana, "quarter")
    something_happens(her_case)
    ana.is_active = False
    ana.save()
    assert send_digests(at=after(20)) == 0


def test_daily_mail_leaves_at_its_time_in_the_persons_zone(her_case, ana):
    ana.timezone = "America/New_York"
    ana.save()
    wants(ana, "daily", mail_at=time(8, 30))
    something_happens(her_case)
    due = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)
    assert send_digests(at=due - timedelta(seconds=1)) == 0
    assert send_digests(at=due) == 1
    something_happens(her_case, at=due + timedelta(minutes=1))
    assert send_digests(at=due + timedelta(hours=23)) == 0
    assert send_digests(at=due + timedelta(days=1)) == 1


def test_daily_mail_follows_a_change_of_zone(her_case, ana):
    wants(ana, "daily", mail_at=time(12, 0))
    ana.timezone = "Europe/Madrid"
    ana.save()
    domain.follow_clock(user=ana, at=NOW)
    assert Wish.objects.get().next_mail_at == datetime(2026, 6, 2, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after_", "clock", "expected"),
    [
        # the gap of 2026-03-29 in Madrid: 02:30 does not exist, 03:30 is the moment after it
        ("2026-03-28T22:00", time(2, 30), "2026-03-29T01:30"),
        # 02:30 comes twice on 2026-10-25: the first counts, and once
        ("2026-10-24T22:00", time(2, 30), "2026-10-25T00:30"),
        ("2026-10-25T00:30", time(2, 30), "2026-10-26T01:30"),
        ("2026-06-01T07:00", time(9, 0), "2026-06-02T07:00"),
    ],
)
def test_time_of_day_holds_through_daylight_saving(after_, clock, expected):
    user = User(timezone="Europe/Madrid")
    given = datetime.fromisoformat(after_).replace(tzinfo=UTC)
    wanted = datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert next_time(clock, user, after=given) == wanted


def test_pass_that_dies_has_written_nothing_and_the_next_one_writes_once(
    her_case, ana, monkeypatch
):
    wants(ana, "quarter")
    something_happens(her_case)
    from apps.notifications.domain import digests

    class Killed(BaseException):
        pass

    def die(*_args, **_kwargs):
        raise Killed

    with monkeypatch.context() as patched:  # dies after the mail was queued
        patched.setattr(digests.Notification.objects.__class__, "filter", die)
        with pytest.raises(Killed):
            digests._send_one(ana.pk, Wish.objects.get().next_mail_at, after(5))
    assert (Delivery.objects.count(), Wish.objects.get().next_mail_at) == (0, NOW)
    assert [send_digests(at=after(6)), send_digests(at=after(6))] == [1, 0]
    assert Delivery.objects.count() == 1


def test_without_an_account_the_mail_waits(her_case, ana, mailbox):
    wants(ana, "quarter")
    something_happens(her_case)
    Account.objects.update(is_default=False)
    assert send_digests(at=after(5)) == 0
    Account.objects.update(is_default=True)
    assert send_digests(at=after(21)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_passes_at_once_write_one_mail(her_case, ana):
    wants(ana, "quarter")
    something_happens(her_case)
    barrier, sent = threading.Barrier(4), []

    def one_pass() -> None:
        barrier.wait()
        try:
            sent.append(send_digests(at=after(5)))
        finally:
            connection.close()

    threads = [threading.Thread(target=one_pass) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(sent), Delivery.objects.count()) == (1, 1)


def test_old_lines_are_forgotten_once_read(her_case, ana, ben_agent, lamps):
    day = timedelta(days=1)
    something_happens(her_case, at=NOW - 100 * day)
    something_happens(her_case, at=NOW - 100 * day, kind="note_left")
    Notification.objects.filter(kind="note_left").update(read_at=NOW - 91 * day)
    theirs = make_case(team=lamps, owner=ben_agent)
    Notification.objects.filter(case=theirs).delete()
    something_happens(theirs, at=NOW - 100 * day)
    domain.sweep(at=NOW)
    assert Notification.objects.count() == 2
    User.objects.filter(pk=ben_agent.pk).update(is_active=False)
    domain.sweep(at=NOW)
    assert list(Notification.objects.values_list("kind", flat=True)) == ["message_received"]
