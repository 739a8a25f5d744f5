"""What we remember of customers: noting it from any message, confirming and retiring it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.cases.models import Case
from apps.customers import domain
from apps.customers.domain.remembering import MAX_TEXT
from apps.customers.errors import CustomerError
from apps.customers.models import Customer, Preference
from apps.desk import casepage, drafts
from apps.desk.access import (
    DeskRequest,
    agent_required,
    find_case,
    find_writable_case,
    require_press,
)
from apps.desk.forms.drafts import OF_CUSTOMER
from apps.desk.forms.remembering import DeedForm, RememberForm
from apps.desk.uploads import Box
from apps.desk.views import drafting
from apps.desk.views.actions import Panel

FIELDS = {"value": "kind"}  # where a refusal of the verb stands, if not at its own name


@require_http_methods(["GET", "POST"])
@agent_required
def remember(request: DeskRequest, number: str) -> HttpResponse:
    """Note something in a case, as a panel; the customer must be open to the person, too."""
    case = find_writable_case(request, number)
    find_kept(request, case.customer_id)
    form = _form(request)
    if _note(request, form, case.customer_id, Box(request.user, "remember", case)):
        messages.success(request, _("Remembered."))
        return casepage.show_changed(request, case.number)
    panel = Panel(
        _("What we shall remember of this customer"),
        _("Remember"),
        reverse("desk:remember", args=[case.number]),
        form,
        template="desk/_remember.html",
        **drafting.of_case(case, "remember"),
    )
    found = find_case(request, case.number)
    status = 422 if form.errors else 200
    return casepage.show_part(request, found, "panel", status=status, panel=panel)


@require_http_methods(["GET", "POST"])
@agent_required
def remember_customer(request: DeskRequest, pk: int) -> HttpResponse:
    """Note something on a page of its own."""
    customer = find_kept(request, pk)
    form = _form(request)
    box = drafts.page_box(request.user, OF_CUSTOMER, pk)
    if _note(request, form, pk, box):
        messages.success(request, _("Remembered."))
        return redirect("desk:customer", pk)
    context = {
        "section": "search",
        "customer": customer,
        "form": form,
        "kept": drafts.of_page(box),
    }
    return render(request, "desk/remember.html", context, status=422 if form.errors else 200)


@require_press("desk:search")
@agent_required
def preference(request: DeskRequest, pk: int, deed: str) -> HttpResponse:
    """Confirm or retire a line; on a case's page only the pane of the customer changes."""
    found = Preference.objects.filter(pk=pk).select_related("customer").first()
    if found is None or deed not in DEEDS:
        raise Http404
    find_kept(request, found.customer_id)
    form = DeedForm(request.POST)
    values = form.cleaned_data if form.is_valid() else {"case": "", "why": ""}
    refused = ""
    try:
        DEEDS[deed](pk, request, values["why"])
    except CustomerError as refusal:
        refused = str(refusal)
    case = Case.objects.visible_to(request.user).by_number(values["case"]).first()
    if case is not None and request.htmx and not refused:
        return casepage.show_part(request, find_case(request, case.number), "side")
    if refused:
        messages.warning(request, refused)
    else:
        messages.success(request, _SAID[deed]())
    if case is not None:
        return casepage.show_changed(request, case.number)
    return redirect("desk:customer", found.customer_id)


def _confirm(pk: int, request: DeskRequest, _why: str) -> None:
    domain.confirm_preference(preference_id=pk, actor=request.user)


def _retire(pk: int, request: DeskRequest, why: str) -> None:
    domain.retire_preference(preference_id=pk, actor=request.user, why=why)


DEEDS: dict[str, Callable[[int, DeskRequest, str], None]] = {
    "confirm": _confirm,
    "retire": _retire,
}
_SAID: dict[str, Callable[[], str]] = {
    "confirm": lambda: _("Confirmed: it still holds."),
    "retire": lambda: _("Retired: it acts no longer."),
}


def _form(request: DeskRequest) -> RememberForm:
    """The form as it was sent, or as a link fills it: from which message, with which words."""
    if request.method == "POST":
        return RememberForm(request.POST)
    words = " ".join(request.GET.get("text", "").split())[:MAX_TEXT]
    return RememberForm(initial={"text": words, "source": request.GET.get("source", "")})


def _note(request: DeskRequest, form: RememberForm, customer_id: int, box: Box) -> bool:
    """Whether what was sent is noted now; what cannot be done stands in the form."""
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            domain.note_preference(customer_id=customer_id, actor=request.user, **form.values())
            drafting.finish(request, box)
    except CustomerError as refusal:
        form.add_error(None, str(refusal))
    except ValidationError as error:
        _add_errors(form, error)
    return not form.errors


def _add_errors(form: RememberForm, error: ValidationError) -> None:
    fields: dict[str | None, Any] = getattr(error, "error_dict", None) or {None: error}
    for name, errors in fields.items():
        field = FIELDS.get(name, name) if name else None
        form.add_error(field if field != "source" else None, errors)


def find_kept(request: DeskRequest, pk: int) -> Customer:
    """A customer of whom the person may change what is remembered; else 404."""
    known = Customer.objects.visible_to(request.user).kept_by(request.user).with_identities()
    found = known.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
