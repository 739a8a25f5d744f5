from __future__ import annotations

import re
from pathlib import Path

import pytest

from apps.desk.keys import KEYS
from tests.cast import make_case
from tests.desk.test_inbox import queries_of

HTMX = {"HX-Request": "true"}
KEYBOARD = Path("static/js/keyboard.js")


def ask(client, typed: str = "") -> str:
    return client.get("/desk/palette/", {"q": typed}, headers=HTMX).text


def test_palette_lists_every_room_when_nothing_was_typed(ana):
    page = ask(ana)
    assert re.findall(r'data-url="([^"]+)"', page)[:6] == [
        "/desk/today/",
        "/desk/inbox/",
        "/desk/promises/",
        "/desk/notifications/",
        "/desk/customers/",
        "/desk/search/",
    ]
    assert '"/desk/people/"' not in page
    assert "/admin/" not in page


def test_palette_shows_leads_and_superusers_their_rooms(at_desk, sam_supervisor, root):
    root.is_staff = True
    assert '"/desk/people/"' in ask(at_desk(sam_supervisor))
    assert "/admin/" in ask(at_desk(root))


@pytest.mark.parametrize("typed", ["{number}", "lamp flick", "LAMP"])
def test_palette_goes_to_a_case_by_number_and_by_words_begun(ana, her_case, typed):
    page = ask(ana, typed.format(number=her_case.number.lower()))
    assert page.count(f'data-url="/desk/cases/{her_case.number}/"') == 1


def test_palette_goes_to_a_customer_by_a_name_begun(ana, her_case):
    assert f'data-url="/desk/customers/{her_case.customer_id}/"' in ask(ana, "cle")


def test_palette_keeps_rooms_that_fit_and_offers_the_search(ana):
    page = ask(ana, "prof")
    assert "/desk/profile/" in page
    assert "/desk/inbox/" not in page
    assert "/desk/search/?q=prof" in page


def test_palette_tells_a_stranger_nothing(foreigner, her_case):
    for typed in (her_case.number, "lamp"):
        assert her_case.number not in re.sub(
            r'data-url="/desk/search[^"]+"|“[^”]+”', "", ask(foreigner, typed)
        )


def test_palette_escapes_what_was_typed(ana):
    assert "<script>x" not in ask(ana, "<script>x</script>")


def test_palette_without_scripts_leads_to_the_search(ana):
    answer = ana.get("/desk/palette/", {"q": "lamp"})
    assert (answer.status_code, answer.url) == (302, "/desk/search/?q=lamp")


def test_palette_costs_the_same_queries_with_one_and_three_cases(ana, lamps, cleo_customer):
    make_case(cleo_customer, team=lamps, subject="flicker")
    one = queries_of(ana, "/desk/palette/?q=flicker", headers=HTMX)
    for _ in range(2):
        make_case(cleo_customer, team=lamps, subject="flicker")
    assert one == queries_of(ana, "/desk/palette/?q=flicker", headers=HTMX)


def test_every_deed_of_the_keyboard_map_exists_and_has_a_key():
    script = KEYBOARD.read_text()
    deeds = re.search(r"const deeds = \{(.*?)\n\};", script, re.DOTALL)[1]
    assert set(re.findall(r"^  (\w+):", deeds, re.MULTILINE)) == {k.does for k in KEYS if k.does}


def test_help_lists_single_keys_unless_they_are_off(ana, ana_agent):
    page = ana.get("/desk/search/").text
    single = [key.press for key in KEYS if key.press]
    assert re.findall(r'data-press="([^"]+)"', page) == single
    ana_agent.keyboard_shortcuts = False
    ana_agent.save()
    off = ana.get("/desk/search/").text
    assert "data-press" not in off
    assert "Single keys are switched off in your profile." in off
    assert "Go to anything, do anything" in off
