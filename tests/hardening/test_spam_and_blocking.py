from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from apps.cases import domain as cases
from apps.cases.errors import NotAllowed
from apps.cases.models import Case, Interaction
from apps.channels import domain
from apps.channels.enums import InboundState
from apps.channels.forms import SenderRuleForm
from apps.channels.models import Delivery, InboundMessage, SenderRule, SpamMark
from apps.channels.senders import clean_sender
from apps.desk import inbox
from tests.hardening.post import RFC822, office, raw, take

__all__ = ["office"]
FLAG = {"X_Spam_Flag": "YES"}


def case_of(result) -> Case:
    return Case.objects.by_number(result.case).get()


def counted(user):
    return sum(inbox.count(inbox.Reader.of(user)).values.values())


@pytest.mark.parametrize(
    "headers",
    [FLAG, {"X_Spam_Status": "Yes, score=9.1 required=5.0"}, {"Subject": "[Spam] Win a lamp"}],
)
def test_marked_mail_is_set_aside_and_still_there(office, ana_agent, headers):
    office.options = {"spam_subject": "[SPAM]", "acknowledge": "1"}
    office.outgoing = "smtp://localhost:9"
    office.save()
    result = take(office, raw("Buy!", **headers))
    case = case_of(result)
    assert (result.state, case.status, case.waiting_since) == ("accepted", "closed", None)
    assert case in Case.objects.visible_to(ana_agent)
    assert counted(ana_agent) == 0
    assert not Delivery.objects.exists()


def test_unmarked_mail_is_no_spam(office, ana_agent):
    take(office, raw("Hello", X_Spam_Flag="NO", X_Spam_Status="No, score=-1"))
    assert not SpamMark.objects.exists()
    assert counted(ana_agent) > 0


def test_switched_off_filter_is_not_heeded(office):
    office.options = {"spam_filter": "0"}
    office.save()
    assert case_of(take(office, raw("Buy!", **FLAG))).status == "new"


def test_spam_is_taken_back_and_waits_for_us(office, ana_agent, stranger):
    case = case_of(take(office, raw("Really, it flickers.", **FLAG)))
    with pytest.raises(NotAllowed):
        domain.unmark_spam(case_id=case.pk, actor=stranger)
    domain.unmark_spam(case_id=case.pk, actor=ana_agent)
    case.refresh_from_db()
    assert (case.status, case.is_ended) == ("open", False)
    assert case.waiting_since == Interaction.objects.get().received_at
    assert not SpamMark.objects.exists()
    assert counted(ana_agent) > 0


def test_agents_mark_spam_in_silence(office, ana_agent):
    case = case_of(take(office, raw("Buy!")))
    domain.mark_spam(case_id=case.pk, actor=ana_agent)
    domain.mark_spam(case_id=case.pk, actor=ana_agent)
    case.refresh_from_db()
    assert case.status == "closed"
    assert not Delivery.objects.exists()
    domain.unmark_spam(case_id=case.pk, actor=ana_agent)
    case.refresh_from_db()
    assert case.waiting_since is not None


def test_flag_hides_nothing_of_a_matter_in_work(office, ana_agent):
    first = case_of(take(office, raw("It flickers.", Message_ID="<q1@example.org>")))
    domain.reply(case_id=first.pk, actor=ana_agent, text="Which one?")
    answer = raw("The red one.", In_Reply_To="<q1@example.org>", **FLAG)
    assert case_of(take(office, answer)).pk == first.pk
    first.refresh_from_db()
    assert (first.status, first.waiting_since is None) == ("open", False)


def test_spam_that_goes_on_wakes_nobody(office):
    first = case_of(take(office, raw("Buy!", Message_ID="<s1@example.org>", **FLAG)))
    again = take(office, raw("Buy now!", In_Reply_To="<s1@example.org>", **FLAG))
    assert case_of(again).pk == first.pk
    first.refresh_from_db()
    assert first.status == "closed"


