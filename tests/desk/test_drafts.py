from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.cases import domain as cases
from apps.cases.models import Case, CaseEvent
from apps.channels.domain.sweeping import sweep
from apps.channels.models import Account, Delivery
from apps.desk.drafts import Mark
from apps.desk.forms.composing import MAX_TEXT
from apps.desk.models import Draft, Upload
from apps.live.models import Event
from apps.search import domain as search
from tests.cast import make_case
from tests.desk.test_composing import HTMX, send
from tests.desk.test_inbox import queries_of

HALF = "Half an answer"


def save(client: Client, case: Case, composer: str = "reply", words: object = None, **said: object):
    """What a window of this browser says; ``said`` may be base, stamp, writer and user."""
    if words is None:
        words = {f"{composer}-text": HALF}
    values = {"user": client.session["_auth_user_id"], "base": 0, "stamp": 1, "writer": "w1"}
    address = reverse("desk:draft", args=[case.number, composer])
    return client.post(address, values | {"words": json.dumps(words)} | said)


def shown(client: Client, case: Case) -> dict[str, object]:
    """The words that the page of a case brings, by the mode of their form."""
    page = client.get(reverse("desk:case", args=[case.number])).text
    found = re.findall(r'/drafts/(\w+)/" data-draft="([^"]*)"', page)
    return {name: json.loads(text.replace("&quot;", '"'))["words"] for name, text in found}


def words_of(composer: str = "reply") -> dict[str, str]:
    return Draft.objects.get(composer=composer).words


def test_draft_waits_for_its_writer_in_any_browser(ana: Client, at_desk, her_case: Case):
    assert save(ana, her_case).json() == {"version": 1}
    ana.post(reverse("account_logout"))
    again = at_desk(her_case.owner)
    assert shown(again, her_case) == {"reply": {"reply-text": HALF}}


def test_draft_is_nobody_elses(ana: Client, ben_agent: User, root: User, at_desk, her_case: Case):
    save(ana, her_case)
    for person in (ben_agent, root):
        client = at_desk(person)
        assert shown(client, her_case) == {}
        assert HALF not in client.get(reverse("desk:case", args=[her_case.number])).text
        assert "Draft</span>" not in client.get(reverse("desk:inbox") + "?tab=team").text


def test_draft_is_told_to_nobody(ana: Client, ana_agent: User, her_case: Case):
    before = CaseEvent.objects.count(), Event.objects.count()
    save(ana, her_case)
    save(ana, her_case, "note", stamp=2)
    assert (CaseEvent.objects.count(), Event.objects.count()) == before
    assert not search.find(ana_agent, HALF).hits
    case = ana.get(reverse("api:case-detail", args=[her_case.number])).text
    said = ana.get(reverse("api:interactions", args=[her_case.number])).text
    assert HALF not in case + said


def test_drafts_of_the_composers_stay_apart(ana: Client, her_case: Case):
    save(ana, her_case, "note", {"note-text": "Between us"})
    save(ana, her_case, "edit", {"need": "A lamp"})
    assert words_of("note") == {"note-text": "Between us"}
    assert save(ana, her_case, "reply", {"note-text": "Between us"}).status_code == 422
    assert set(shown(ana, her_case)) == {"note"}
    page = ana.get(reverse("desk:edit", args=[her_case.number]), headers=HTMX).text
    assert "A lamp" in page


def test_composer_with_the_newest_draft_stands_open(ana: Client, her_case: Case):
    save(ana, her_case)
    save(ana, her_case, "note", {"note-text": "Between us"})
    page = ana.get(reverse("desk:case", args=[her_case.number])).text
    assert 'id="composer" data-mode="note"' in page


def test_words_of_another_window_are_not_replaced(ana: Client, her_case: Case):
    save(ana, her_case, words={"reply-text": "One"})
    other = save(ana, her_case, words={"reply-text": "Two"}, writer="w2")
    assert other.status_code == 409
    assert other.json() == {"version": 1, "words": {"reply-text": "One"}}
    assert words_of() == {"reply-text": "One"}
    chosen = save(ana, her_case, words={"reply-text": "Two"}, writer="w2", base=1)
    assert chosen.json() == {"version": 2}
    assert save(ana, her_case, words={"reply-text": "One and"}, stamp=2, base=0).status_code == 409


