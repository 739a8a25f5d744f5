from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.cases.enums import Status
from apps.cases.files import attachment_storage
from apps.cases.models import Attachment, Case, CaseEvent, Interaction
from apps.channels import domain
from apps.channels.domain import intake
from apps.channels.domain.sweeping import sweep
from apps.channels.enums import InboundState
from apps.channels.errors import EmptyInput, NotInQuarantine
from apps.channels.models import Account, CaseRoute, InboundMessage
from apps.customers.models import Customer, Identity
from tests.channels.pigeon import SLUG, letter

JSON = "application/json"


def take_in(account, *letters):
    return domain.receive_many(account, list(letters), JSON)


def case_of(result):
    return Case.objects.by_number(result.case).get()


def test_first_letter_opens_a_case_of_the_accounts_team(loft, lamps):
    (result,) = take_in(loft, letter(subject="The lamp", text="It flickers.", name="Cleo"))
    case = case_of(result)
    assert result.as_dict() == {
        "stored": True,
        "duplicate": False,
        "inbound": InboundMessage.objects.get().pk,
        "case": case.number,
        "interaction": case.interactions.get().pk,
        "state": "accepted",
    }
    inbound = InboundMessage.objects.get()
    assert (case.team, case.status, case.channel) == (lamps, Status.NEW, SLUG)
    assert (case.subject, case.snippet) == ("The lamp", "It flickers.")
    assert case.waiting_since == inbound.received_at == case.opened_at
    assert case.customer.name == "Cleo"
    assert [identity.value for identity in case.customer.identities.all()] == ["cleo@example.org"]
    assert [event.kind for event in case.events.all()] == ["case_opened", "interaction_recorded"]
    assert CaseRoute.objects.get(case=case).account == loft


def test_same_bytes_twice_answer_with_the_first_ones_numbers(loft):
    (first,) = take_in(loft, letter())
    (second,) = take_in(loft, letter())
    assert second.as_dict() == first.as_dict() | {"duplicate": True}
    assert Interaction.objects.count() == 1


def test_same_bytes_twice_in_one_call_are_one_input(loft):
    first, second = take_in(loft, letter(), letter())
    assert second.as_dict() == first.as_dict() | {"duplicate": True}
    assert InboundMessage.objects.count() == 1


def test_same_bytes_through_another_account_are_another_input(loft):
    other = Account.objects.create(channel=SLUG, name="other")
    take_in(loft, letter())
    assert not take_in(other, letter())[0].duplicate


def test_same_message_through_two_accounts_makes_one_case(loft):
    other = Account.objects.create(channel=SLUG, name="other")
    (first,) = take_in(loft, letter(external_id="a@x", to=["loft@example.com"]))
    (second,) = take_in(other, letter(external_id="a@x", to=["other@example.com"]))
    assert second.as_dict() == first.as_dict() | {"inbound": second.inbound, "state": "ignored"}
    assert InboundMessage.objects.get(pk=second.inbound).reason == "copy"
    assert Case.objects.count() == Interaction.objects.count() == 1


def test_same_message_twice_in_one_call_with_other_headers_is_a_copy(loft):
    first, second = take_in(
        loft, letter(external_id="a@x", to=["a@x"]), letter(external_id="a@x", to=["b@x"])
    )
    assert (second.case, second.interaction, second.state) == (
        first.case,
        first.interaction,
        "ignored",
    )
    assert InboundMessage.objects.get(pk=second.inbound).copy_of_id == first.inbound


def test_same_message_id_with_other_words_is_no_copy(loft):
    first, second = take_in(
        loft, letter(external_id="a@x", text="One."), letter(external_id="a@x", text="Two.")
    )
    assert (second.state, second.case) == ("accepted", first.case)
    assert Interaction.objects.count() == 2


def test_message_without_an_address_is_a_new_customer_each_time(loft):
    first, second = take_in(
        loft, letter("", external_id="a@x"), letter("", external_id="b@x", references=["a@x"])
    )
    assert first.case != second.case
    assert Customer.objects.count() == 2
    assert not Identity.objects.exists()


def test_address_that_no_form_would_take_is_kept_as_written(loft):
    take_in(loft, letter("Ops@intranet"), letter("ops@INTRANET", text="Again."))
    assert Identity.objects.get().value == "ops@intranet"


