"""The customer's session: a signed cookie of the help centre's own, and no user of Django's.

It holds keys and times alone. It ends two hours after the last page, and twelve after the
first; a link's serial and the customer are asked anew on every page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, cast
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from apps.common.links import LinkOver
from apps.common.unsent import words_in
from apps.helpcentre import greeting
from apps.helpcentre.domain.codes import LIFE
from apps.helpcentre.domain.entering import Pass, Visitor, admit

COOKIE, ASKED = "visit", "visit-code"
PATH = "/help/"
IDLE, LONGEST = timedelta(hours=2), timedelta(hours=12)


class HelpRequest(HttpRequest):
    """A request of a customer who has come in."""

    visitor: Visitor
    visit: Pass


type Page[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]
type Inside[**P] = Callable[Concatenate[HelpRequest, P], HttpResponse]


def private[**P](view: Page[P]) -> Page[P]:
    """A page that no cache keeps, no search engine lists and no other site hears of."""

    @wraps(view)
    def kept(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        patch_vary_headers(response, ["Cookie", "Accept-Language"])
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers.setdefault("Referrer-Policy", "same-origin")
        return response

    return kept


def visitor_required[**P](view: Inside[P]) -> Page[P]:
    """Let customers in; everybody else is asked for a code, whatever they were looking for."""

    @private
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        came = cast("HelpRequest", request)
        found = _read(request)
        try:
            visitor = admit(found[0]) if found else None
        except LinkOver:
            visitor = None
        if found is None or visitor is None:
            return _ask(request, kwargs.get("number"))
        came.visit, came.visitor = found[0], visitor
        language = visitor.customer.language
        if language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(language)
        with timezone.override(greeting.zone_of(visitor.customer)):
            response = view(came, *args, **kwargs)
        if COOKIE not in response.cookies:
            begin(response, found[0], began=found[1])
        return response

    return guarded


def begin(response: HttpResponse, given: Pass, *, began: float | None = None) -> None:
    """Let this browser in from now on."""
    now = timezone.now().timestamp()
    value = signing.dumps([*asdict(given).values(), began or now, now], salt=_salt(COOKIE))
    _set(response, COOKIE, value, IDLE)


def end(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")


def visit_of(request: HttpRequest) -> Pass | None:
    """What this browser holds, which may be over meanwhile."""
    found = _read(request)
    return found[0] if found else None


def remember_asked(response: HttpResponse, request_id: UUID) -> None:
    """Keep in the browser which code it asked for."""
    _set(response, ASKED, signing.dumps(request_id.hex, salt=_salt(ASKED)), LIFE)


def asked_in(request: HttpRequest) -> UUID | None:
    value = _load(request, ASKED, LIFE)
    return UUID(value) if value else None


def forget_asked(response: HttpResponse) -> None:
    response.delete_cookie(ASKED, path=PATH, samesite="Lax")


def _read(request: HttpRequest) -> tuple[Pass, float] | None:
    value = _load(request, COOKIE, IDLE)
    if not value:
        return None
    customer_id, case_id, serial, began, _seen = value
    if timezone.now().timestamp() - began > LONGEST.total_seconds():
        return None
    return Pass(customer_id, case_id, serial), began


def _load(request: HttpRequest, name: str, age: timedelta) -> Any:
    try:
        return signing.loads(request.COOKIES.get(name, ""), salt=_salt(name), max_age=age)
    except signing.BadSignature:
        return None


def _set(response: HttpResponse, name: str, value: str, age: timedelta) -> None:
    response.set_cookie(
        name,
        value,
        max_age=age,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _salt(name: str) -> str:
    return f"apps.helpcentre.{name}"


def _ask(request: HttpRequest, number: Any) -> HttpResponse:
    query = urlencode({"number": number}) if number else ""
    start = reverse("helpcentre:start")
    if request.method == "POST":
        query = f"{query}&ended=1" if query else "ended=1"
    address = f"{start}?{query}" if query else start
    if words_in(request.POST):
        return render(request, "helpcentre/unsent.html", {"start": address}, status=401)
    return redirect(address)
