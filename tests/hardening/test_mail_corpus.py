"""Every hostile mail through the real intake: a visible fate, its bytes kept, nobody harmed."""

from __future__ import annotations

import hashlib
import time
from collections import Counter

import pytest
from django.test import Client
from django.urls import reverse

from apps.cases.models import Interaction
from apps.channels import domain
from apps.channels.enums import InboundState
from apps.channels.models import Delivery, InboundMessage
from apps.channels.models.inbound import OWN_WORDS
from tests.hardening.hostile import CLASSES, CORPUS, FROM_MACHINES
from tests.hardening.pages import runs
from tests.hardening.post import RFC822, office, raw, take

__all__ = ["office"]
CPU_SECONDS = 10
ENDS = {InboundState.ACCEPTED, InboundState.QUARANTINED, InboundState.IGNORED}


@pytest.fixture(autouse=True)
def _answering(office):
    office.options = {"acknowledge": "1"}
    office.outgoing = "smtp://localhost:9"
    office.save()


def answered() -> Counter[str]:
    """How often we wrote to an address by ourselves."""
    made = Delivery.objects.filter(automatic=True).select_related("interaction")
    return Counter(party["value"] for one in made for party in one.interaction.recipients)


def test_corpus_holds_at_least_150_different_mails():
    hashes = {hashlib.sha256(one).hexdigest(): name for name, one in CORPUS.items()}
    assert set(CORPUS) - set(hashes.values()) == set()
    assert len(hashes) >= 150


@pytest.mark.parametrize("kind", CLASSES)
def test_hostile_mail_has_a_visible_fate_and_its_bytes(office, sam_supervisor, root, kind):
    readers = {False: Client(), True: Client()}
    readers[False].force_login(sam_supervisor)
    readers[True].force_login(root)  # what looks like words of ours, links to passwords among them
    for name, mail in CLASSES[kind].items():
        before = time.thread_time()
        result = take(office, mail)
        assert time.thread_time() - before < CPU_SECONDS, name
        inbound = InboundMessage.objects.get(pk=result.inbound)
        assert inbound.state in ENDS, name
        assert inbound.reason or inbound.interaction, name
        ours = inbound.state == InboundState.IGNORED and inbound.reason in OWN_WORDS
        kept = readers[ours].get(reverse("desk:raw_input", args=[inbound.pk]))
        assert kept.content == mail, name
        assert kept["Content-Disposition"].startswith("attachment"), name
    assert max(answered().values(), default=0) <= 1


@pytest.mark.drawn
@pytest.mark.parametrize("kind", CLASSES)
def test_case_page_and_frame_of_a_hostile_mail_are_shown_and_run_nothing(office, ana_agent, kind):
    reader = Client()
    reader.force_login(ana_agent)
    for name, mail in CLASSES[kind].items():
        result = take(office, mail)
        if result.case is None:
            continue
        page = reader.get(reverse("desk:case", args=[result.case]))
        assert page.status_code == 200, name
        assert not runs(page.text), name
        said = Interaction.objects.get(pk=result.interaction)
        assert f'id="ix{said.pk}"' in page.text, name
        frame = reader.get(reverse("desk:interaction_html", args=[said.pk]))
        assert frame.status_code == 200, name
        assert "sandbox" in frame["Content-Security-Policy"], name
        assert not runs(frame.text), name


def test_calendar_alone_is_taken_in(office):
    states = {name: take(office, mail).state for name, mail in CLASSES["calendars"].items()}
    assert set(states.values()) == {"accepted"}


@pytest.mark.parametrize("name", sorted(FROM_MACHINES))
def test_machine_is_never_answered(office, name):
    result = take(office, CORPUS[name])
    assert (result.stored, result.state in {"accepted", "ignored"}) == (True, True)
    assert answered() == {}


def test_what_is_no_mail_stands_in_quarantine_with_its_reason(office, ana_agent):
    for name, content in CLASSES["unreadable"].items():
        result = take(office, content)
        inbound = InboundMessage.objects.visible_to(ana_agent).quarantined().get(pk=result.inbound)
        assert (inbound.reason != "", inbound.case) == (True, None), name


def test_hostile_mails_between_good_ones_stop_nobody(office):
    """Each between two good ones, in batches as a mailbox hands them over."""
    cheap = [kind for kind in CLASSES if kind not in {"bombs", "quotes"}]
    poison = [mail for kind in cheap for mail in CLASSES[kind].values()]
    goods = [raw("Fine.", Message_ID=f"<good-{n}@example.net>") for n in range(len(poison) + 1)]
    row = [goods[0]]
    for good, bad in zip(goods[1:], poison, strict=True):
        row += (bad, good)
    results = []
    for start in range(0, len(row), 51):
        results += domain.receive_many(office, row[start : start + 51], RFC822)
    assert [one.stored for one in results] == [True] * len(row)
    assert [one.state for one in results[::2]] == ["accepted"] * len(goods)
    assert not InboundMessage.objects.filter(state=InboundState.RECEIVED).exists()


def test_mail_that_breaks_its_reader_stops_nobody(office, monkeypatch):
    from apps.channels.mail import parsing

    real = parsing.parse

    def fragile(content: bytes, **values):
        if b"poison" in content:
            raise RecursionError("unforeseen")
        return real(content, **values)

    monkeypatch.setattr(parsing, "parse", fragile)
    row = [raw(body, Message_ID=f"<{body}@example.org>") for body in ("one", "poison", "two")]
    states = [one.state for one in domain.receive_many(office, row, RFC822)]
    assert states == ["accepted", "quarantined", "accepted"]
    poisoned = InboundMessage.objects.get(state=InboundState.QUARANTINED)
    assert (poisoned.attempts, "RecursionError" in poisoned.reason) == (3, True)
    assert bytes(poisoned.raw.body) == row[1]
