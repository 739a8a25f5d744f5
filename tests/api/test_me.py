from __future__ import annotations

import pytest

from apps.accounts.models import Absence
from apps.notifications.models import Muting, Wish

LEAVE = {"begins_at": "2027-01-04T08:00:00Z", "ends_at": "2027-01-08T17:00:00Z"}


def test_person_reads_themselves_and_says_whether_they_are_there(ana, ana_agent):
    shown = ana.at("get", "me/").json()
    assert shown == {
        "username": "ana",
        "name": "Ana",
        "language": "",
        "timezone": "",
        "working_hours": "",
        "capacity": None,
        "teams": ["Lamps"],
        "presence": "available",
        "presence_until": None,
    }
    assert ana.at("patch", "me/", {"presence": "busy"}).json()["presence"] == "busy"
    wrapping = ana.at("patch", "me/", {"presence": "wrap_up"}).json()
    assert wrapping["presence_until"].endswith("Z")
    ana_agent.refresh_from_db()
    assert ana_agent.presence == "wrap_up"
    assert ana.at("patch", "me/", {"presence": "asleep"}).status_code == 400
    assert ana.at("patch", "me/", {"username": "root"}).status_code == 400


def test_absences_are_ones_own(ana, outsider):
    made = ana.at("post", "me/absences/", LEAVE | {"reason": "Leave"})
    assert made.status_code == 201
    pk = made.json()["id"]
    assert made.json() == {"id": pk, "reason": "Leave"} | LEAVE
    assert ana.at("get", "me/absences/").json()["results"] == [made.json()]
    assert outsider.at("get", "me/absences/").json()["results"] == []
    assert outsider.at("delete", f"me/absences/{pk}/").status_code == 404
    assert ana.at("delete", f"me/absences/{pk}/").status_code == 204
    assert not Absence.objects.exists()


def test_absence_that_ends_before_it_begins_names_its_field(ana):
    turned = {"begins_at": LEAVE["ends_at"], "ends_at": LEAVE["begins_at"]}
    answer = ana.at("post", "me/absences/", turned)
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"ends_at"})


def test_wish_is_read_and_changed_by_parts(ana, ana_agent):
    standard = {
        "mail": "never",
        "mail_at": "09:00",
        "desktop_words": False,
        "desktop_quiet": True,
        "muted": [],
    }
    assert ana.at("get", "me/notifications/").json() == standard
    muted = [{"place": "mail", "kind": "note_left"}, {"place": "page", "kind": "merged"}]
    changed = ana.at("patch", "me/notifications/", {"muted": muted})
    assert changed.json() == standard | {"muted": muted}
    words = ana.at("patch", "me/notifications/", {"desktop_words": True}).json()
    assert words == standard | {"muted": muted, "desktop_words": True}
    assert ana.at("patch", "me/notifications/", {"muted": []}).json()["muted"] == []
    assert not Muting.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"mail": "daily"}, {"muted": [{"place": "roof", "kind": "merged"}]}, {"user": 1}]
)
def test_wrong_wish_changes_nothing(ana, wrong):
    answer = ana.at("patch", "me/notifications/", {"desktop_words": True} | wrong)
    assert answer.status_code == 400
    assert not Wish.objects.exists()
