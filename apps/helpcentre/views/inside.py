"""The customer's own requests."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from apps.cases.files import discard, stored
from apps.cases.models import Case
from apps.helpcentre import cards, greeting, owed, sessions, steps
from apps.helpcentre.domain import entering, writing
from apps.helpcentre.domain.entering import Pass
from apps.helpcentre.enums import STATES, Standing
from apps.helpcentre.errors import NotYours
from apps.helpcentre.forms import NotYetForm, WordsForm
from apps.helpcentre.sessions import HelpRequest, visitor_required

type Found = Callable[..., HttpResponse]
MAX_LISTED = 50


def own_request(view: Found) -> Found:
    """Give a view the case instead of its number; another's is answered as one that is not."""

    @wraps(view)
    def found(request: HelpRequest, number: str, **kwargs: Any) -> HttpResponse:
        try:
            case = request.visitor.find(number)
            return view(request, case, **kwargs)
        except NotYours:
            return render(request, "helpcentre/nothing.html", status=404)

    return found


@require_safe
@visitor_required
def requests(request: HelpRequest) -> HttpResponse:
    """What this customer has asked us, the latest first; one is shown at once."""
    found = list(request.visitor.cases().order_by("-last_activity_at", "-pk")[:MAX_LISTED])
    if request.visitor.case_id is not None and found:
        return redirect("helpcentre:request", found[0].number)
    context = {
        "greeting": greeting.of(request.visitor.customer),
        "rows": [(case, *standing_of(case)) for case in found],
    }
    return render(request, "helpcentre/requests.html", context)


@require_safe
@visitor_required
@own_request
def request_page(request: HelpRequest, case: Case) -> HttpResponse:
    if request.resolver_match and request.resolver_match.kwargs["number"] != case.number:
        return redirect("helpcentre:request", case.number)
    return show(request, case)


@require_http_methods(["GET", "HEAD", "POST"])
@visitor_required
@own_request
def write(request: HelpRequest, case: Case) -> HttpResponse:
    """Take the customer's words; what was typed comes back where something is wrong with it."""
    if request.method != "POST":
        return redirect("helpcentre:request", case.number)
    form = WordsForm(request.POST, request.FILES)
    if not form.is_valid():
        return show(request, case, words=form)
    with stored(form.cleaned_data["attachments"]) as kept:
        place, new = writing.write(
            visitor=request.visitor,
            case_id=case.pk,
            text=form.cleaned_data["text"],
            key=form.cleaned_data["key"],
            attachments=kept,
        )
        if not new:
            discard(kept)
    if new:
        messages.success(request, _("Thank you. Your message is with us."))
    return _go_on(request, case, place)


@require_http_methods(["GET", "HEAD", "POST"])
@visitor_required
@own_request
def works(request: HelpRequest, case: Case) -> HttpResponse:
    """ "Yes, it works": the request is closed, unless we still owe something."""
    if request.method == "POST":
        left = writing.confirm(visitor=request.visitor, case_id=case.pk)
        messages.success(request, _thanks(case, left))
    return redirect("helpcentre:request", case.number)


@require_http_methods(["GET", "HEAD", "POST"])
@visitor_required
@own_request
def not_yet(request: HelpRequest, case: Case) -> HttpResponse:
    """ "Not yet": the words of the customer take the request up again."""
    if request.method != "POST":
        return redirect("helpcentre:request", case.number)
    form = NotYetForm(request.POST)
    if not form.is_valid():
        return show(request, case, refused=form)
    place, new = writing.write(
        visitor=request.visitor,
        case_id=case.pk,
        text=form.cleaned_data["text"],
        key=form.cleaned_data["key"],
    )
    if new:
        messages.success(request, _("Thank you for telling us. We go on with it."))
    return _go_on(request, case, place)


@require_safe
@visitor_required
@own_request
def file(_request: HelpRequest, case: Case, pk: int) -> HttpResponse:
    """A file of a message that the customer sees: to keep, never as a page of ours."""
    shown = {one.pk: one for step in steps.words(case) for one in step.files}
    if pk not in shown:
        raise NotYours
    try:
        with shown[pk].file.open("rb") as opened:
            body = opened.read()
    except FileNotFoundError as error:
        raise NotYours from error
    disposition = content_disposition_header(as_attachment=True, filename=shown[pk].name)
    headers = {
        "Content-Disposition": disposition or "attachment",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(body, content_type="application/octet-stream", headers=headers)


def show(
    request: HelpRequest,
    case: Case,
    *,
    words: WordsForm | None = None,
    refused: NotYetForm | None = None,
) -> HttpResponse:
    """The page of a request, with the form that comes back to be mended."""
    more = request.visitor.case_id is None
    context = page_of(case) | {
        "words": words or WordsForm(),
        "not_yet": refused or NotYetForm(),
        "has_more": more,
    }
    status = 422 if words or refused else 200
    return render(request, "helpcentre/request.html", context, status=status)


def page_of(case: Case) -> dict[str, Any]:
    """All that a request's page says of it, whoever looks at it."""
    words, state = standing_of(case)
    shown = cards.of(case)
    called = any(one.context.get("call") for one in shown)
    return {
        "case": case,
        "greeting": greeting.of(case.customer),
        "cards": shown,
        "steps": steps.of(case),
        "standing": words,
        "state": state,
        "asks": case.status != Standing.CLOSED,
        "offered": case.status == Standing.RESOLVED,
        "owner": case.owner.name if case.owner else "",
        "zone": greeting.foreign_zone(case.customer),
        "can_book": case.status != Standing.CLOSED and not called,
    }


def standing_of(case: Case) -> tuple[str, str]:
    """How a request stands, in words and as a colour."""
    standing = Standing(case.status)
    return str(standing.label), STATES[standing]


def _go_on(request: HelpRequest, case: Case, place: Case) -> HttpResponse:
    response = redirect("helpcentre:request", place.number)
    if place.pk != case.pk and request.visit.case_id is not None:  # a later case began
        serial = entering.serial_of(place.pk)
        sessions.begin(response, Pass(place.customer_id, place.pk, serial))
    return response


def _thanks(case: Case, left: list[str]) -> str:
    """``left`` is what keeps the request open, in words for colleagues: some is ours alone."""
    if not left:
        return _("Thank you. We are glad that it works.")
    told = "; ".join(owed.sentence(one) for one in owed.owed(case))
    if told:
        return _(
            "Thank you, we are glad that it works. Your request stays open until we have done"
            " what we promised: %(promises)s."
        ) % {"promises": told}
    return ngettext(
        "Thank you. We still owe you one thing, so your request stays open until it is done.",
        "Thank you. We still owe you %(count)d things, so your request stays open until they"
        " are done.",
        len(left),
    ) % {"count": len(left)}
