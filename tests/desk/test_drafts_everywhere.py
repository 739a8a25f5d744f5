"""Every form of the desk in which somebody writes keeps what is written in it."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from apps.accounts.models import User
from apps.cases.models import Case
from apps.desk.forms.drafts import DRAFTED
from apps.desk.models import Draft
from tests.cast import make_case, make_interaction
from tests.desk.test_drafts import HALF, save
from tests.desk.test_drafts_of_forms import save_at, shown_in
from tests.desk.test_promises import give
from tests.isolation.routes import LISTS, OPEN, ROUTES
from tests.isolation.world import World, build

FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
FIELD = re.compile(r"<(?:textarea|input)\b[^>]*>")
LINES = ("text", "email", "url", "tel", "search")
# One line that is written in one go, beside its button: the names of where they go.
SHORT = {
    "preference": "why a line holds no longer",
    "merge_customer": "an address that is looked up",
    "people": "an address that is invited",
    "spam": "an address that is blocked",
}


def is_written(field: str) -> bool:
    """Whether a field takes words, as a browser sees it."""
    if "hidden" in field.split() or not re.search(r"\bname=", field):
        return False
    kind = re.search(r'\btype="([^"]*)"', field)
    return field.startswith("<textarea") or kind is None or kind[1] in LINES


def addresses(world: World) -> Iterator[str]:
    """Every address of the desk: what stands behind it was classified for the sweep."""
    for name, routes in ROUTES.items():
        if name.startswith("desk:"):
            for route in routes:
                yield reverse(name, kwargs=route.kwargs(world, route.rows[0]))
    for name, queries in LISTS.items():
        if name.startswith("desk:"):
            yield from (reverse(name) + query for query in queries)
    for name in OPEN:
        for kwargs in ({}, {"draft": uuid.UUID(int=7)}):
            try:
                yield reverse(name, kwargs=kwargs) if name.startswith("desk:") else "/desk/profile/"
            except NoReverseMatch:
                continue


def goes_to(attributes: str, page: str) -> str:
    found = re.search(r'\baction="([^"?#]*)', attributes)
    try:
        return resolve(found[1] if found and found[1] else page.partition("?")[0]).url_name or ""
    except Resolver404:
        return ""


def test_every_form_in_which_somebody_writes_keeps_it(db):
    world = build()
    client = Client(raise_request_exception=False)
    client.force_login(world.people["superuser"])
    kept, careless = set(), set()
    for page in sorted(set(addresses(world))):
        for attributes, inside in FORM.findall(client.get(page).text):
            if "post" not in attributes or not any(map(is_written, FIELD.findall(inside))):
                continue
            if drafts := re.search(r'data-drafts="([^"]+)"', attributes):
                known = resolve(drafts[1])
                kept.add((known.url_name, *(str(value) for value in known.kwargs.values())))
            else:
                careless.add(goes_to(attributes, page))
    assert careless == SHORT.keys()
    words = {word for found in kept for word in found}
    named = {"new": "begin_draft", "canned": "canned_draft", "keepsake": "customer_draft"}
    assert {name for name in DRAFTED if named.get(name, name) not in words} == set()


PANELS = [
    ("promise", "promise", {"text": HALF}),
    ("ask", "ask", {"name": "Crew", "text": HALF}),
    ("senior", "senior", {"reason": HALF}),
    ("remember", "remember", {"text": HALF}),
    ("seats", "participants", {"name": HALF, "address": "maker@exam"}),
    ("split", "split", {"subject": HALF}),
    ("merge", "merge", {"number": HALF}),
]


@pytest.mark.parametrize(("composer", "place", "words"), PANELS)
def test_words_of_a_panel_wait_and_stand_among_the_composers(
    ana: Client, her_case: Case, composer: str, place: str, words: dict[str, str]
):
    assert save(ana, her_case, composer, words).json() == {"version": 1}
    address = reverse(f"desk:{place}", args=[her_case.number])
    assert shown_in(ana.get(address).text, composer) == words
    page = ana.get(reverse("desk:case", args=[her_case.number])).text
    assert f'href="{address}"' in page.partition('id="composer"')[2]


TAKEN = [
    ("promise", "promise", {"kind": "progress_update", "when": "60", "zone": "UTC"}),
    ("ask", "ask", {"name": "Crew", "text": "Well?", "due_at": "2090-01-01T09:30"}),
    ("remember", "remember", {"text": "Likes tea.", "kind": "other"}),
    ("seats", "participants", {"address": "maker@example.net"}),
    ("merge", "merge", {"number": "CASE"}),
    ("split", "split", {"subject": "Another matter", "interactions": "LAST"}),
]


@pytest.mark.parametrize(("composer", "place", "sent"), TAKEN)
def test_panel_that_was_taken_leaves_no_draft(
    ana: Client, her_case: Case, composer: str, place: str, sent: dict[str, str]
):
    other = make_case(her_case.customer, team=her_case.team)
    last = make_interaction(her_case, text="Something else.")
    filled = {"CASE": other.number, "LAST": str(last.pk)}
    sent = {name: filled.get(value, value) for name, value in sent.items()}
    save(ana, her_case, composer, {})
    save(ana, her_case, composer, {next(iter(sent)): "ha"}, stamp=2)
    address = reverse(f"desk:{place}", args=[her_case.number])
    answer = ana.post(address, sent | {"drafted": "1.3.w1"})
    assert answer.status_code == 302, re.findall(
        r"(?s)errorlist.*?</ul>|problem.*?</div>", answer.text
    )
    assert not Draft.objects.filter(written=True).exists()


def test_each_promise_keeps_words_of_its_own(
    ana: Client, ana_agent: User, foreigner: Client, phoned: Case
):
    one = give(phoned, ana_agent, kind="callback")
    for page, name, panel in (
        ("withdraw", "reason", "withdraw_promise"),
        ("attempt", "note", "attempt_promise"),
        ("move", "consent", "move_promise"),
        ("shift", "consent", "move_callback"),
    ):
        address = reverse("desk:promise_draft", args=[one.pk, page])
        assert save_at(ana, address, {name: HALF}).status_code == 200
        assert save_at(foreigner, address, {name: HALF}).status_code == 404
        shown = ana.get(reverse(f"desk:{panel}", args=[one.pk])).text
        kept = re.search(rf'data-drafts="{address}" data-draft="([^"]*)"', shown)
        assert json.loads(kept[1].replace("&quot;", '"'))["words"] == {name: HALF}
    said = {"reason": "They called us", "drafted": "1.2.w1"}
    ana.post(reverse("desk:withdraw_promise", args=[one.pk]), said)
    assert not Draft.objects.filter(composer="withdraw", written=True).exists()


def test_words_for_a_campaign_and_of_a_customer_wait_on_their_pages(
    at_desk, root, ana: Client, her_case: Case
):
    lead = at_desk(root)
    save_at(lead, "/desk/drafts/campaign/", {"script": HALF, "listed": "1\n" * 20_000})
    assert HALF in lead.get("/desk/campaigns/new/").text
    save_at(ana, "/desk/drafts/plan/", {"text": HALF})
    assert HALF in ana.get("/desk/promises/plan/").text
    customer = her_case.customer_id
    save_at(ana, f"/desk/customers/{customer}/draft/", {"text": HALF})
    page = f"/desk/customers/{customer}/remember/"
    assert HALF in ana.get(page).text
    ana.post(page, {"text": "Likes tea.", "kind": "other", "drafted": "1.2.w1"})
    assert not Draft.objects.filter(composer="keepsake", written=True).exists()
