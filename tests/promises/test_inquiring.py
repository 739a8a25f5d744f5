"""Questions behind the scenes, and when something works again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.cases.errors import NotAllowed
from apps.cases.models import Case, CaseEvent, Interaction
from apps.channels.domain.composing import compose
from apps.channels.models import Delivery
from apps.promises import domain, inquiry_links
from apps.promises.enums import State
from apps.promises.errors import (
    AlreadySettled,
    LaterThanPromise,
    NoQuestion,
    PastTime,
    Unanswered,
)
from apps.promises.models import Estimate, Inquiry
from tests.cast import NOON, make_interaction
from tests.hardening.post import raw, take

CREW = "crew@cables.example"


@pytest.fixture
def asked(promise_for, phoned, mailbox, ana_agent):
    """Asks a crew about Cleo's cable, before the callback of one o'clock."""

    def ask(minutes: float = 30, address: str = CREW, **more) -> Inquiry:
        values = {"name": "Cable crew", "text": "When is the joint closed?"} | more
        question = domain.Question(
            due_at=NOON + timedelta(minutes=minutes), address=address, **values
        )
        return domain.ask(case_id=phoned.pk, actor=ana_agent, question=question)

    return ask


def test_crew_is_asked_by_mail_and_nothing_of_it_is_public(asked, phoned):
    inquiry = asked()
    sent = Delivery.objects.select_related("interaction").get()
    assert sent.interaction.is_internal
    assert [to["value"] for to in sent.interaction.recipients] == [CREW]
    assert "When is the joint closed?" in sent.interaction.text
    assert inquiry.promise.kind == "inquiry"
    assert not Interaction.objects.filter(case=phoned, direction="outbound").public().exists()


def test_mail_holds_the_link_which_no_stored_text_does(asked, monkeypatch):
    pages = (lambda one: f"https://desk.example/q/{one.pk}/", lambda one: f"signed-{one.pk}")
    monkeypatch.setattr(inquiry_links, "_makers", [pages])
    inquiry = asked()
    delivery = Delivery.objects.get()
    assert f"https://desk.example/q/{inquiry.pk}/" in delivery.interaction.text
    assert "signed" not in delivery.interaction.text
    assert f"signed-{inquiry.pk}" in compose(delivery).text


def test_copy_for_somebody_else_holds_no_link(asked):
    asked()
    delivery = Delivery.objects.get()
    said = delivery.interaction
    said.copies = [{"kind": "email", "value": "boss@cables.example", "name": ""}]
    said.save()
    assert compose(delivery).text == said.text


def test_answer_is_due_before_the_customers_promise(asked, promise_for):
    waits = promise_for(minutes=60)
    with pytest.raises(LaterThanPromise) as refused:
        asked(minutes=60, waits=waits.pk)
    assert refused.value.proposal == NOON + timedelta(minutes=30)
    assert asked(minutes=30, waits=waits.pk).waits == waits


def test_answer_is_due_before_the_first_that_can_be_kept(asked, promise_for):
    asked(minutes=90, address="")  # the clock of an answer alone: to say that one asks stops it
    promise_for(minutes=120)
    promise_for(minutes=60)
    with pytest.raises(LaterThanPromise) as refused:
        asked(minutes=60)
    assert refused.value.proposal == NOON + timedelta(minutes=30)
    assert asked(minutes=59).waits is None


def test_question_follows_its_promise_to_another_time(asked, promise_for, ana_agent, monkeypatch):
    pages = (lambda one: f"https://desk.example/q/{one.pk}/", lambda one: f"signed-{one.pk}")
    monkeypatch.setattr(inquiry_links, "_makers", [pages])
    waits = promise_for(minutes=60)
    inquiry = asked(minutes=30, waits=waits.pk)
    serial, first = inquiry.serial, inquiry.promise_id
    moved = {"actor": ana_agent, "due_at": NOON + timedelta(minutes=80), "consent": "by phone"}
    successor = domain.renegotiate_promise(promise_id=first, **moved)
    inquiry = Inquiry.objects.get()
    assert (inquiry.promise, inquiry.serial) == (successor, serial)
    assert inquiry.comes_too_late
    assert f"signed-{inquiry.pk}" in compose(Delivery.objects.get()).text
    codes = [
        one.code
        for one in domain.warnings_for(
            successor.case, kind="inquiry", due_at=successor.due_at, moved=successor
        )
    ]
    assert codes == ["after_promise"]
    domain.take_back_settlement(promise_id=first, actor=ana_agent)
    assert Inquiry.objects.get().promise_id == first
    domain.answer_inquiry(inquiry_id=inquiry.pk, text="By three.")
    assert Inquiry.objects.get().answer == "By three."


def test_question_waits_on_for_the_promise_that_was_moved(asked, promise_for, ana_agent):
    waits = promise_for(minutes=60)
    asked(minutes=30, waits=waits.pk)
    moved = {"actor": ana_agent, "due_at": NOON + timedelta(minutes=20), "consent": "by phone"}
    successor = domain.renegotiate_promise(promise_id=waits.pk, **moved)
    inquiry = Inquiry.objects.get()
    assert (inquiry.waits, inquiry.comes_too_late) == (successor, True)
    domain.take_back_settlement(promise_id=waits.pk, actor=ana_agent)
    assert Inquiry.objects.get().waits == waits


def test_question_waits_on_for_news_that_renew_themselves(asked, promise_for, ana_agent):
    news = promise_for("progress_update", minutes=60)
    asked(minutes=30, waits=news.pk)
    domain.keep_promise(promise_id=news.pk, actor=ana_agent)
    assert Inquiry.objects.get().waits.predecessor == news


def test_question_is_kept_by_its_answer_alone(asked, ana_agent, phoned):
    inquiry = asked(address="")
    with pytest.raises(Unanswered, match="Cable crew has not answered yet"):
        domain.keep_promise(promise_id=inquiry.promise_id, actor=ana_agent)
    domain.answer_inquiry(inquiry_id=inquiry.pk, text="By three.", actor=ana_agent)
    inquiry.promise.refresh_from_db()
    said = inquiry.promise.kept_in
    assert (said.channel, said.author, said.sender_name) == ("phone", ana_agent, "Cable crew")
    assert inquiry.promise.settled_by == ana_agent


def test_answer_keeps_the_inquiry_and_is_an_internal_word(asked, phoned):
    inquiry = asked()
    domain.answer_inquiry(inquiry_id=inquiry.pk, text="By three.", by="Mr Hu")
    inquiry.refresh_from_db()
    assert (inquiry.answer, inquiry.answered_by) == ("By three.", "Mr Hu")
    assert inquiry.promise.state == State.KEPT
    said = inquiry.promise.kept_in
    assert (said.visibility, said.direction, said.sender_name) == ("internal", "inbound", "Mr Hu")
    assert CaseEvent.objects.filter(case=phoned, kind="inquiry_answered").count() == 1
    with pytest.raises(AlreadySettled):
        domain.answer_inquiry(inquiry_id=inquiry.pk, text="By four.")


def test_answer_by_mail_counts_as_well(asked, phoned):
    inquiry = asked()
    make_interaction(
        Case.objects.get(pk=phoned.pk),
        visibility="internal",
        sender_kind="email",
        sender_value=CREW,
        sender_name="Cable crew",
        text="By three.",
    )
    inquiry.refresh_from_db()
    assert inquiry.answer == "By three."
    assert inquiry.promise.state == State.KEPT


@pytest.mark.parametrize("fault", [{"text": " "}, {"name": ""}])
def test_question_needs_words_and_somebody(asked, fault):
    with pytest.raises(NoQuestion):
        asked(**fault)


def test_stranger_asks_nothing(asked, phoned, stranger):
    question = domain.Question("Crew", "Well?", NOON + timedelta(minutes=5))
    with pytest.raises(NotAllowed):
        domain.ask(case_id=phoned.pk, actor=stranger, question=question)


def test_each_change_of_the_expected_time_is_kept_and_told(asked, phoned, ana_agent, clock):
    inquiry = asked()
    first, second = NOON + timedelta(hours=3), NOON + timedelta(hours=5)
    domain.answer_inquiry(inquiry_id=inquiry.pk, text="By three.", restored_at=first)
    for _ in range(2):
        domain.set_estimate(case_id=phoned.pk, actor=ana_agent, restored_at=second)
    found = list(Estimate.objects.filter(case=phoned))
    assert [one.restored_at for one in found] == [first, second]
    assert [one.inquiry for one in found] == [inquiry, None]
    told = Interaction.objects.filter(case=phoned, automatic="notice_estimate").order_by("pk")
    assert ["15:00" in told[0].text, "17:00" in told[1].text] == [True, True]
    assert "changed" in told[1].text
    with pytest.raises(PastTime):
        domain.set_estimate(case_id=phoned.pk, actor=ana_agent, restored_at=NOON)


def test_answer_to_a_call_is_due_before_it_can_begin(asked, promise_for):
    window = NOON + timedelta(minutes=120)
    call = promise_for(minutes=60, window_end=window)
    with pytest.raises(LaterThanPromise):
        asked(minutes=90, waits=call.pk)
    assert asked(minutes=50, waits=call.pk).waits == call


def mail_of(inquiry):
    return Delivery.objects.get(interaction=inquiry.promise.made_in).message_id


def test_mail_answers_the_question_that_it_names(asked, mailbox):
    first, second = asked(), asked(text="And the other joint?")
    letter = {"From": CREW, "Message_ID": "<a1@cables.example>", "Subject": "Re: joints"}
    take(mailbox, raw("At noon.", In_Reply_To=f"<{mail_of(first)}>", **letter))
    answered = {one.pk: one.answer for one in Inquiry.objects.all()}
    assert answered == {first.pk: "At noon.", second.pk: ""}
    letter["Message_ID"] = "<a2@cables.example>"
    take(mailbox, raw("At one.", References=f"<{mail_of(first)}> <{mail_of(second)}>", **letter))
    assert Inquiry.objects.get(pk=second.pk).answer == "At one."


def test_mail_to_a_crew_names_day_and_zone(asked):
    asked()
    assert "by Tuesday 12 May, 12:30 (Asia/Shanghai)" in Delivery.objects.get().interaction.text
