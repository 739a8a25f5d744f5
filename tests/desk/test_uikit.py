from __future__ import annotations

from apps.channels.enums import DeliveryState
from apps.desk.posts import WORDS


def test_ui_kit_is_no_page_without_debug(ana):
    assert ana.get("/ui-kit/").status_code == 404


def test_ui_kit_shows_a_message_in_every_state_of_sending(ana, settings):
    settings.DEBUG = True
    page = ana.get("/ui-kit/")
    assert page.status_code == 200
    words = {str(WORDS[state]) for state in DeliveryState} - {str(WORDS[DeliveryState.HELD])}
    assert {one for one in words if one.replace("'", "&#x27;") not in page.text} == set()
    assert "Goes out at" in page.text


def test_ui_kit_is_for_who_works_here(client, db, settings):
    settings.DEBUG = True
    assert client.get("/ui-kit/").status_code == 302
