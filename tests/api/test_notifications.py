from __future__ import annotations

import pytest

from apps.accounts.models import Membership
from apps.cases import domain
from apps.notifications.models import Notification
from tests.cast import make_interaction


@pytest.fixture
def her_case(cleo_case, ana_agent):
    return domain.take_case(case_id=cleo_case.pk, actor=ana_agent)


def rows(client, query=""):
    return client.at("get", f"notifications/{query}").json()["results"]


def test_list_has_its_shape_newest_first(ana, her_case, ben_agent):
    make_interaction(her_case)
    make_interaction(her_case)
    domain.note(case_id=her_case.pk, actor=ben_agent, text="Hush")
    note, message = rows(ana)
    line = Notification.objects.get(kind="message_received")
    assert (note["kind"], note["actor"], note["count"]) == ("note_left", "ben", 1)
    assert message == {
        "id": line.pk,
        "case": her_case.number,
        "kind": "message_received",
        "actor": None,
        "count": 2,
        "since": line.since.isoformat().replace("+00:00", "Z"),
        "at": line.at.isoformat().replace("+00:00", "Z"),
        "read_at": None,
    }


def test_one_line_and_all_are_marked_as_read(ana, her_case, ben_agent):
    make_interaction(her_case)
    domain.note(case_id=her_case.pk, actor=ben_agent, text="Hush")
    line = Notification.objects.get(kind="note_left")
    marked = ana.at("post", f"notifications/{line.pk}/read/", {})
    assert (marked.status_code, marked.json()["read_at"] is not None) == (200, True)
    assert [row["kind"] for row in rows(ana, "?unread=true")] == ["message_received"]
    assert [row["kind"] for row in rows(ana, "?unread=false")] == ["note_left"]
    until = rows(ana, "?unread=true")[0]["since"].replace("20", "19", 1)
    assert ana.at("post", "notifications/read/", {"until": until}).json() == {"marked": 0}
    assert ana.at("post", "notifications/read/", {}).json() == {"marked": 1}
    assert rows(ana, "?unread=true") == []


def test_lines_of_others_and_of_lost_cases_do_not_exist(ana, outsider, her_case, ana_agent):
    make_interaction(her_case)
    path = f"notifications/{Notification.objects.get().pk}/read/"
    assert rows(outsider) == []
    assert outsider.at("post", path, {}).status_code == 404
    Membership.objects.filter(user=ana_agent).delete()
    assert (rows(ana), ana.at("post", path, {}).status_code) == ([], 404)
    assert Notification.objects.unread().count() == 1
