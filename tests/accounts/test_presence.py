"""Who is there: presence, absences, working hours."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts import domain
from apps.accounts.enums import Presence
from apps.accounts.errors import BadPeriod
from apps.accounts.models import Absence, User
from tests.cast import make_user

MONDAY_NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai


def names(team, at=MONDAY_NOON):
    return [user.username for user in domain.available(team, at)]


@pytest.mark.parametrize(
    ("presence", "expected"),
    [
        (Presence.AVAILABLE, ["ana"]),
        (Presence.BUSY, []),
        (Presence.AWAY, []),
        (Presence.WRAP_UP, []),
    ],
)
def test_available_are_those_who_say_so(lamps, ana_agent, presence, expected):
    domain.set_presence(user=ana_agent, presence=presence, at=MONDAY_NOON)
    assert names(lamps) == expected


def test_wrapping_up_ends_by_itself(lamps, ana_agent):
    domain.set_presence(user=ana_agent, presence=Presence.WRAP_UP, at=MONDAY_NOON)
    after = [names(lamps, MONDAY_NOON + timedelta(minutes=m)) for m in (9, 10)]
    assert after == [[], ["ana"]]


def test_others_and_inactive_people_are_not_available(lamps, ana_agent, stranger):
    User.objects.filter(pk=ana_agent.pk).update(is_active=False)
    assert names(lamps) == []


def test_absence_holds_from_its_beginning_until_its_end(lamps, ana_agent):
    end = MONDAY_NOON + timedelta(hours=1)
    domain.add_absence(user=ana_agent, begins_at=MONDAY_NOON, ends_at=end, reason="Training")
    moments = [MONDAY_NOON - timedelta(seconds=1), MONDAY_NOON, end - timedelta(seconds=1), end]
    assert [names(lamps, at) for at in moments] == [["ana"], [], [], ["ana"]]


def test_absence_must_end_after_it_begins(ana_agent):
    with pytest.raises(BadPeriod):
        domain.add_absence(user=ana_agent, begins_at=MONDAY_NOON, ends_at=MONDAY_NOON)


@pytest.mark.parametrize(
    ("zone", "hours", "expected"),
    [
        ("", "Mon-Fri 09:00-18:00", ["ana"]),
        ("", "Mon-Fri 13:00-18:00", []),
        ("", "Sat 09:00-18:00", []),
        ("Europe/Berlin", "Mon-Fri 09:00-18:00", []),  # 05:00 there
        ("Europe/Berlin", "周一至周五 04:00-06:00", ["ana"]),
        ("", "", ["ana"]),
    ],
)
def test_working_hours_are_of_ones_own_zone(lamps, ana_agent, zone, hours, expected):
    User.objects.filter(pk=ana_agent.pk).update(timezone=zone, working_hours=hours)
    assert names(lamps) == expected


def test_asking_costs_the_same_for_one_and_three(lamps, ana_agent):
    counts = []
    for _more in (0, 2):
        for number in range(_more):
            make_user(f"more{number}", lamps)
        with CaptureQueriesContext(connection) as asked:
            domain.available(lamps, MONDAY_NOON)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 2


def test_menu_sets_presence_and_shows_it(client, ana_agent):
    client.force_login(ana_agent)
    client.post(reverse("desk:presence"), {"presence": "busy"})
    ana_agent.refresh_from_db()
    assert ana_agent.presence == Presence.BUSY
    assert 'data-presence="busy"' in client.get(reverse("desk:profile")).content.decode()
    client.post(reverse("desk:presence"), {"presence": "nonsense"})
    ana_agent.refresh_from_db()
    assert ana_agent.presence == Presence.BUSY


def test_presence_floods_no_history(ana_agent):
    before = ana_agent.history.count()
    domain.set_presence(user=ana_agent, presence=Presence.BUSY)
    assert ana_agent.history.count() == before


def test_profile_takes_absence_and_removes_it(client, ana_agent):
    client.force_login(ana_agent)
    begins = timezone.localtime() + timedelta(days=1)
    values = {
        "begins_at": f"{begins:%Y-%m-%dT%H:%M}",
        "ends_at": f"{begins + timedelta(days=1):%Y-%m-%dT%H:%M}",
        "reason": "年假",
    }
    assert client.post(reverse("desk:add_absence"), values).status_code == 302
    absence = Absence.objects.get()
    assert absence.begins_at == begins.replace(second=0, microsecond=0)
    assert "年假" in client.get(reverse("desk:profile")).content.decode()
    wrong = values | {"ends_at": values["begins_at"]}
    assert client.post(reverse("desk:add_absence"), wrong).status_code == 422
    client.post(reverse("desk:remove_absence", args=[absence.pk]))
    assert not Absence.objects.exists()


def test_absence_of_somebody_else_is_not_there(client, ana_agent, ben_agent):
    end = timezone.now() + timedelta(days=1)
    absence = domain.add_absence(user=ana_agent, begins_at=timezone.now(), ends_at=end)
    client.force_login(ben_agent)
    assert client.post(reverse("desk:remove_absence", args=[absence.pk])).status_code == 404
    assert Absence.objects.exists()


def test_profile_keeps_signature_hours_capacity_and_keys(client, ana_agent):
    client.force_login(ana_agent)
    values = {
        "display_name": "Ana", "language": "en", "timezone": "", "theme": "",
        "signature": "Yours, Ana", "working_hours": "Mon-Fri 09:00-18:00", "capacity": "5",
    }  # fmt: skip
    assert client.post(reverse("desk:profile"), values).status_code == 302
    ana_agent.refresh_from_db()
    assert (
        ana_agent.signature, ana_agent.working_hours, ana_agent.capacity,
        ana_agent.keyboard_shortcuts,
    ) == ("Yours, Ana", "Mon-Fri 09:00-18:00", 5, False)  # fmt: skip
    assert 'data-press="j"' not in client.get(reverse("desk:profile")).content.decode()
    wrong = client.post(reverse("desk:profile"), values | {"working_hours": "sometimes"})
    assert set(wrong.context["form"].errors) == {"working_hours"}


def test_last_browser_that_logs_out_makes_away_and_log_in_available(client, ana_agent):
    client.post(reverse("account_login"), {"login": "ana", "password": "demo"})
    client.post(reverse("account_logout"))
    ana_agent.refresh_from_db()
    assert ana_agent.presence == Presence.AWAY
    client.post(reverse("account_login"), {"login": "ana", "password": "demo"})
    ana_agent.refresh_from_db()
    assert ana_agent.presence == Presence.AVAILABLE