def test_same_words_of_two_windows_are_no_matter(ana: Client, her_case: Case):
    save(ana, her_case)
    assert save(ana, her_case, writer="w2").json() == {"version": 2}


def test_window_that_heard_no_answer_goes_on(ana: Client, her_case: Case):
    save(ana, her_case, words={"reply-text": "One"})
    save(ana, her_case, words={"reply-text": "One and two"}, stamp=2)
    assert words_of() == {"reply-text": "One and two"}


def test_words_that_arrive_late_change_nothing(ana: Client, her_case: Case):
    save(ana, her_case, words={"reply-text": "One and two"}, stamp=2)
    assert save(ana, her_case, words={"reply-text": "One"}, stamp=1).json() == {"version": 1}
    assert words_of() == {"reply-text": "One and two"}


def test_draft_is_cleared_by_no_words(ana: Client, her_case: Case):
    save(ana, her_case)
    save(ana, her_case, words={}, stamp=2)
    assert shown(ana, her_case) == {}
    assert save(ana, her_case, words={"reply-text": "Anew"}, writer="w2").status_code == 200


def test_answer_that_is_sent_takes_its_draft_along(ana: Client, her_case: Case, mailbox: Account):
    save(ana, her_case)
    send(ana, her_case, drafted="1.5.w1")
    assert shown(ana, her_case) == {}
    # a save that was on its way meanwhile
    assert save(ana, her_case, stamp=4).json() == {"version": 2}
    assert shown(ana, her_case) == {}


def test_first_save_that_arrives_after_the_answer_makes_no_draft(
    ana: Client, her_case: Case, mailbox: Account
):
    send(ana, her_case, drafted="0.5.w1")
    save(ana, her_case, stamp=4)
    assert shown(ana, her_case) == {}


def test_refused_answer_keeps_its_draft(ana: Client, her_case: Case, mailbox: Account):
    save(ana, her_case)
    answer = send(ana, her_case, to="nobody", drafted="1.5.w1")
    assert answer.status_code == 422
    assert shown(ana, her_case) == {"reply": {"reply-text": HALF}}


def test_answer_leaves_what_another_window_wrote(ana: Client, her_case: Case, mailbox: Account):
    save(ana, her_case, words={"reply-text": "Quite another one"}, writer="w2")
    send(ana, her_case, drafted="0.5.w1")
    assert shown(ana, her_case) == {"reply": {"reply-text": "Quite another one"}}


def test_answer_that_was_sent_is_told_to_a_window_that_goes_on_with_it(
    ana: Client, her_case: Case, mailbox: Account
):
    save(ana, her_case)
    send(ana, her_case, drafted="1.5.w1")
    late = save(ana, her_case, words={"reply-text": f"{HALF} and"}, writer="w2", base=1)
    assert (late.status_code, late.json()) == (409, {"version": 2, "words": {}})


def test_press_that_came_before_takes_the_draft_of_its_second_try_along(
    ana: Client, her_case: Case, mailbox: Account
):
    send(ana, her_case, drafted="0.5.w1")
    save(ana, her_case, stamp=6)
    send(ana, her_case, drafted="2.7.w1")
    assert shown(ana, her_case) == {}


@pytest.mark.parametrize(
    ("composer", "form"),
    [
        ("note", {"note-key": "k", "note-text": HALF}),
        ("call", {"call-key": "k", "call-text": HALF, "call-channel": "phone"}),
        ("forward", {"forward-key": "k", "forward-text": HALF, "forward-to": "a@example.net"}),
        ("edit", {"subject": "Lamp", "kind": "help", "priority": "normal", "need": HALF}),
    ],
)
def test_every_form_takes_its_draft_along(
    ana: Client, her_case: Case, mailbox: Account, composer: str, form: dict[str, str]
):
    name = "need" if composer == "edit" else f"{composer}-text"
    assert save(ana, her_case, composer, {name: HALF}).status_code == 200
    assert Draft.objects.get().written
    prefix = "" if composer == "edit" else f"{composer}-"
    form = form | {f"{prefix}drafted": "1.5.w1"}
    if composer == "call":
        form |= {"call-direction": "inbound"}
    sent = ana.post(reverse(f"desk:{composer}", args=[her_case.number]), form)
    assert sent.status_code == 302
    assert not Draft.objects.get().written


