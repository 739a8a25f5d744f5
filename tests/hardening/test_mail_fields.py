"""Script in names, subjects, addresses, file names and content types."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.cases.models import Interaction
from tests.hardening.hostile import CLASSES
from tests.hardening.pages import elements, runs
from tests.hardening.post import office, take

__all__ = ["office"]
MAILS = CLASSES["scripted"] | {
    f"file_{name}": CLASSES["names"][name] for name in ("name_script", "name_quotes", "name_lines")
}


@pytest.mark.parametrize("name", MAILS)
def test_field_is_shown_as_words_on_every_page(office, ana_agent, client, name):
    client.force_login(ana_agent)
    result = take(office, MAILS[name])
    interaction = Interaction.objects.get(pk=result.interaction)
    addresses = [
        reverse("desk:case", args=[result.case]),
        reverse("desk:interaction", args=[interaction.pk]),
        reverse("desk:interaction_html", args=[interaction.pk]),
        reverse("desk:customer", args=[interaction.case.customer_id]),
        reverse("desk:inbox"),
        f"{reverse('desk:search')}?q=lamp",
    ]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        page = answer.content.decode()
        assert not runs(page), address
        assert not [one for tag, one in elements(page) if tag == "img" and one.get("src") == "x"]
        assert "49" not in interaction.subject


def test_text_of_a_mail_never_becomes_a_link_that_runs(office, ana_agent, client):
    client.force_login(ana_agent)
    result = take(office, MAILS["text_script"])
    page = client.get(reverse("desk:case", args=[result.case])).content.decode()
    links = [one.get("href", "") for tag, one in elements(page) if tag == "a"]
    assert not any(link.lower().startswith("javascript") for link in links)
