from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.cases import domain as cases
from apps.cases.errors import NotAllowed
from apps.cases.files import attachment_storage, copy, store
from apps.cases.models import Case, Interaction
from apps.channels import domain, errors
from apps.channels.domain.delivery import deliver
from apps.channels.models import Account, Delivery
from tests.cast import make_case
from tests.channels.pigeon import letter
from tests.hardening.post import office, raw, take

__all__ = ["office"]
MAKER = "maker@lamps.example"


@pytest.fixture
def asked(office, ana_agent):
    """Cleo's case, about which Ana asked the maker of the lamp."""
    result = take(office, raw("It flickers.", Subject="The lamp", Message_ID="<q1@example.org>"))
    question = Interaction.objects.get(pk=result.interaction)
    what = domain.Forward(to=[MAKER], text="Do you know this?", interaction=question.pk)
    return domain.forward(case_id=question.case_id, actor=ana_agent, what=what)


def outgoing(delivery):
    from apps.channels.domain.composing import compose

    return compose(Delivery.objects.get(pk=delivery.pk))


def makers_answer(office, asked, text="It is the starter."):
    message = outgoing(asked.delivery)
    mail = raw(
        text,
        From=f"Maker <{MAKER}>",
        Subject=f"Re: {message.subject}",
        In_Reply_To=f"<{message.message_id}>",
        Message_ID="<a1@lamps.example>",
    )
    return take(office, mail)


def test_forward_quotes_the_message_and_stays_internal(asked, ana_agent):
    message = outgoing(asked.delivery)
    assert [party.value for party in message.to] == [MAKER]
    assert message.subject.startswith("Fwd: The lamp [CC-")
    assert message.text.startswith("Do you know this?\n\n---------- Forwarded message")
    assert message.text.endswith("From: Cleo\nDate: " + message.text.split("Date: ")[1])
    assert "It flickers." in message.text
    assert (asked.visibility, asked.author) == ("internal", ana_agent)
    case = Case.objects.get(pk=asked.case_id)
    assert (case.status, case.first_reply_at) == ("new", None)
    assert case.waiting_since is not None
    assert not case.participants.exists()


def test_forward_names_no_message_of_the_customer(asked):
    assert outgoing(asked.delivery).references == ()


def test_answer_of_the_third_party_is_internal(office, asked):
    result = makers_answer(office, asked)
    answer = Interaction.objects.get(pk=result.interaction)
    assert result.case == asked.case.number
    assert (answer.visibility, answer.sender_value) == ("internal", MAKER)
    assert answer not in Interaction.objects.public()


def test_answer_of_the_third_party_makes_the_next_word_ours(office, asked, ana_agent):
    domain.reply(case_id=asked.case_id, actor=ana_agent, text="We ask the maker.")
    makers_answer(office, asked)
    case = Case.objects.get(pk=asked.case_id)
    assert (case.status, case.waiting_since is None) == ("open", False)


def test_customer_learns_nothing_of_the_third_party(office, asked, ana_agent):
    makers_answer(office, asked)
    said = domain.reply(case_id=asked.case_id, actor=ana_agent, text="We know it now.")
    message = outgoing(said.delivery)
    assert "a1@lamps.example" not in message.references
    assert asked.delivery.message_id not in message.references
    assert MAKER not in [party.value for party in (*message.to, *message.cc)]


def test_promoted_answer_is_public_and_on_record(office, asked, ana_agent, stranger):
    result = makers_answer(office, asked)
    with pytest.raises(NotAllowed):
        cases.promote_interaction(interaction_id=result.interaction, actor=stranger)
    cases.promote_interaction(interaction_id=result.interaction, actor=ana_agent)
    assert Interaction.objects.get(pk=result.interaction) in Interaction.objects.public()
    assert asked.case.events.filter(kind="interaction_promoted", actor=ana_agent).count() == 1


def test_notes_are_never_promoted(asked, ana_agent):
    note = cases.note(case_id=asked.case_id, actor=ana_agent, text="Be kind.")
    with pytest.raises(Interaction.DoesNotExist):
        cases.promote_interaction(interaction_id=note.pk, actor=ana_agent)


def test_notes_and_foreign_messages_are_not_forwarded(asked, ana_agent, lamps):
    note = cases.note(case_id=asked.case_id, actor=ana_agent, text="Be kind.")
    foreign = make_case(team=lamps).interactions.get()
    for interaction in (note, foreign):
        what = domain.Forward(to=[MAKER], interaction=interaction.pk)
        with pytest.raises(Interaction.DoesNotExist):
            domain.forward(case_id=asked.case_id, actor=ana_agent, what=what)


def test_forward_goes_to_others_than_the_customer(asked, ana_agent, stranger):
    for to, refusal in (
        (["cleo@example.org"], errors.CustomersOwnAddress),
        (["support@example.com"], errors.NoAddress),
        (["nobody"], errors.BadAddress),
    ):
        with pytest.raises(refusal):
            domain.forward(
                case_id=asked.case_id, actor=ana_agent, what=domain.Forward(to=to, text="?")
            )
    with pytest.raises(NotAllowed):
        domain.forward(
            case_id=asked.case_id, actor=stranger, what=domain.Forward(to=[MAKER], text="?")
        )
    with pytest.raises(errors.NothingSaid):
        domain.forward(case_id=asked.case_id, actor=ana_agent, what=domain.Forward(to=[MAKER]))


def test_stranger_who_quotes_a_forward_gets_a_case_of_their_own(office, asked):
    message = outgoing(asked.delivery)
    mail = raw("Hm.", From="mallory@example.net", In_Reply_To=f"<{message.message_id}>")
    assert take(office, mail).case != asked.case.number


