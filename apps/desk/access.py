"""The door of the desk: who may come in, and how objects are fetched for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render, resolve_url
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from apps.accounts.models import User
from apps.accounts.rules import works_here
from apps.cases.models import CannedReply, Case, read_number
from apps.cases.rules import can_read, can_write
from apps.common import prepared
from apps.common.unsent import words_in
from apps.desk import beside, drafts
from apps.desk.uploads import Box

NUMBER, READER = -1, -2  # what stands in the prepared query for the number and who asks for it


class DeskRequest(HttpRequest):
    """A request of somebody who works here."""

    user: User
    htmx: HtmxDetails


type Door[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]
type View[**P] = Callable[Concatenate[DeskRequest, P], HttpResponse]


def agent_required[**P](view: View[P]) -> Door[P]:
    """Let agents in and send everybody else to the log-in; what they get is never cached."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        desk_request = cast("DeskRequest", request)
        if works_here(request.user):
            response = view(desk_request, *args, **kwargs)
        else:
            response = _to_login(desk_request)
        add_never_cache_headers(response)
        patch_vary_headers(response, ["HX-Request", "Cookie"])
        return response

    return guarded


def require_press(where: str) -> Callable[[Door[...]], Door[...]]:
    """Take presses (POST) alone; whoever comes by an address is led to a page instead.

    ``where`` names that page; it gets the case's number if the address holds one.
    """

    def decorate(view: Door[...]) -> Door[...]:
        @wraps(view)
        def pressed(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            if request.method not in {"GET", "HEAD"}:
                return HttpResponseNotAllowed(["POST"])
            number = kwargs.get("number")
            return redirect("desk:case", number) if number else redirect(where)

        pressed.only_pressed = True  # type: ignore[attr-defined]
        return pressed

    return decorate


def find_case(request: DeskRequest, number: str) -> Case:
    """The case with this number if the person may read it; else 404, as if it did not exist."""
    asked, user = read_number(number), request.user
    places = {NUMBER: asked or 0, READER: user.pk}
    rows = prepared.load("case", _case, places=places) if asked else []
    found = rows[0] if rows else None
    # the first answer mostly needs no question to the database
    if found is None or not (can_write(user, found) or can_read(user, found)):
        raise Http404
    return found


def _case() -> QuerySet[Case]:
    """All that the case page shows of a case itself, for any number."""
    return (
        Case.objects.numbered(NUMBER)
        .annotate(**beside.presence(READER), has_draft=drafts.is_there(READER))
        .select_related("customer__organisation", "owner", "team", "route__account")
        .defer("route__account__incoming", "route__account__outgoing")
    )


def find_writable_case(request: DeskRequest, number: str) -> Case:
    """As ``find_case``, for whoever may change the case; followers get a 404 here."""
    found = Case.objects.writable_by(request.user).by_number(number).first()
    if found is None:
        raise Http404
    return found


def find_canned(request: DeskRequest, pk: int) -> CannedReply:
    """A canned reply that the person may change; any other is a 404."""
    found = CannedReply.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None or not found.can_be_changed_by(request.user):
        raise Http404
    return found


def find_box(request: DeskRequest, number: str, composer: str) -> Box:
    """One composer of a case; whoever follows it writes notes there and nothing else."""
    find = find_case if composer == "note" else find_writable_case
    return Box(request.user, composer, find(request, number))


def _to_login(request: DeskRequest) -> HttpResponse:
    """The log-in as a whole page, also for a fragment; afterwards back to the page itself.

    Words of a form are shown first where no script has kept them.
    """
    address = resolve_url(settings.LOGIN_URL)
    if request.htmx:
        target: Any = redirect_to_login(request.htmx.current_url_abs_path or "/", address)
        return HttpResponseClientRedirect(target.url)
    if request.method in {"GET", "HEAD"}:
        return redirect_to_login(request.get_full_path(), address)
    came_from = urlsplit(request.headers.get("Referer", "/")).path or "/"
    login = redirect_to_login(came_from, address)
    if not words_in(request.POST):
        return login
    return render(request, "desk/unsent.html", {"login": login.url}, status=401)


def with_policy(response: HttpResponse, policy: Mapping[str, list[str] | bool]) -> HttpResponse:
    """Give an answer a security policy of its own, as ``csp_override`` does for a whole view."""
    response._csp_config = policy  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own mark
    return response
