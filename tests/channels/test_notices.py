from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from apps.cases import domain as cases
from apps.cases.enums import Outcome
from apps.cases.models import Interaction
from apps.channels import domain
from apps.channels.models import Account, Delivery
from tests.cast import make_case
from tests.channels.pigeon import letter


@pytest.fixture
def case(loft):
    result = domain.receive(loft, letter(subject="The lamp", name="Cleo"), "application/json")
    return Interaction.objects.get(pk=result.interaction).case


def test_customer_is_told_that_the_case_is_closed(case, ana_agent, pigeon):
    cases.close_case(case_id=case.pk, actor=ana_agent)
    notice = Delivery.objects.get()
    domain.deliver(notice.pk)
    (sent,) = pigeon.sent
    assert sent.automatic
    assert sent.subject.startswith("Re: The lamp [CC-")
    assert sent.text.startswith("Dear Cleo,\n\nyour case CC-")
    assert notice.interaction.author is None
    case.refresh_from_db()
    assert (case.status, case.first_reply_at) == ("closed", None)


def test_customer_is_told_in_their_own_language(case, ana_agent, monkeypatch):
    case.customer.language = "zh-hans"
    case.customer.save()
    active = []
    monkeypatch.setattr(
        "apps.channels.domain.notices._",
        lambda text: active.append(translation.get_language()) or text,
    )
    cases.close_case(case_id=case.pk, actor=ana_agent)
    assert set(active) == {"zh-hans"}


def test_duplicates_are_closed_in_silence(case, ana_agent):
    cases.close_case(case_id=case.pk, actor=ana_agent, outcome=Outcome.DUPLICATE)
    assert not Delivery.objects.exists()


def test_machines_are_told_nothing(loft, ana_agent):
    result = domain.receive(loft, letter(automatic="auto_submitted"), "application/json")
    case = Interaction.objects.get(pk=result.interaction).case
    cases.close_case(case_id=case.pk, actor=ana_agent)
    assert not Delivery.objects.exists()


def test_case_of_a_channel_without_a_driver_closes_in_silence(loft, lamps, ana_agent):
    case = make_case(team=lamps, channel="phone")
    cases.close_case(case_id=case.pk, actor=ana_agent)
    assert not Delivery.objects.exists()


def test_missing_account_or_address_keeps_no_case_open(case, loft, ana_agent):
    Account.objects.update(is_enabled=False)
    assert cases.close_case(case_id=case.pk, actor=ana_agent).status == "closed"
    cases.reopen_case(case_id=case.pk, actor=ana_agent)
    Account.objects.update(is_enabled=True)
    case.customer.identities.all().delete()
    assert cases.close_case(case_id=case.pk, actor=ana_agent).status == "closed"
    assert not Delivery.objects.exists()


def test_one_customer_gets_one_notice_an_hour(case, ana_agent, clock):
    for _turn in range(3):
        cases.close_case(case_id=case.pk, actor=ana_agent)
        cases.reopen_case(case_id=case.pk, actor=ana_agent)
    assert Delivery.objects.count() == 1
    clock.shift(timedelta(hours=1, seconds=1))
    cases.close_case(case_id=case.pk, actor=ana_agent)
    assert Delivery.objects.count() == 2


def test_notice_carries_no_advertisement_of_a_forger(loft, ana_agent):
    mail = letter("victim@v.example", subject="http://evil.example", name="WIN at evil.example")
    result = domain.receive(loft, mail, "application/json")
    case = Interaction.objects.get(pk=result.interaction).case
    cases.close_case(case_id=case.pk, actor=ana_agent)
    notice = Delivery.objects.get().interaction
    assert notice.text.startswith("Hello,\n\nyour case CC-")
    assert (notice.subject, notice.recipients[0]["name"]) == ("Your message", "")
