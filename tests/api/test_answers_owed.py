"""The clocks of answers over the API: words alone begin and end them."""

from __future__ import annotations

import pytest

from apps.promises.models import Promise
from tests.cast import make_interaction


@pytest.mark.parametrize(("deed", "said"), [("keep", {}), ("withdraw", {"reason": "No need"})])
def test_clock_of_an_answer_is_ended_by_an_answer_alone(ana, cleo_case, deed, said):
    make_interaction(cleo_case, text="And now?")
    clock = Promise.objects.owed().get(case=cleo_case)
    refused = ana.at("post", f"promises/{clock.pk}/{deed}/", said)
    assert refused.status_code == 409
    assert "Only an answer to the customer ends this" in refused.json()["detail"]
    assert Promise.objects.get(pk=clock.pk).is_owed


def test_clock_of_an_answer_is_made_by_no_hand(ana, cleo_case):
    said = {"case": cleo_case.number, "kind": "next_reply", "in_minutes": 60}
    refused = ana.at("post", "promises/", said | {"address": "+8613800138000"})
    assert refused.status_code == 400
    assert "starts by itself" in refused.json()["errors"]["kind"][0]