def test_undo_brings_the_draft_back(ana: Client, her_case: Case, mailbox: Account):
    send(ana, her_case, text="We come\r\nat ten.", cc="dan@example.net", drafted="0.5.w1")
    undo = reverse("desk:undo", args=[Delivery.objects.get().pk])
    page = ana.post(undo, headers=HTMX).text
    assert 'data-typed="undo"' in page
    assert words_of() == {
        "reply-to": "cleo@example.org",
        "reply-cc": "dan@example.net",
        "reply-text": "We come\nat ten.",
    }


def test_undo_does_not_replace_what_was_begun_since(ana: Client, her_case: Case, mailbox: Account):
    send(ana, her_case, text="We come at ten.", drafted="0.5.w1")
    save(ana, her_case, words={"reply-text": "And another thing"}, writer="w2")
    page = ana.post(reverse("desk:undo", args=[Delivery.objects.get().pk]), headers=HTMX).text
    assert words_of() == {"reply-text": "And another thing"}
    assert "We come at ten.</textarea>" in page


def test_undone_forward_and_new_mail_are_drafts_again(
    ana: Client, her_case: Case, lamps: Team, mailbox: Account
):
    forward = {"forward-key": "k", "forward-text": "Hm?", "forward-to": "maker@example.net"}
    ana.post(reverse("desk:forward", args=[her_case.number]), forward)
    ana.post(reverse("desk:undo", args=[Delivery.objects.latest("pk").pk]))
    assert words_of("forward")["forward-text"] == "Hm?"
    new = {
        "new-channel": "email",
        "new-address_kind": "email",
        "new-address": "dora@example.net",
        "new-subject": "Your lamp",
        "new-kind": "help",
        "new-team": lamps.pk,
        "new-text": "We come.",
    }
    ana.post(reverse("desk:begin", args=[uuid.uuid4()]), new)
    again = ana.post(reverse("desk:undo", args=[Delivery.objects.latest("pk").pk]))
    assert words_of("new")["new-subject"] == "Your lamp"
    page = ana.get(again["Location"]).text
    assert "data-draft=" in page
    assert "Your lamp" in page


def test_new_mail_that_is_not_finished_is_found_again(ana: Client, foreigner: Client):
    draft = uuid.uuid4()
    values = {"user": ana.session["_auth_user_id"], "base": 0, "stamp": 1, "writer": "w1"}
    words = json.dumps({"new-subject": "Your lamp", "new-text": HALF})
    address = reverse("desk:begin_draft", args=[draft])
    assert ana.post(address, values | {"words": words}).status_code == 200
    page = ana.get(reverse("desk:new_case"), follow=True).text
    assert reverse("desk:begin", args=[draft]) in page
    assert "Your lamp" in page
    assert HALF in ana.get(reverse("desk:begin", args=[draft])).text
    assert "Your lamp" not in foreigner.get(reverse("desk:new_case"), follow=True).text
    assert HALF not in foreigner.get(reverse("desk:begin", args=[draft])).text


def test_case_that_one_may_no_longer_see_hides_its_draft(ana: Client, her_case: Case, pumps: Team):
    save(ana, her_case)
    Case.objects.filter(pk=her_case.pk).update(team=pumps, owner=None)
    assert ana.get(reverse("desk:case", args=[her_case.number])).status_code == 404
    assert save(ana, her_case, stamp=2).status_code == 404


def test_words_in_a_case_that_was_merged_meanwhile_are_shown_to_their_writer(
    ana: Client, ben_agent: User, at_desk, her_case: Case, lamps: Team
):
    save(ana, her_case)
    other = make_case(her_case.customer, team=lamps)
    cases.merge_case(case_id=her_case.pk, into_id=other.pk, actor=ben_agent)
    address = reverse("desk:case", args=[her_case.number])
    assert HALF in ana.get(address).text
    assert HALF not in at_desk(ben_agent).get(address).text


