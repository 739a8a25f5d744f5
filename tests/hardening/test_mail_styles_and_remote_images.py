"""CSS that phones home and remote pictures: nobody learns that a mail was read."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from apps.cases.models import Interaction
from tests.hardening.hostile import CLASSES
from tests.hardening.pages import dangers, elements
from tests.hardening.post import office, take

__all__ = ["office"]
MAILS = CLASSES["looks"]


def stored(office, mail) -> Interaction:
    return Interaction.objects.get(pk=take(office, mail).interaction)


@pytest.mark.parametrize("name", MAILS)
def test_stored_styles_fetch_and_hide_nothing(office, name):
    html = stored(office, MAILS[name]).html
    assert list(dangers(html)) == []
    assert not re.search(r"url\s*\(|@import|expression|<style|<link", html, re.IGNORECASE)


@pytest.mark.parametrize("name", MAILS)
def test_only_plain_pictures_may_ask_elsewhere(office, name):
    html = stored(office, MAILS[name]).html
    asking = [
        (tag, key)
        for tag, attributes in elements(html)
        for key, value in attributes.items()
        if "evil.example" in value
    ]
    assert set(asking) <= {("img", "src")}


def test_remote_picture_waits_for_a_press(office, ana_agent, client):
    """No address alone lets a picture be fetched: a link in a mail could be one."""
    client.force_login(ana_agent)
    body = stored(office, MAILS["remote_image"])
    address = reverse("desk:interaction_html", args=[body.pk])
    for fetched in (address, f"{address}?images=1"):
        assert "img-src 'self' data:;" in client.get(fetched)["Content-Security-Policy"]
    pressed = client.post(address)["Content-Security-Policy"]
    assert "img-src 'self' data: https:;" in pressed
    assert "default-src 'none'" in pressed


def test_frame_sends_no_referrer(office, ana_agent, client):
    client.force_login(ana_agent)
    body = stored(office, MAILS["remote_image"])
    answer = client.get(reverse("desk:interaction_html", args=[body.pk]))
    assert answer["Referrer-Policy"] == "no-referrer"