def test_blocked_sender_is_stored_and_ignored_by_name(office, ana_agent):
    case = case_of(take(office, raw("You again?")))
    domain.block_sender(case_id=case.pk, actor=ana_agent)
    result = take(office, raw("Me again!", In_Reply_To="<any@example.org>"))
    assert (result.state, result.case) == ("ignored", None)
    inbound = InboundMessage.objects.get(pk=result.inbound)
    assert (inbound.state, inbound.reason) == (InboundState.IGNORED, "blocked_sender")
    assert b"Me again!" in bytes(inbound.raw.body)
    assert inbound in InboundMessage.objects.kept_for(ana_agent)
    domain.unblock_sender(case_id=case.pk, actor=ana_agent)
    assert take(office, raw("Sorry.")).state == "accepted"


def test_stranger_blocks_nobody(office, stranger):
    case = case_of(take(office, raw("Hello")))
    with pytest.raises(NotAllowed):
        domain.block_sender(case_id=case.pk, actor=stranger)
    assert not SenderRule.objects.exists()


@pytest.mark.parametrize(
    ("rules", "state"),
    [
        ([("example.org", "block")], "ignored"),
        ([("org", "block")], "accepted"),
        ([("ample.org", "block")], "accepted"),
        ([("example.org", "block"), ("cleo@example.org", "allow")], "accepted"),
        ([("cleo@example.org", "block"), ("example.org", "allow")], "accepted"),
    ],
)
def test_rules_of_domains_and_the_allow_list(office, rules, state):
    for value, verdict in rules:
        SenderRule.objects.create(value=value, verdict=verdict)
    assert take(office, raw("Hello")).state == state


def test_subdomain_of_a_blocked_domain_is_blocked(office):
    SenderRule.objects.create(value="example.org")
    assert take(office, raw("Hello", From="a@mail.example.org")).state == "ignored"


def test_rule_of_another_team_does_not_hold(office, pumps):
    SenderRule.objects.create(value="example.org", team=pumps)
    assert take(office, raw("Hello")).state == "accepted"


def test_allowed_sender_is_no_spam(office):
    SenderRule.objects.create(value="cleo@example.org", verdict="allow")
    assert case_of(take(office, raw("Hello", **FLAG))).status == "new"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" Ana@Example.org ", "ana@example.org"), ("@example.org", "example.org"), ("junk", None)],
)
def test_form_of_a_rule_takes_addresses_and_domains(db, typed, kept):
    form = SenderRuleForm({"value": typed, "verdict": "block"})
    assert form.is_valid() == bool(kept)
    assert form.cleaned_data.get("value") == kept


def word_to(case, delivery, text="Please answer me.", **headers):
    named = f"<{delivery.message_id}>"
    return raw(
        text, Message_ID=f"<{text[:6]}-{delivery.pk}@example.org>", In_Reply_To=named, **headers
    )


def answered(office, actor):
    """A case with an answer of ours in it."""
    case = case_of(take(office, raw("It flickers.", Subject="Lampion", Message_ID="<l@x>")))
    return case, domain.reply(case_id=case.pk, actor=actor, text="Which one?").delivery


def test_case_that_is_reopened_is_no_spam(office, ana_agent, client):
    case = case_of(take(office, raw("Really.", Subject="Lampion", **FLAG)))
    client.force_login(ana_agent)
    assert "Lampion" in client.get("/desk/spam/").text
    client.post(f"/desk/cases/{case.number}/reopen/")
    case.refresh_from_db()
    first = case.interactions.get()
    assert (case.status, case.waiting_since) == ("open", first.received_at)
    assert (first.automatic, SpamMark.objects.exists()) == ("", False)
    assert "Lampion" not in client.get("/desk/spam/").text
    cases.close_case(case_id=case.pk, actor=ana_agent)
    assert "not-spam" not in client.get(f"/desk/cases/{case.number}/").text


