"""Asking behind the scenes, the expected time and somebody senior, on the page of a case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from apps.cases.models import Case, CaseEvent, Interaction
from apps.desk import behind
from apps.desk.templatetags.behind import waiting_for
from apps.promises import domain
from apps.promises.models import Estimate, Inquiry, Promise
from tests.desk.test_case_page import page_of, squeezed
from tests.desk.test_inbox import queries_of

DEEDS = ("ask", "estimate", "senior")


def wall(at) -> str:
    return f"{timezone.localtime(at):%Y-%m-%dT%H:%M}"


def later(**span: float):
    return timezone.now() + timedelta(**span)


@pytest.fixture
def owed(her_case, ana_agent) -> Promise:
    """News that Cleo was promised within two hours, and nothing else."""
    Promise.objects.replies().delete()
    return domain.make_promise(
        case_id=her_case.pk, actor=ana_agent, kind="progress_update", due_at=later(hours=2)
    )


def ask(case: Case, actor, name: str = "Cable crew", waits: Promise | None = None) -> Inquiry:
    key = waits.pk if waits else None
    question = domain.Question(name, "When is it closed?", later(minutes=50), waits=key)
    return domain.ask(case_id=case.pk, actor=actor, question=question)


def test_panel_proposes_half_of_the_time_before_the_customers_promise(ana, her_case, owed):
    page = squeezed(ana.get(f"{page_of(her_case)}ask/").text)
    assert f'<option value="{owed.pk}" selected>' in page
    assert wall(timezone.now() + (owed.deadline - timezone.now()) / 2)[:15] in page


def test_question_goes_out_and_stands_beside_the_case(ana, her_case, owed, mailbox):
    said = {
        "name": "Cable crew",
        "address": "crew@cables.example",
        "text": "When is the joint closed?",
        "waits": owed.pk,
        "due_at": wall(later(hours=1)),
    }
    page = ana.post(f"{page_of(her_case)}ask/", said, follow=True).text
    inquiry = Inquiry.objects.get()
    assert (inquiry.waits, inquiry.promise.case) == (owed, her_case)
    assert Interaction.objects.get(direction="outbound").is_internal
    assert "Behind the scenes" in page
    assert "When is the joint closed?" in page
    assert "answer due" in page


def test_answer_that_comes_too_late_is_refused_with_a_proposal(ana, her_case, owed):
    said = {"name": "Crew", "text": "Well?", "waits": owed.pk, "due_at": wall(later(hours=3))}
    page = ana.post(f"{page_of(her_case)}ask/", said, headers={"HX-Request": "true"})
    assert page.status_code == 422
    assert "ask for it sooner, by" in page.text
    assert "Well?" in page.text
    assert not Inquiry.objects.exists()


def test_ring_says_whom_it_waits_for_until_they_have_answered(her_case, owed, ana_agent):
    inquiry = ask(her_case, ana_agent, waits=owed)
    (one,) = waiting_for(behind.find(her_case), owed.pk)
    assert (one.name, one.state) == ("Cable crew", "calm")
    assert waiting_for(behind.find(her_case), inquiry.promise_id) == []
    domain.answer_inquiry(inquiry_id=inquiry.pk, text="By three.", by="Mr Hu")
    found = behind.find(her_case)
    assert waiting_for(found, owed.pk) == []
    assert "answered by Mr Hu" in found.asked[0].standing
    assert waiting_for("", owed.pk) == []


def test_include_for_the_ring_names_who_is_waited_for(her_case, owed, ana_agent):
    from django.template.loader import render_to_string

    ask(her_case, ana_agent, waits=owed)
    context = {"behind": behind.find(her_case), "promise": owed.pk}
    line = squeezed(render_to_string("desk/_waiting_for.html", context))
    assert "waiting for Cable crew until" in line


def test_expected_time_keeps_its_history_and_says_that_the_customer_is_told(ana, her_case, mailbox):
    address = f"{page_of(her_case)}estimate/"
    assert "The customer is told this time" in ana.get(address).text
    first, second = wall(later(days=2)), wall(later(days=3))
    for time in (first, second):
        page = ana.post(address, {"restored_at": time}, follow=True).text
    assert [wall(one.restored_at) for one in Estimate.objects.all()] == [first, second]
    assert "What was said before" in page
    assert "the customer was told" in page
    wrong = ana.post(address, {"restored_at": "2020-01-01T10:00"})
    assert wrong.status_code == 422
    assert "That time is over." in wrong.text


def test_answer_by_phone_is_put_on_record_where_one_says_kept(ana, her_case, owed, ana_agent):
    inquiry = ask(her_case, ana_agent, waits=owed)
    address = f"/desk/inquiries/{inquiry.pk}/answer/"
    assert address in ana.get(page_of(her_case)).text
    for keep in (f"promises/{inquiry.promise_id}/keep", f"callbacks/{inquiry.promise_id}/keep"):
        asked = ana.post(f"/desk/{keep}/", follow=True)
        assert asked.redirect_chain[-1][0] == address
        assert "What did they answer?" in asked.text
    assert ana.post(address, {"text": " ", "by": "Mr Hu"}).status_code == 422
    said = {"text": "The joint is closed.", "by": "Mr Hu"}
    page = ana.post(address, said, follow=True).text
    assert "The answer is on record." in page
    assert "The joint is closed." in page
    inquiry.refresh_from_db()
    assert (inquiry.answered_by, inquiry.promise.state) == ("Mr Hu", "kept")
    again = ana.post(address, said)
    assert again.status_code == 422
    assert "settled already" in again.text


def test_page_warns_of_an_answer_that_comes_too_late(ana, her_case, owed, ana_agent):
    inquiry = ask(her_case, ana_agent, waits=owed)
    words = "only after what the customer was promised"
    assert words not in ana.get(page_of(her_case)).text
    moved = {"due_at": wall(later(hours=3)), "consent": "by phone"}
    address = f"/desk/callbacks/{inquiry.promise_id}/move/"
    refused = ana.post(address, moved)
    assert "would come too late" in refused.text
    ana.post(address, moved | {"sure": "after_promise"})
    assert words in ana.get(page_of(her_case)).text


def test_somebody_senior_is_promised_with_a_reason(ana, her_case, sam_supervisor):
    address = f"{page_of(her_case)}senior/"
    assert ana.post(address, {"reason": " "}).status_code == 422
    page = ana.post(address, {"reason": "Asked twice"}, follow=True)
    promise = Promise.objects.get(kind="senior")
    assert (promise.owner, promise.reason) == (sam_supervisor, "Asked twice")
    assert f"{sam_supervisor.name} owes the customer a word now." in page.text


def test_team_without_a_lead_is_told_so(ana, her_case):
    page = ana.post(f"{page_of(her_case)}senior/", {"reason": "Asked twice"})
    assert page.status_code == 422
    assert "no lead" in page.text


@pytest.mark.parametrize("deed", DEEDS)
def test_stranger_finds_nothing(foreigner: Client, her_case, deed):
    before = CaseEvent.objects.count()
    address = f"{page_of(her_case)}{deed}/"
    assert foreigner.get(address).status_code == 404
    assert foreigner.post(address, {"name": "x", "text": "x", "reason": "x"}).status_code == 404
    assert CaseEvent.objects.count() == before


@pytest.mark.parametrize(("language", "words"), [
    ("en", ("asked <b>Cable crew</b>", "<b>Cable crew</b> answered", "Expected to work again")),
    ("zh-hans", ("<b>Cable crew</b>", "已经答复", "预计")),
])  # fmt: skip
def test_story_tells_it_in_both_languages(ana, her_case, ana_agent, mailbox, language, words):
    inquiry = ask(her_case, ana_agent)
    domain.answer_inquiry(inquiry_id=inquiry.pk, text="Soon.", restored_at=later(hours=5))
    ana.cookies["django_language"] = language
    with translation.override(language):
        page = ana.get(page_of(her_case)).text
    story = page[page.index('role="log"') :]
    for word in words:
        assert word in story


def test_page_costs_two_queries_more_however_much_was_asked(ana, her_case, ana_agent, mailbox):
    bare = queries_of(ana, page_of(her_case))
    counts = []
    for number in (1, 3):
        while Inquiry.objects.count() < number:
            ask(her_case, ana_agent, name=f"Crew {number}")
            when = later(days=1 + Estimate.objects.count())
            domain.set_estimate(case_id=her_case.pk, actor=ana_agent, restored_at=when)
        counts.append(queries_of(ana, page_of(her_case)))
    assert counts[0] == counts[1] <= bare + 2
