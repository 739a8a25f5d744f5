"""Words that wait in forms outside of the composers: a profile, a canned reply, a hand-over."""

from __future__ import annotations

import json
import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.cases.models import CannedReply, Case
from apps.desk.forms.composing import MAX_TEXT
from apps.desk.models import Draft
from tests.desk.test_drafts import HALF, save


def save_at(client: Client, address: str, words: dict[str, str], **said: object):
    """As ``save`` for a form anywhere."""
    values = {"user": client.session["_auth_user_id"], "base": 0, "stamp": 1, "writer": "w1"}
    return client.post(address, values | {"words": json.dumps(words)} | said)


def kept_on(client: Client, page: str, address: str) -> dict[str, object]:
    """What a page brings for the form whose words go to an address."""
    found = re.search(f'data-drafts="{address}" data-draft="([^"]*)"', client.get(page).text)
    return json.loads(found[1].replace("&quot;", '"')) if found else {}


FORMS = [
    ("/desk/profile/", "/desk/drafts/profile/", {"signature": HALF}),
    ("/desk/profile/", "/desk/drafts/absence/", {"reason": HALF}),
    ("/desk/canned/new/", "/desk/drafts/canned/", {"name": "Hi", "text_zh": HALF}),
]


@pytest.mark.parametrize(("page", "address", "words"), FORMS)
def test_words_of_a_page_wait_for_their_writer_alone(
    ana: Client, ben_agent: User, at_desk, page, address, words
):
    assert save_at(ana, address, words).json() == {"version": 1}
    assert kept_on(ana, page, address)["words"] == words
    assert HALF not in at_desk(ben_agent).get(page).text
    begin = ana.get(reverse("desk:begin", args=[uuid.uuid4()])).text
    assert "Not finished yet" not in begin  # it is no mail
    too_much = dict.fromkeys(words, "x" * (MAX_TEXT + 1))
    assert save_at(ana, address, too_much, stamp=2).status_code == 422
    assert save_at(ana, address, {"is_superuser": "on"}, stamp=3).status_code == 422


def test_page_without_prose_keeps_nothing(ana: Client):
    assert save_at(ana, "/desk/drafts/reply/", {"reply-text": HALF}).status_code == 404
    assert save_at(ana, "/desk/drafts/nothing/", {}).status_code == 404


PROFILE = {"display_name": "Ana", "capacity": "", "theme": "", "signature": "Ana of Lamps"}


def test_profile_that_was_saved_forgets_its_draft_and_says_which(ana: Client, ana_agent: User):
    address = "/desk/drafts/profile/"
    save_at(ana, address, {"signature": "Ana of"})
    ana.post("/desk/profile/", PROFILE | {"signature": "x" * 1001, "drafted": "1.2.w1"})
    assert Draft.objects.get().words == {"signature": "Ana of"}
    assert ana.post("/desk/profile/", PROFILE | {"drafted": "1.2.w1"}).status_code == 302
    ana_agent.refresh_from_db()
    assert ana_agent.signature == "Ana of Lamps"
    kept = kept_on(ana, "/desk/profile/", address)
    assert kept == {"version": 2, "words": {}, "done": {"writer": "w1", "stamp": 2}}


def test_absence_and_canned_reply_that_were_taken_leave_no_draft(ana: Client):
    save_at(ana, "/desk/drafts/absence/", {"reason": "Lea"})
    when = {"begins_at": "2027-01-04T09:00", "ends_at": "2027-01-05T09:00"}
    ana.post("/desk/profile/absences/", when | {"reason": "Leave", "drafted": "1.2.w1"})
    save_at(ana, "/desk/drafts/canned/", {"text_en": "He"})
    reply = {"name": "Hi", "text_en": "Hello", "text_zh": "", "for_whom": "mine"}
    ana.post("/desk/canned/new/", reply | {"drafted": "1.2.w1"})
    assert not Draft.objects.filter(written=True).exists()


def test_each_canned_reply_has_words_of_its_own(ana: Client, ana_agent: User, ben_agent: User):
    one, other = (CannedReply.objects.create(name=n, text_en=n, owner=ana_agent) for n in "12")
    foreign = CannedReply.objects.create(name="3", text_en="3", owner=ben_agent)
    address = f"/desk/canned/{one.pk}/draft/"
    save_at(ana, address, {"text_en": HALF})
    assert kept_on(ana, f"/desk/canned/{one.pk}/", address)["words"] == {"text_en": HALF}
    assert HALF not in ana.get(f"/desk/canned/{other.pk}/").text
    assert HALF not in ana.get("/desk/canned/new/").text
    assert save_at(ana, f"/desk/canned/{foreign.pk}/draft/", {"text_en": "x"}).status_code == 404


def test_word_of_a_hand_over_waits_until_it_is_given(ana: Client, ben_agent: User, her_case: Case):
    save(ana, her_case, "assign", {"owner": str(ben_agent.pk), "note": HALF})
    panel = ana.get(reverse("desk:assign", args=[her_case.number])).text
    assert shown_in(panel, "assign") == {"owner": str(ben_agent.pk), "note": HALF}
    assert (
        f"/desk/cases/{her_case.number}/assign/"
        in ana.get(reverse("desk:case", args=[her_case.number])).text.partition('id="composer"')[2]
    )
    given = {"owner": ben_agent.pk, "team": her_case.team_id, "note": "Whole", "drafted": "1.2.w1"}
    ana.post(reverse("desk:assign", args=[her_case.number]), given)
    assert not Draft.objects.filter(written=True).exists()
    assert her_case.interactions.get(channel="internal").text == "Whole"


def shown_in(page: str, composer: str) -> dict[str, str]:
    found = re.search(f'/drafts/{composer}/" data-draft="([^"]*)"', page)
    return json.loads(found[1].replace("&quot;", '"'))["words"] if found else {}