def test_forward_that_fails_leaves_the_customers_clock(asked, ana_agent):
    domain.reply(case_id=asked.case_id, actor=ana_agent, text="We ask the maker.")
    domain.cancel_delivery(delivery_id=asked.delivery.pk, actor=ana_agent)
    assert Case.objects.get(pk=asked.case_id).status == "waiting"


def test_copied_file_outlives_the_first_one(db):
    first = store(b"plan", name="plan.txt", content_type="text/plain")
    second = copy(first.path, name=first.name, content_type=first.content_type)
    attachment_storage().delete(first.path)
    assert attachment_storage().open(second.path).read() == b"plan"
    assert second.size == 4


@pytest.fixture
def case(loft: Account):
    result = domain.receive(loft, letter(external_id="q@x", name="Cleo"), "application/json")
    return Interaction.objects.get(pk=result.interaction).case


def test_undone_answer_gives_its_words_back(case, ana_agent, pigeon, clock):
    until = timezone.now() + timedelta(seconds=10)
    said = domain.reply(
        case_id=case.pk,
        actor=ana_agent,
        text="Wich lamp?",
        cc=["dan@example.org"],
        hold_until=until,
    )
    undone = domain.undo_delivery(delivery_id=said.delivery.pk, actor=ana_agent)
    assert (undone.text, undone.to, undone.cc) == (
        "Wich lamp?",
        ["cleo@example.org"],
        ["dan@example.org"],
    )
    clock.shift(timedelta(seconds=11))
    assert not deliver(said.delivery.pk)
    assert pigeon.sent == []
    case.refresh_from_db()
    assert (case.status, case.first_reply_at) == ("open", None)
    assert case.waiting_since is not None


def seated(case):
    return sorted(case.participants.seated().values_list("value", flat=True))


def test_undone_answer_brings_nobody_in(case, ana_agent):
    def answer(*cc):
        until = timezone.now() + timedelta(seconds=10)
        return domain.reply(
            case_id=case.pk, actor=ana_agent, text="Which?", cc=cc, hold_until=until
        )

    first = answer("dan@example.org")
    second = answer("dan@example.org", "mistyped@example.org")
    assert seated(case) == ["dan@example.org", "mistyped@example.org"]
    domain.undo_delivery(delivery_id=second.delivery.pk, actor=ana_agent)
    assert seated(case) == ["dan@example.org"]
    answer("dan@example.org")
    domain.undo_delivery(delivery_id=first.delivery.pk, actor=ana_agent)
    assert seated(case) == ["dan@example.org"]  # the third still goes to them


def test_held_answer_leaves_when_its_time_has_come(case, ana_agent, pigeon, clock):
    until = timezone.now() + timedelta(hours=3)
    said = domain.reply(case_id=case.pk, actor=ana_agent, text="Which lamp?", hold_until=until)
    assert not deliver(said.delivery.pk)
    clock.shift(timedelta(hours=3))
    assert deliver(said.delivery.pk)
    assert [message.text for message in pigeon.sent] == ["Which lamp?"]
    with pytest.raises(errors.WrongState):
        domain.undo_delivery(delivery_id=said.delivery.pk, actor=ana_agent)


def test_undo_of_a_strangers_answer_is_refused(case, ana_agent, stranger):
    said = domain.reply(case_id=case.pk, actor=ana_agent, text="Which lamp?")
    with pytest.raises(NotAllowed):
        domain.undo_delivery(delivery_id=said.delivery.pk, actor=stranger)


def held_forward(office, actor, case, *, to=("wrong@p.example",)):
    later = timezone.now() + timedelta(seconds=10)
    what = domain.Forward(to=list(to), text="Do you know this?", hold_until=later)
    return domain.forward(case_id=case.pk, actor=actor, what=what)


def test_undone_forward_leaves_nobody_a_party(office, asked, ana_agent):
    wrong = held_forward(office, ana_agent, asked.case, to=["wrong@p.example", MAKER])
    domain.undo_delivery(delivery_id=wrong.delivery.pk, actor=ana_agent)
    assert set(asked.case.consulted.values_list("value", flat=True)) == {MAKER}
    answer = domain.reply(case_id=asked.case_id, actor=ana_agent, text="Soon.").delivery
    mail = raw(
        "I have this from Cleo.",
        From="wrong@p.example",
        Message_ID="<w@p.example>",
        In_Reply_To=f"<{answer.message_id}>",
    )
    joined = Interaction.objects.get(pk=take(office, mail).interaction)
    assert joined.case_id != asked.case_id


def test_whoever_answered_already_stays_asked_after_an_undo(office, asked, ana_agent):
    makers_answer(office, asked)
    domain.cancel_delivery(delivery_id=asked.delivery.pk, actor=ana_agent)
    assert asked.case.consulted.get().value == MAKER


def test_whoever_was_asked_and_takes_part_by_now_answers_in_public(office, asked, ana_agent):
    makers_answer(office, asked)
    copied = domain.reply(case_id=asked.case_id, actor=ana_agent, text="To both.", cc=[MAKER])
    shown = {}
    for named, id_ in ((copied.delivery, "<open@m>"), (asked.delivery, "<aside@m>")):
        mail = raw("Yes.", From=MAKER, Message_ID=id_, In_Reply_To=f"<{named.message_id}>")
        said = Interaction.objects.get(pk=take(office, mail).interaction)
        shown[id_] = (said.case_id == asked.case_id, said.visibility)
    assert shown == {"<open@m>": (True, "public"), "<aside@m>": (True, "internal")}