def test_word_of_the_customer_takes_a_case_back_from_spam(office, ana_agent):
    case, answer = answered(office, ana_agent)
    domain.mark_spam(case_id=case.pk, actor=ana_agent)
    assert case_of(take(office, word_to(case, answer))) == case
    case.refresh_from_db()
    assert (case.status, SpamMark.objects.exists()) == ("open", False)
    guessed = take(office, word_to(case, answer, "Once more.", **FLAG))
    assert Interaction.objects.get(pk=guessed.interaction).automatic == ""


def test_answered_case_that_is_reopened_waits_for_nobody(office, ana_agent):
    case, _answer = answered(office, ana_agent)
    domain.mark_spam(case_id=case.pk, actor=ana_agent)
    cases.reopen_case(case_id=case.pk, actor=ana_agent)
    case.refresh_from_db()
    assert case.waiting_since is None


def test_merge_into_spam_takes_it_back_and_its_undoing_makes_it_spam_again(office, ana_agent):
    case = case_of(take(office, raw("One.", Message_ID="<one@x>")))
    spam = case_of(take(office, raw("Buy!", Message_ID="<two@x>", **FLAG)))
    cases.merge_case(case_id=case.pk, into_id=spam.pk, actor=ana_agent)
    spam.refresh_from_db()
    assert (spam.status, SpamMark.objects.exists()) == ("open", False)
    assert not spam.interactions.filter(automatic="spam").exists()
    cases.unmerge_case(case_id=case.pk, actor=ana_agent)
    spam.refresh_from_db()
    assert (spam.status, SpamMark.objects.get().case) == ("closed", spam)
    word = spam.interactions.get(direction="inbound")
    assert (SpamMark.objects.get().reason, word.automatic) == ("x_spam_flag", "spam")


WORD = {"Subject": "Re: hi", "Message_ID": "<b@x>", "In_Reply_To": "<a@x>"}
GUESS = {"Subject": "hi", "Message_ID": "<a@x>", **FLAG}


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("turned", [True, False])
def test_word_beside_a_guess_is_heard_however_they_arrive(office, together, turned):
    mails = [raw("Buy", **GUESS), raw("I am a person, please answer.", **WORD)]
    mails = mails[::-1] if turned else mails
    if together:
        results = domain.receive_many(office, mails, RFC822)
    else:
        results = [take(office, one) for one in mails]
    case = case_of(results[-1])
    assert {one.case for one in results} == {case.number}
    assert case.status != "closed"
    assert case.waiting_since == case.interactions.earliest_moment()
    assert not SpamMark.objects.exists()


@pytest.mark.parametrize("together", [True, False])
def test_guesses_and_machines_alone_stay_aside(office, together):
    more = {**GUESS, "Message_ID": "<c@x>", "In_Reply_To": "<a@x>"}
    machine = {**WORD, "Auto_Submitted": "auto-replied"}
    mails = [raw("Buy", **GUESS), raw("Buy more", **more), raw("Away.", **machine)]
    if together:
        results = domain.receive_many(office, mails, RFC822)
    else:
        results = [take(office, one) for one in mails]
    assert {one.case for one in results} == {results[0].case}
    assert (case_of(results[0]).status, SpamMark.objects.count()) == ("closed", 1)


@pytest.mark.parametrize(
    ("typed", "sender"),
    [
        ("例子.中国", "张三@例子.中国"),
        ("张三@例子.中国", "张三@例子.中国"),
        ("xn--fsqu00a.xn--fiqs8s", "张三@例子.中国"),
        ("Müller@Bücher.example", "müller@bücher.example"),
    ],
)
def test_rule_on_a_name_in_any_script_holds(office, root, typed, sender):
    domain.set_sender_rule(value=clean_sender(typed), verdict="block", team=office.team, actor=root)
    mail = f"From: {sender}\r\nTo: support@example.com\r\nSubject: x\r\n\r\nx".encode()
    assert take(office, mail).state == "ignored"


@pytest.mark.parametrize("typed", ["", "@", "localhost", "a b@example.org", "a@b@", "ana@"])
def test_what_names_no_sender_is_refused(typed):
    with pytest.raises(ValidationError):
        clean_sender(typed)
