"""Script in HTML, and the attributes of htmx and Alpine that our own page would obey."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.cases.models import Interaction
from tests.hardening.hostile import CLASSES
from tests.hardening.pages import dangers, runs
from tests.hardening.post import office, take

__all__ = ["office"]
MAILS = CLASSES["active"]


def stored(office, mail) -> Interaction:
    return Interaction.objects.get(pk=take(office, mail).interaction)


@pytest.mark.parametrize("name", MAILS)
def test_stored_body_holds_nothing_active(office, name):
    assert list(dangers(stored(office, MAILS[name]).html)) == []


def test_neither_the_page_nor_the_frame_runs_a_word(office, ana_agent, client):
    client.force_login(ana_agent)
    for name, mail in MAILS.items():
        body = stored(office, mail)
        page = client.get(reverse("desk:case", args=[body.case.number]))
        frame = client.get(reverse("desk:interaction_html", args=[body.pk]))
        for answer in (page, frame):
            assert answer.status_code == 200
            assert not runs(answer.content.decode()), name
        assert "<script" not in frame.content.decode(), name


def test_frame_of_a_mail_allows_no_script(office, ana_agent, client):
    client.force_login(ana_agent)
    body = stored(office, MAILS["script"])
    answer = client.get(reverse("desk:interaction_html", args=[body.pk]))
    policy = answer["Content-Security-Policy"]
    assert "sandbox allow-same-origin" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_htmx_attributes_are_gone_in_any_dress(office):
    for name in MAILS:
        if name.startswith(("htmx", "alpine", "vue")):
            html = stored(office, MAILS[name]).html.lower()
            assert not any(word in html for word in ("hx-", "x-", "v-", "@", "sse-")), name