def test_follower_drafts_notes_alone(
    foreigner: Client, stranger: User, ana_agent: User, her_case: Case
):
    cases.follow_case(case_id=her_case.pk, actor=ana_agent, follower=stranger)
    assert save(foreigner, her_case, "note").status_code == 200
    assert save(foreigner, her_case, "reply").status_code == 404


def test_somebody_else_who_is_logged_in_now_gets_no_draft(
    foreigner: Client, ana_agent: User, cleo_case: Case
):
    Case.objects.filter(pk=cleo_case.pk).update(team=None)
    answer = save(foreigner, cleo_case, user=ana_agent.pk)
    assert answer.status_code == 422
    assert "somebody else is logged in" in answer.json()["problem"]
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"reply-text": "x" * (MAX_TEXT + 1)}, "more than 200000 characters"),
        ({"reply-cc": "x" * 5001}, "more than 5000 characters"),
        ({"reply-key": "x"}, "no draft"),
        ({"reply-text": 1}, "no draft"),
        (["reply-text"], "no draft"),
    ],
)
def test_draft_that_cannot_be_kept_is_refused_in_a_sentence(
    ana: Client, her_case: Case, words: object, sentence: str
):
    answer = save(ana, her_case, words=words)
    assert answer.status_code == 422
    assert sentence in answer.json()["problem"]
    assert not Draft.objects.exists()


def test_characters_that_no_database_stores_are_left_out(ana: Client, her_case: Case):
    save(ana, her_case, words={"reply-text": "a\x00b\ud800c"})
    assert words_of() == {"reply-text": "abc"}


def test_address_without_an_agent_leads_to_the_log_in(her_case: Case):
    address = reverse("desk:draft", args=[her_case.number, "reply"])
    answer = Client().post(address, headers=HTMX)
    assert "/accounts/login/" in answer["HX-Redirect"]


def test_list_marks_cases_with_a_draft_in_the_same_queries(
    ana: Client, ana_agent: User, lamps: Team, her_case: Case
):
    address = reverse("desk:inbox")
    none = queries_of(ana, address)
    assert "Draft" not in ana.get(address).text
    save(ana, her_case)
    assert ana.get(address).text.count("Draft</span>") == 1
    for _more in range(2):
        save(ana, make_case(team=lamps, owner=ana_agent))
    assert ana.get(address).text.count("Draft</span>") == 3
    assert queries_of(ana, address) == none


def test_case_page_costs_one_query_more_with_a_draft_and_none_without(ana: Client, her_case: Case):
    address = reverse("desk:case", args=[her_case.number])
    with CaptureQueriesContext(connection) as captured:
        ana.get(address)
    assert not [one for one in captured if 'FROM "desk_draft" WHERE' in one["sql"][:200]]
    none = queries_of(ana, address)
    save(ana, her_case)
    one = queries_of(ana, address)
    save(ana, her_case, "note")
    save(ana, her_case, "call")
    assert (one, queries_of(ana, address)) == (none + 1, none + 1)


def test_sweep_removes_old_drafts_and_files_that_nobody_sends(
    ana: Client, ana_agent: User, her_case: Case, lamps: Team
):
    other = make_case(team=lamps, owner=ana_agent)
    for case in (her_case, other):
        address = reverse("desk:uploads", args=[case.number, "reply"])
        ana.post(address, {"files": [SimpleUploadedFile("plan.txt", b"plan")]})
        save(ana, case)
    old = timezone.now() - timedelta(days=31)
    Upload.objects.update(at=old)
    Draft.objects.filter(case=other).update(at=old)
    sweep()
    assert list(Draft.objects.values_list("case", flat=True)) == [her_case.pk]
    assert list(Upload.objects.values_list("case", flat=True)) == [her_case.pk]


@pytest.mark.parametrize("text", ["", "1", "1.2", "1.2.", "x.2.w", "1.²." + "w", "1.2." + "w" * 37])
def test_mark_that_is_none_says_nothing(text: str):
    assert Mark.parse(text) is None
