"""Mail of cases that were merged, split or left: where it goes, and who is told what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.cases import domain as cases
from apps.cases.domain import Terms
from apps.cases.models import Case, Interaction
from apps.channels import domain
from apps.channels.domain.sweeping import sweep
from apps.channels.enums import DeliveryState
from apps.channels.models import CaseRoute, Consulted, Delivery, InboundMessage, MessageKey
from apps.channels.tokens import reply_address
from tests.cast import make_case, make_interaction
from tests.channels.pigeon import letter

JSON = "application/json"
DORA = "dora@example.org"


def take_in(account, *letters):
    return [result.case for result in domain.receive_many(account, list(letters), JSON)]


def case_of(number):
    return Case.objects.by_number(number).get()


def send(pigeon, interaction):
    domain.deliver(interaction.delivery.pk)
    return pigeon.sent[-1]


@pytest.fixture
def old(loft):
    (number,) = take_in(loft, letter(external_id="old@x", subject="The lamp", name="Cleo"))
    return case_of(number)


@pytest.fixture
def new(loft, old):
    (number,) = take_in(loft, letter(external_id="new@x", subject="The lamp again", name="Cleo"))
    return case_of(number)


@pytest.fixture
def answer(old, ana_agent, pigeon):
    """What Ana answered in the old case, before it is merged."""
    return send(pigeon, domain.reply(case_id=old.pk, actor=ana_agent, text="Which lamp?"))


@pytest.fixture
def merge(old, new, ana_agent):
    def merge(case=old, into=new, *, tell=False, seat=False):
        terms = Terms(tell=tell, seat_customer=seat)
        return cases.merge_case(case_id=case.pk, into_id=into.pk, actor=ana_agent, terms=terms)

    return merge


EVIDENCE = {
    "our_message_id": lambda answer: {"references": [answer.message_id]},
    "plus_address": lambda answer: {"delivered_to": [answer.reply_to]},
    "subject": lambda answer: {"subject": answer.subject},
    "own_message_id": lambda _answer: {"references": ["old@x"]},
}


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_mail_to_a_merged_case_follows(loft, old, new, answer, merge, ana_agent, evidence):
    merge()
    said = letter(text="The red one.", external_id="late@x", **EVIDENCE[evidence](answer))
    assert take_in(loft, said) == [new.number]
    (more,) = take_in(loft, letter(references=["late@x"]))
    assert more == new.number


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_mail_follows_a_chain_to_its_end(loft, old, new, answer, merge, evidence):
    (third,) = take_in(loft, letter(external_id="third@x"))
    merge()
    merge(new, case_of(third))
    assert take_in(loft, letter(text="Hm", **EVIDENCE[evidence](answer))) == [third]


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_mail_goes_to_its_own_case_again_once_the_merge_is_undone(
    loft, old, new, answer, merge, ana_agent, evidence
):
    merge()
    cases.unmerge_case(case_id=old.pk, actor=ana_agent)
    assert take_in(loft, letter(text="Hm", **EVIDENCE[evidence](answer))) == [old.number]


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_stranger_gains_nothing_by_a_merge(loft, old, new, answer, merge, evidence):
    merge()
    quoted = EVIDENCE[evidence](answer)
    (number,) = take_in(loft, letter("mallory@example.org", text="Hm", **quoted))
    assert number not in {old.number, new.number}


def test_undoing_restores_keys_inputs_and_routes(loft, old, new, answer, merge, ana_agent):
    Consulted.objects.create(case=old, kind="email", value="maker@example.net")

    def state():
        return [
            list(model.objects.order_by("pk").values_list("pk", "case"))
            for model in (MessageKey, InboundMessage, Consulted, CaseRoute)
        ]

    before = state()
    merge()
    assert not MessageKey.objects.filter(case=old).exists()
    cases.unmerge_case(case_id=old.pk, actor=ana_agent)
    assert state() == before


def test_same_mail_once_more_is_still_a_copy(loft, old, new, merge):
    merge()
    said = {"external_id": "old@x", "subject": "The lamp", "name": "Cleo"}
    (again,) = domain.receive_many(loft, [letter(**said)], JSON)
    assert again.duplicate
    (copy,) = domain.receive_many(loft, [letter(**said, occurred_at="2026-11-01T00:00:00Z")], JSON)
    assert (copy.state, copy.case) == ("ignored", new.number)


def test_answer_of_a_merged_case_that_comes_back_makes_work_in_its_heir(
    old, new, answer, merge, ana_agent
):
    merge()
    sent = Delivery.objects.get()
    assert sent.interaction.case == new
    cases.word_failed(case_id=sent.interaction.case_id)
    new.refresh_from_db()
    assert new.waiting_since is not None


def test_customer_is_told_after_a_minute(old, new, merge, pigeon, clock):
    merge(tell=True)
    (notice,) = Delivery.objects.all()
    assert (notice.state, notice.automatic) == (DeliveryState.HELD, True)
    clock.shift(timedelta(minutes=1, seconds=1))
    sweep()
    domain.deliver(notice.pk)
    (sent,) = pigeon.sent
    assert [party.value for party in sent.to] == ["cleo@example.org"]
    assert sent.text.startswith(
        f"Dear Cleo,\n\nwe go on with your case {old.number} under the number {new.number}."
    )
    assert sent.automatic
    assert notice.interaction.case == new


def test_agent_may_leave_the_notice_out(old, new, merge):
    merge(tell=False)
    assert not Delivery.objects.exists()


def test_undoing_takes_back_a_notice_that_has_not_left(old, new, merge, ana_agent):
    merge(tell=True)
    cases.unmerge_case(case_id=old.pk, actor=ana_agent)
    assert Delivery.objects.get().state == DeliveryState.CANCELLED


def test_customer_is_told_once_an_hour_and_machines_never(loft, old, new, merge, ana_agent):
    merge(tell=True)
    cases.unmerge_case(case_id=old.pk, actor=ana_agent)
    merge(tell=True)
    assert Delivery.objects.count() == 1
    (robot,) = take_in(loft, letter("cron@example.org", automatic="auto_submitted"))
    merge(case_of(robot), new, tell=True, seat=True)
    assert Delivery.objects.count() == 1


@pytest.fixture
def doras(loft, old):
    (number,) = take_in(loft, letter(DORA, external_id="dora@x", subject="My hum", name="Dora"))
    return case_of(number)


def test_other_customer_is_not_told_and_writes_beside_it(
    loft, old, doras, merge, ana_agent, pigeon
):
    sent = send(pigeon, domain.reply(case_id=doras.pk, actor=ana_agent, text="Since when?"))
    merge(doras, old, tell=True)
    assert Delivery.objects.count() == 1
    (number,) = take_in(loft, letter(DORA, references=[sent.message_id]))
    assert number not in {old.number, doras.number}
    assert (case_of(number).previous, case_of(number).customer) == (old, doras.customer)


def test_other_customer_who_is_seated_is_told_and_joins(loft, old, doras, merge, ana_agent, pigeon):
    sent = send(pigeon, domain.reply(case_id=doras.pk, actor=ana_agent, text="Since when?"))
    merge(doras, old, tell=True, seat=True)
    told = Delivery.objects.exclude(message_id=sent.message_id).get().interaction
    assert [party["value"] for party in told.recipients] == [DORA]
    assert "lamp" not in told.text + told.subject
    assert take_in(loft, letter(DORA, references=[sent.message_id])) == [old.number]


def test_answers_name_no_ids_of_the_other_customers_mail(old, doras, merge, ana_agent, pigeon):
    merge(doras, old)
    sent = send(pigeon, domain.reply(case_id=old.pk, actor=ana_agent, text="On its way."))
    assert [party.value for party in sent.to] == ["cleo@example.org"]
    assert "old@x" in sent.references
    assert "dora@x" not in sent.references


def test_answer_to_a_split_message_goes_to_the_new_case(loft, old, answer, ana_agent, pigeon):
    (same,) = take_in(loft, letter(external_id="door@x", references=["old@x"], text="The door."))
    assert same == old.number
    door = Interaction.objects.get(text="The door.")
    split = cases.split_case(case_id=old.pk, actor=ana_agent, interactions=[door.pk])
    assert take_in(loft, letter(references=["door@x"], text="1")) == [split.number]
    assert take_in(loft, letter(references=[answer.message_id], text="2")) == [old.number]
    reply = send(pigeon, domain.reply(case_id=split.pk, actor=ana_agent, text="Which door?"))
    assert take_in(loft, letter(references=[reply.message_id, "old@x"])) == [split.number]
    assert CaseRoute.objects.get(case=split).account == loft


def test_deliveries_go_with_what_they_carry(loft, old, answer, ana_agent):
    (_same,) = take_in(loft, letter(external_id="more@x", references=["old@x"]))
    ours = Delivery.objects.get().interaction
    split = cases.split_case(case_id=old.pk, actor=ana_agent, interactions=[ours.pk])
    assert Delivery.objects.get().interaction.case == split
    assert take_in(loft, letter(references=[answer.message_id])) == [split.number]


def ask(case, value):
    Consulted.objects.create(case=case, kind="email", value=value)
    to = [{"kind": "email", "value": value, "name": ""}]
    return make_interaction(case, direction="outbound", visibility="internal", recipients=to)


def test_supplier_asked_about_what_was_split_off_answers_there(loft, old, ana_agent):
    asked = ask(old, DORA)
    take_in(loft, letter(external_id="door@x", references=["old@x"], text="The door."))
    door = Interaction.objects.get(text="The door.")
    split = cases.split_case(case_id=old.pk, actor=ana_agent, interactions=[door.pk, asked.pk])
    answered = letter(DORA, delivered_to=[reply_address(loft.address, split.pk)])
    assert take_in(loft, answered) == [split.number]
    assert split.interactions.get(sender_value=DORA).visibility == "internal"


def test_who_left_begins_a_linked_case_and_gets_no_answer(loft, old, answer, ana_agent, pigeon):
    seat = cases.invite_participant(case_id=old.pk, actor=ana_agent, kind="email", value=DORA)
    assert take_in(loft, letter(DORA, references=[answer.message_id], text="1")) == [old.number]
    cases.dismiss_participant(participant_id=seat.pk, actor=ana_agent)
    (number,) = take_in(loft, letter(DORA, references=[answer.message_id], text="2"))
    assert number != old.number
    assert case_of(number).previous == old
    sent = send(pigeon, domain.reply(case_id=old.pk, actor=ana_agent, text="Done."))
    assert DORA not in [party.value for party in (*sent.to, *sent.cc)]


def test_supplier_who_left_is_asked_no_more(loft, old, ana_agent):
    ask(old, DORA)
    answered = {"delivered_to": [reply_address(loft.address, old.pk)]}
    assert take_in(loft, letter(DORA, **answered, text="1")) == [old.number]
    seat = cases.invite_participant(case_id=old.pk, actor=ana_agent, kind="email", value=DORA)
    cases.dismiss_participant(participant_id=seat.pk, actor=ana_agent)
    assert take_in(loft, letter(DORA, **answered, text="2")) != [old.number]


def test_participant_knows_by_which_message_they_joined(old, ana_agent):
    said = domain.reply(case_id=old.pk, actor=ana_agent, text="Hm", cc=[DORA])
    seat = old.participants.get()
    assert (seat.value, seat.joined_by) == (DORA, said)
    event = old.events.get(kind="participant_joined")
    assert event.data == {"participant": seat.pk, "interaction": said.pk}


@pytest.mark.parametrize(("days", "joins"), [(13, True), (15, False)])
def test_policy_of_reopening_holds_for_the_heir(
    loft, old, new, answer, merge, ana_agent, clock, days, joins
):
    merge()
    cases.close_case(case_id=new.pk, actor=ana_agent)
    clock.shift(timedelta(days=days))
    (number,) = take_in(loft, letter(references=[answer.message_id], external_id="r@x"))
    assert (number == new.number) == joins
    if joins:
        assert case_of(number).status == "open"
        return
    later = case_of(number)
    assert later.previous == new
    assert take_in(loft, letter(references=[answer.message_id], text="More.")) == [number]


def test_case_without_an_account_takes_over_that_of_the_merged_one(loft, old, ana_agent, lamps):
    phoned = make_case(old.customer, team=lamps, channel="phone")
    cases.merge_case(case_id=old.pk, into_id=phoned.pk, actor=ana_agent)
    assert CaseRoute.objects.get(case=phoned).account == loft
    cases.unmerge_case(case_id=old.pk, actor=ana_agent)
    assert not CaseRoute.objects.filter(case=phoned).exists()
