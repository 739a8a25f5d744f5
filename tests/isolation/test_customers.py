"""The customers' pages: each address, asked by nobody, by another customer, and by their own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.cases import domain, files
from apps.cases.models import Attachment, Case, CaseEvent, Interaction
from apps.helpcentre import urls
from apps.helpcentre.domain.entering import Pass
from apps.helpcentre.models import CaseLinks, Press
from apps.helpcentre.sessions import COOKIE, begin
from apps.promises import domain as promises
from apps.promises.models import Promise
from tests.cast import make_case, make_customer, make_interaction

# Pages of one request, with what is sent there.
INSIDE = {
    "request": {},
    "write": {"text": "Hello", "key": "k"},
    "works": {},
    "not_yet": {"not-yet-text": "No", "not-yet-key": "n"},
    "file": {},
    "callback": {"slot": "asap", "key": "c", "other": "+8613800138001"},
    "callback_move": {"slot": f"{timezone.now() + timedelta(days=1):%Y-%m-%dT%H:00Z}", "key": "m"},
    "callback_cancel": {},
}
OF_A_CALL = {"callback_move", "callback_cancel"}
READ_ALONE = {"request", "file"}
ENTRANCE = {"start", "code", "enter", "over", "leave"}
QUESTIONS = {"inquiry", "inquiry_over", "inquiry_thanks"}  # tests/helpcentre/test_answering.py
COLLEAGUES = {"preview", "turn"}  # swept with the desk's own
WHO = ("nobody", "other", "link to another", "owner", "own link", "agent")


class Cast:
    """One case of each of two customers; whatever is internal to the first says Secret."""

    def __init__(self, ana, ben, team):
        self.ana = ana
        self.cleo, self.zoe = make_customer("Cleo"), make_customer("Zoe")
        self.case = make_case(self.cleo, team=team, subject="Zanzibar", text="Zanzibar lamp")
        self.other = make_case(self.zoe, team=team, subject="Yokohama")
        stored = files.store(b"Zanzibar", name="Zanzibar.txt", content_type="text/plain")
        self.word = make_interaction(self.case, text="See Zanzibar", attachments=[stored])
        self.file = Attachment.objects.get()
        aside = files.store(b"Secret", name="Secret.txt", content_type="text/plain")
        domain.note(
            case_id=self.case.pk, actor=ana, text="Secret", mentions=[ben], attachments=[aside]
        )
        make_interaction(self.case, text="Secret aside", visibility="internal")
        theirs = [{"kind": "email", "value": "secret@example.net", "name": "Secret"}]
        out = {"direction": "outbound", "author": ana}
        make_interaction(self.case, text="Secret third", recipients=theirs, **out)
        make_interaction(self.case, text="Secret call", channel="phone", **out)
        Case.objects.filter(pk=self.case.pk).update(need="Secret need")
        type(self.cleo).objects.filter(pk=self.cleo.pk).update(about="Secret about")
        domain.resolve_case(case_id=self.case.pk, actor=ana)
        self.call: Promise | None = None

    def book(self):
        """Owe the customer a call; what is ours alone stands beside it."""
        number = "+8613800138077"
        booked = promises.book_callback(
            case_id=self.case.pk, actor=None, address=number, text="Zanzibar call"
        )
        self.call = booked.promise
        promises.make_promise(
            case_id=self.case.pk,
            actor=self.ana,
            kind="inquiry",
            due_at=timezone.now() + timedelta(hours=1),
            text="Secret inquiry",
        )

    def browser(self, who):
        client = Client(raise_request_exception=False)
        passes = {
            "other": Pass(self.zoe.pk),
            "link to another": Pass(self.zoe.pk, self.other.pk),
            "owner": Pass(self.cleo.pk),
            "own link": Pass(self.cleo.pk, self.case.pk),
        }
        if who in passes:
            client.cookies[COOKIE] = _cookie(passes[who])
        if who == "agent":
            client.force_login(self.ana)
        return client

    def address(self, name, case):
        if name in OF_A_CALL:
            extra = [self.call.pk if self.call else 1]
        else:
            extra = [self.file.pk] if name == "file" else []
        return reverse(f"helpcentre:{name}", args=[case.number, *extra])


def _cookie(given):
    from django.http import HttpResponse

    answer = HttpResponse()
    begin(answer, given)
    return answer.cookies[COOKIE].value


@pytest.fixture
def cast(ana_agent, ben_agent, lamps) -> Cast:
    return Cast(ana_agent, ben_agent, lamps)


def state():
    return (
        list(Case.objects.values_list("pk", "status", "last_activity_at")),
        CaseEvent.objects.count(),
        Interaction.objects.count(),
        Press.objects.count(),
        CaseLinks.objects.count(),
        list(Promise.objects.order_by("pk").values_list("pk", "state", "due_at")),
    )


def test_every_address_is_swept():
    named = {one.name for one in urls.urlpatterns}
    assert named == set(INSIDE) | ENTRANCE | QUESTIONS | COLLEAGUES | {"requests"}


@pytest.mark.parametrize("method", ["get", "head", "post"])
@pytest.mark.parametrize("name", INSIDE)
@pytest.mark.parametrize("who", WHO)
def test_request_is_its_own_customers_alone(cast, who, name, method):
    if name in OF_A_CALL:
        cast.book()
    browser, before = cast.browser(who), state()
    data = INSIDE[name] if method == "post" else {}
    answer = getattr(browser, method)(cast.address(name, cast.case), data)
    shown = answer.content.decode()
    assert answer.status_code < 500
    assert "Secret" not in shown
    if who in {"owner", "own link"}:
        assert answer.status_code in ({200, 302, 405})
        assert (state() == before) == (method != "post" or name in READ_ALONE)
        return
    assert state() == before
    assert "Zanzibar" not in shown
    if method != "post" or name not in READ_ALONE:
        # 401: their own words are shown to them once more
        expected = {302, 401} if who in {"nobody", "agent"} else {404}
        assert answer.status_code in expected


@pytest.mark.parametrize("name", INSIDE)
@pytest.mark.parametrize("who", ["nobody", "other", "link to another"])
def test_anothers_request_answers_like_one_that_never_existed(cast, who, name):
    if name in OF_A_CALL:
        cast.book()
    browser = cast.browser(who)
    nowhere = Case(pk=999_999)
    here = browser.get(cast.address(name, cast.case))
    there = browser.get(cast.address(name, nowhere))
    assert here.status_code == there.status_code
    bare = [one.content.decode().split("csrfmiddlewaretoken")[0] for one in (here, there)]
    assert bare[0] == bare[1]
    places = [one.headers.get("Location", "") for one in (here, there)]
    assert places[0].replace(cast.case.number, "") == places[1].replace(nowhere.number, "")


@pytest.mark.parametrize("who", WHO)
def test_list_holds_ones_own_alone(cast, who):
    shown = cast.browser(who).get("/help/requests/", follow=True).content.decode()
    assert ("Zanzibar" in shown) == (who in {"owner", "own link"})
    assert ("Yokohama" in shown) == (who in {"other", "link to another"})
    assert "Secret" not in shown


@pytest.mark.parametrize("who", ["owner", "own link"])
def test_own_page_shows_what_is_theirs(cast, who):
    """Guards the tests above against pages that are empty for everybody."""
    cast.book()
    browser = cast.browser(who)
    assert "See Zanzibar" in browser.get(cast.address("request", cast.case)).content.decode()
    assert "Zanzibar call" in browser.get(cast.address("request", cast.case)).content.decode()
    assert "ending 77" in browser.get(cast.address("callback_cancel", cast.case)).content.decode()
    assert browser.get(cast.address("file", cast.case)).content == b"Zanzibar"


def test_file_of_another_request_is_not_given_by_ones_own(cast):
    browser = cast.browser("other")
    path = reverse("helpcentre:file", args=[cast.other.number, cast.file.pk])
    assert browser.get(path).status_code == 404