def test_own_message_that_comes_back_is_ignored(loft, pigeon, ana_agent):
    (first,) = take_in(loft, letter())
    sent = domain.reply(case_id=case_of(first).pk, actor=ana_agent, text="Hello").delivery
    (back,) = take_in(loft, letter(sender="loft@example.com", external_id=sent.message_id))
    assert (back.state, back.case, back.interaction) == ("ignored", None, None)
    assert InboundMessage.objects.get(pk=back.inbound).reason == "own_message"
    assert Case.objects.count() == 1


def test_customers_mail_under_an_id_of_ours_is_taken_in(loft, pigeon, ana_agent):
    (first,) = take_in(loft, letter())
    sent = domain.reply(case_id=case_of(first).pk, actor=ana_agent, text="Hello").delivery
    (other,) = take_in(loft, letter("eve@example.net", external_id=sent.message_id))
    assert (other.state, Interaction.objects.filter(direction="inbound").count()) == ("accepted", 2)
    assert other.case != first.case
    (own,) = take_in(loft, letter(external_id=sent.message_id, text="From Cleo."))
    assert (own.state, own.interaction is not None) == ("accepted", True)


def test_own_notice_that_a_customer_sends_back_is_ignored(loft, ana_agent):
    (first,) = take_in(loft, letter())
    sent = domain.reply(case_id=case_of(first).pk, actor=ana_agent, text="Hello").delivery
    back = letter(external_id=sent.message_id, automatic="own_notice", text="Back.")
    assert take_in(loft, back)[0].state == "ignored"


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(
    "files",
    [{"bill.txt": "13 yuan"}, {"bill2.txt": "12 yuan"}, {}, {"bill.txt": "12 yuan", "b": ""}],
)
def test_same_id_and_text_with_other_files_is_no_copy(loft, files, together):
    letters = [
        letter(external_id="a@x", files={"bill.txt": "12 yuan"}),
        letter(external_id="a@x", files=files),
        letter(external_id="a@x", files=files, to=["loft@example.com"]),
    ]
    batches = [letters] if together else [[one] for one in letters]
    results = [result for batch in batches for result in take_in(loft, *batch)]
    assert [one.state for one in results] == ["accepted", "accepted", "ignored"]
    assert Case.objects.count() == 1
    assert results[2].interaction == results[1].interaction != results[0].interaction


def test_invisible_and_control_characters_leave_names_and_subjects(loft):
    bad = "La\u202emp\u200b\ufeff\x07\x85is\u2066 \u00ad broken\u200f"
    (result,) = take_in(loft, letter(subject=bad, name=bad, to=["loft@example.com"]))
    case = case_of(result)
    said = case.interactions.get()
    assert {case.subject, said.subject, said.sender_name, case.customer.name} == {"Lamp is broken"}


def test_attachments_lie_in_the_storage(loft):
    take_in(loft, letter(files={"bill.txt": "12 yuan"}))
    one = Attachment.objects.get()
    assert (one.name, one.size, one.file.read()) == ("bill.txt", 7, b"12 yuan")


def test_unreadable_input_is_set_aside_at_once_with_its_reason(loft):
    before, bad, after = take_in(loft, letter(text="1"), b"\xff", letter(text="2"))
    assert (before.state, bad.state, after.state) == ("accepted", "quarantined", "accepted")
    inbound = InboundMessage.objects.get(pk=bad.inbound)
    assert (inbound.reason, inbound.attempts) == ("no letter at its foot", 1)
    assert bytes(inbound.raw.body) == b"\xff"


def test_poison_between_good_ones_is_tried_three_times(loft, pigeon):
    pigeon.poison["poison"] = ZeroDivisionError("boom")
    before, bad, after = take_in(loft, letter(text="1"), letter(text="poison"), letter(text="2"))
    assert (before.state, bad.state, after.state) == ("accepted", "quarantined", "accepted")
    inbound = InboundMessage.objects.get(pk=bad.inbound)
    assert inbound.attempts == intake.MAX_ATTEMPTS
    assert "ZeroDivisionError: boom" in inbound.reason
    assert pigeon.parsed == 2 + intake.MAX_ATTEMPTS


def stored_files():
    if not attachment_storage().exists(""):
        return set()
    folders, _files = attachment_storage().listdir("")
    return {name for folder in folders for name in attachment_storage().listdir(folder)[1]}


