"""Many at once: nothing lost, nothing doubled (a file database, real threads)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from apps.cases import domain as cases
from apps.cases.models import Case, Interaction
from apps.channels import domain
from apps.channels.domain import intake
from apps.channels.domain.sweeping import sweep
from apps.channels.models import Delivery, InboundMessage
from apps.customers import domain as customers
from apps.customers.models import Customer
from tests.channels.mail.imap import make_account, make_mail
from tests.channels.pigeon import letter

pytestmark = pytest.mark.django_db(transaction=True)
JSON, MAIL = "application/json", "message/rfc822"


def at_once[Result](*actions: Callable[[], Result]) -> list[Result]:
    """Let every action begin in the same moment, each in a thread and connection of its own."""
    start = Barrier(len(actions))

    def run(action: Callable[[], Result]) -> Result:
        try:
            start.wait()
            return action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def receiving(account, **fields):
    return lambda: domain.receive(account, letter(**fields), JSON)


def test_twenty_first_letters_of_one_sender_make_one_customer(loft):
    results = at_once(
        *(receiving(loft, text=str(number), external_id=f"{number}@x") for number in range(20))
    )
    assert {result.state for result in results} == {"accepted"}
    assert Customer.objects.count() == 1
    assert len({result.case for result in results}) == Case.objects.count() == 20
    assert Interaction.objects.count() == 20


def test_same_bytes_at_once_are_one_input(loft):
    results = at_once(*[receiving(loft)] * 10)
    assert len({(one.inbound, one.case, one.interaction, one.state) for one in results}) == 1
    assert [one.duplicate for one in results].count(False) == 1
    assert (InboundMessage.objects.count(), Interaction.objects.count()) == (1, 1)


def test_twenty_first_mails_of_one_sender_make_one_customer():
    account = make_account("")
    mails = [make_mail(number) for number in range(20)]
    results = at_once(*(lambda m=mail: domain.receive(account, m, MAIL) for mail in mails))
    assert {result.state for result in results} == {"accepted"}
    assert Customer.objects.count() == 1
    assert Interaction.objects.count() == 20


def test_same_mail_to_two_mailboxes_at_once_makes_one_case():
    accounts = [make_account("", name) for name in ("support", "sales")]
    for number in range(10):
        mail = make_mail(number)
        results = at_once(*(lambda a=one, m=mail: domain.receive(a, m, MAIL) for one in accounts))
        assert results[0].case == results[1].case
        assert {result.state for result in results} == {"accepted", "ignored"}
    assert (Case.objects.count(), Interaction.objects.count()) == (10, 10)


def test_one_input_processed_by_ten_makes_one_interaction(loft):
    (stored,) = intake.store(loft, [letter()], JSON)
    InboundMessage.objects.update(next_attempt_at=timezone.now())
    inbound = stored.inbound
    at_once(*[lambda: domain.process(inbound.pk)] * 10)
    inbound.refresh_from_db()
    assert (inbound.state, Interaction.objects.count()) == ("accepted", 1)


def test_answer_and_question_at_once_make_one_case(loft):
    for number in range(10):
        question = receiving(loft, external_id=f"q{number}@x")
        answer = receiving(loft, external_id=f"a{number}@x", references=[f"q{number}@x"])
        one, other = at_once(question, answer)
        assert one.case == other.case
    assert Case.objects.count() == 10


def test_ten_workers_send_one_delivery_once(loft, pigeon, ana_agent):
    case = domain.receive(loft, letter(), JSON)
    case_id = Case.objects.by_number(case.case).get().pk
    for _number in range(5):
        domain.reply(case_id=case_id, actor=ana_agent, text="x")
    ids = list(Delivery.objects.values_list("pk", flat=True))

    def worker():
        return sum(domain.deliver(delivery_id) for delivery_id in ids)

    assert sum(at_once(*[worker] * 10)) == 5
    assert len({message.message_id for message in pigeon.sent}) == len(pigeon.sent) == 5


def test_many_sweeps_do_everything_once(loft, pigeon, ana_agent):
    case = domain.receive(loft, letter(), JSON)
    case_id = Case.objects.by_number(case.case).get().pk
    for _number in range(10):
        domain.reply(case_id=case_id, actor=ana_agent, text="x")
    intake.store(loft, [letter(text=str(number)) for number in range(20)], JSON)
    InboundMessage.objects.update(next_attempt_at=timezone.now())
    expired = Delivery.objects.order_by("pk")[:3].values_list("pk", flat=True)
    Delivery.objects.filter(pk__in=list(expired)).update(
        state="sending", lease_until=timezone.now() - timedelta(seconds=1)
    )
    at_once(*[sweep] * 6)
    Delivery.objects.filter(state="queued").update(next_attempt_at=timezone.now())
    sweep()
    assert set(InboundMessage.objects.values_list("state", flat=True)) == {"accepted"}
    assert Interaction.objects.filter(direction="inbound").count() == 21
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert len({message.message_id for message in pigeon.sent}) == len(pigeon.sent) == 10


def test_mail_that_comes_while_its_case_is_merged_is_in_the_case_that_goes_on(
    loft, ana_agent, pigeon
):
    first, second = (
        Case.objects.by_number(result.case).get()
        for result in domain.receive_many(
            loft, [letter(external_id="old@x"), letter(external_id="new@x")], JSON
        )
    )

    def merge():
        cases.merge_case(
            case_id=first.pk, into_id=second.pk, actor=ana_agent, terms=cases.Terms(tell=False)
        )

    follow_ups = [
        receiving(loft, text=str(number), references=["old@x"], external_id=f"{number}@x")
        for number in range(8)
    ]
    at_once(merge, *follow_ups)
    assert not first.interactions.exists()
    assert second.interactions.count() == 10


def test_mail_that_comes_while_its_customer_is_merged_is_the_heirs(loft, ana_agent):
    addresses = ["cleo@example.org", "cleo@home.example"]
    domain.receive_many(loft, [letter(one, text=one) for one in addresses], JSON)
    into, other = (customers.find_or_create(kind="email", value=one) for one in addresses)

    def merge():
        customers.merge_customer(customer_id=other.pk, into_id=into.pk, actor=ana_agent)

    letters = [
        receiving(loft, sender=addresses[number % 2], text=str(number), external_id=f"{number}@x")
        for number in range(8)
    ]
    at_once(merge, *letters)
    assert Case.objects.count() == 10
    assert set(Case.objects.values_list("customer", flat=True)) == {into.pk}
    assert not other.identities.exists()
