"""The page of somebody behind the scenes who was asked something and has no account."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from apps.cases.errors import CaseError
from apps.common.links import LinkOver
from apps.helpcentre.domain import answering
from apps.helpcentre.forms import AnswerForm
from apps.helpcentre.sessions import private
from apps.promises.domain import answer_inquiry
from apps.promises.errors import AlreadySettled, NoQuestion, PastTime
from apps.promises.models import Inquiry


@require_http_methods(["GET", "HEAD", "POST"])
@private
def inquiry(request: HttpRequest, token: str) -> HttpResponse:
    """Show the question and take the answer; every link that is over leads to the same page."""
    try:
        asked = answering.find(token, at=timezone.now())
    except LinkOver:
        return redirect("helpcentre:inquiry_over")
    with timezone.override(settings.TIME_ZONE):
        form = AnswerForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            taken = _take(asked, form)
            if taken is not None:
                return taken
        context = {"asked": asked, "form": form, "zone": settings.TIME_ZONE}
        status = 422 if form.errors else 200
        return render(request, "helpcentre/inquiry.html", context, status=status)


@require_safe
@private
def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "helpcentre/inquiry_thanks.html")


@require_safe
@private
def over(request: HttpRequest) -> HttpResponse:
    return render(request, "helpcentre/inquiry_over.html", status=410)


def _take(asked: Inquiry, form: AnswerForm) -> HttpResponse | None:
    """Where the answer leads, or None with what is wrong in the form."""
    values = form.cleaned_data
    try:
        answer_inquiry(
            inquiry_id=asked.pk,
            text=values["answer"],
            by=values["name"],
            restored_at=values["restored_at"],
        )
    except PastTime as refusal:
        form.add_error("restored_at", str(refusal))
    except NoQuestion as refusal:
        form.add_error("answer", str(refusal))
    except AlreadySettled:
        return redirect("helpcentre:inquiry_over")
    except CaseError as refusal:
        form.add_error(None, str(refusal))
    else:
        return redirect("helpcentre:inquiry_thanks")
    return None