def test_what_falls_over_in_the_transaction_harms_no_neighbour(loft):
    files, before_files = {"a.txt": "kept"}, stored_files()
    broken = letter(text="2", subject=5, files=files)
    before, bad, after = take_in(loft, letter(text="1", files=files), broken, letter(text="3"))
    assert (before.state, bad.state, after.state) == ("accepted", "quarantined", "accepted")
    kept = Attachment.objects.get().file
    assert kept.read() == b"kept"
    assert stored_files() - before_files == {kept.name.rpartition("/")[2]}


def test_empty_input_stores_nothing(loft):
    with pytest.raises(EmptyInput):
        take_in(loft, letter(), b"")
    assert not InboundMessage.objects.exists()


def test_input_of_a_process_that_died_is_taken_up_by_the_sweep(loft, clock):
    intake.store(loft, [letter()], JSON)
    sweep()
    assert InboundMessage.objects.get().state == InboundState.RECEIVED
    clock.shift(intake.READER_SECONDS + 1)
    assert sweep().inputs == 1
    inbound = InboundMessage.objects.get()
    assert (inbound.state, inbound.attempts) == (InboundState.ACCEPTED, 2)
    assert inbound.case.waiting_since == inbound.received_at
    assert sweep().inputs == 0


def test_input_that_kills_its_reader_ends_in_quarantine(loft, pigeon, clock):
    pigeon.poison["killer"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        take_in(loft, letter(text="killer"))
    for _turn in range(2):
        clock.shift(intake.READER_SECONDS + 1)
        with pytest.raises(KeyboardInterrupt):
            sweep()
    clock.shift(intake.READER_SECONDS + 1)
    sweep()
    inbound = InboundMessage.objects.get()
    assert (inbound.state, inbound.attempts) == (InboundState.QUARANTINED, 3)
    assert pigeon.parsed == 3


def test_duplicate_of_an_input_being_read_answers_with_its_case(loft):
    intake.store(loft, [letter()], JSON)
    (result,) = take_in(loft, letter())
    assert (result.duplicate, result.state) == (True, "accepted")
    assert Interaction.objects.count() == 1


def test_retry_takes_an_input_out_of_quarantine(loft, pigeon, ana_agent):
    pigeon.poison["poison"] = ZeroDivisionError()
    (bad,) = take_in(loft, letter(text="poison"))
    assert domain.retry(inbound_id=bad.inbound, actor=ana_agent).state == "quarantined"
    pigeon.poison.clear()
    inbound = domain.retry(inbound_id=bad.inbound, actor=ana_agent)
    assert (inbound.state, inbound.reason) == ("accepted", "")
    with pytest.raises(NotInQuarantine):
        domain.retry(inbound_id=bad.inbound, actor=ana_agent)


def test_retry_by_a_stranger_finds_nothing(loft, stranger):
    (bad,) = take_in(loft, b"\xff")
    with pytest.raises(InboundMessage.DoesNotExist):
        domain.retry(inbound_id=bad.inbound, actor=stranger)


def test_processing_twice_makes_one_interaction(loft):
    (one,) = intake.store(loft, [letter()], JSON)
    InboundMessage.objects.update(next_attempt_at=timezone.now())
    domain.process(one.inbound.pk)
    domain.process(one.inbound.pk)
    assert Interaction.objects.count() == 1


def test_batch_costs_the_same_queries_for_any_number(loft):
    def count(number):
        letters = [
            letter(f"c{number}{n}@example.org", external_id=f"{number}-{n}@x", subject="s")
            for n in range(number)
        ]
        with CaptureQueriesContext(connection) as captured:
            take_in(loft, *letters)
        return len(captured)

    count(1)
    assert count(3) == count(30)


def test_machines_letter_opens_a_case_without_a_clock(loft):
    (result,) = take_in(loft, letter(automatic="auto_submitted"))
    case = case_of(result)
    assert (case.waiting_since, case.status) == (None, Status.NEW)


def test_senders_claims_move_no_clock(loft):
    (result,) = take_in(loft, letter(occurred_at="1999-01-01T00:00:00+00:00"))
    case = case_of(result)
    interaction = case.interactions.get()
    assert interaction.occurred_at.year == 1999
    assert interaction.received_at == case.waiting_since
    assert case.waiting_since.year > 1999


def test_events_hold_no_words_of_customers(loft):
    take_in(loft, letter(subject="Secret", text="Secret", name="Secret"))
    assert "Secret" not in str(list(CaseEvent.objects.values_list("data", flat=True)))
