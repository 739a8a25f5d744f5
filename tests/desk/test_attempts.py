"""What is said of a call that is not just noted: against a wish, or too late; nothing is lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.customers.domain import note_preference
from apps.promises import domain
from apps.promises.enums import Kind
from apps.promises.models import Promise
from tests.cast import make_case, make_customer

DEEDS = "/desk/callbacks/"


@pytest.fixture
def promise(lamps, ana_agent) -> Promise:
    """A call to Cleo within the hour, to be made by Ana."""
    case = make_case(make_customer("Cleo"), team=lamps, owner=ana_agent)
    due = timezone.now() + timedelta(hours=1)
    new = {"kind": Kind.CALLBACK, "due_at": due, "address": "+8613800138000"}
    return domain.make_promise(case_id=case.pk, actor=None, **new)


def test_voicemail_against_their_wish_is_told_first(ana, ana_agent, promise):
    note_preference(customer_id=promise.case.customer_id, actor=ana_agent, kind="no_voicemail")
    address, said = f"{DEEDS}{promise.pk}/attempt/", {"outcome": "voicemail", "note": "Rang <out>"}
    asked = ana.post(address, said)
    assert (asked.status_code, promise.attempts.count()) == (422, 0)
    assert "Cleo asked us to leave no voicemail." in asked.text
    assert "Rang &lt;out&gt;</textarea>" in asked.text
    typed = dict(re.findall(r'type="hidden" name="(outcome|sure)" value="(\w+)"', asked.text))
    ana.post(address, said | typed)
    assert promise.attempts.get().outcome == "voicemail"


def test_outcome_that_cannot_be_noted_any_more_keeps_what_was_typed(ana, ana_agent, promise):
    domain.keep_promise(promise_id=promise.pk, actor=ana_agent)
    said = {"outcome": "busy", "note": "Rang twice"}
    refused = ana.post(f"{DEEDS}{promise.pk}/attempt/", said)
    assert (refused.status_code, "Rang twice</textarea>" in refused.text) == (422, True)
