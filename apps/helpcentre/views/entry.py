"""Coming in and going out: a code by mail, or the link of a mail."""

from __future__ import annotations

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.common.links import LinkOver
from apps.helpcentre import sessions
from apps.helpcentre.domain import codes, entering
from apps.helpcentre.domain.entering import Pass
from apps.helpcentre.errors import TooManyCodes, WrongCode
from apps.helpcentre.forms import CodeForm, EntryForm
from apps.helpcentre.sessions import private


@require_http_methods(["GET", "HEAD", "POST"])
@private
def start(request: HttpRequest) -> HttpResponse:
    """Ask for a code. The answer is the same whether or not there is such a request."""
    form = EntryForm(request.POST or None, initial={"number": request.GET.get("number", "")})
    context = {"form": form, "ended": "ended" in request.GET, "inside": _is_inside(request)}
    if request.method != "POST":
        return render(request, "helpcentre/start.html", context)
    if not form.is_valid():
        return render(request, "helpcentre/start.html", context, status=422)
    kind, address = form.cleaned_data["address"]
    try:
        asked = codes.ask_for_code(
            number=form.cleaned_data["number"],
            kind=kind,
            address=address,
            place=get_client_ip(request) or "",
            language=translation.get_language() or "",
        )
    except TooManyCodes as refusal:
        context["refusal"] = str(refusal)
        return render(request, "helpcentre/start.html", context, status=429)
    response = redirect("helpcentre:code")
    sessions.remember_asked(response, asked.pk)
    return response


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@private
def code(request: HttpRequest) -> HttpResponse:
    asked = sessions.asked_in(request)
    if asked is None:
        return redirect("helpcentre:start")
    form = CodeForm(request.POST or None)
    if request.method != "POST":
        return render(request, "helpcentre/code.html", {"form": form})
    if form.is_valid():
        try:
            visitor = codes.try_code(request_id=asked, code=form.cleaned_data["code"])
        except WrongCode as refusal:
            form.add_error("code", str(refusal))
        else:
            response = redirect("helpcentre:requests")
            sessions.begin(response, Pass(visitor.customer.pk))
            sessions.forget_asked(response)
            return response
    return render(request, "helpcentre/code.html", {"form": form}, status=422)


@require_safe
@private
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Come by a link: the token leaves the address at once, and nothing is changed.

    Every link that is over leads to the same page, whatever it named.
    """
    try:
        given = entering.read_link(token, at=timezone.now())
        visitor = entering.admit(given)
    except LinkOver:
        response = redirect("helpcentre:over")
    else:
        case = visitor.cases().get()
        response = redirect("helpcentre:request", case.number)
        held = sessions.visit_of(request)
        wider = held is not None and held.case_id is None
        if not (wider and held and held.customer_id == visitor.customer.pk):
            sessions.begin(response, given)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@private
def over(request: HttpRequest) -> HttpResponse:
    return render(request, "helpcentre/over.html", status=410)


@require_POST
@private
def leave(_request: HttpRequest) -> HttpResponse:
    response = redirect("helpcentre:start")
    sessions.end(response)
    return response


def _is_inside(request: HttpRequest) -> bool:
    return sessions.visit_of(request) is not None
