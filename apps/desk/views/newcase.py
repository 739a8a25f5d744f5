from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from apps.cases.enums import Channel
from apps.cases.errors import CaseError
from apps.cases.models import Interaction
from apps.channels import registry
from apps.channels.domain import can_format
from apps.channels.errors import ChannelError
from apps.customers.enums import IdentityKind
from apps.customers.models import Identity
from apps.desk import canned, drafts, newcases
from apps.desk.access import DeskRequest, agent_required
from apps.desk.drafts import Mark
from apps.desk.forms.newcase import NewCaseForm
from apps.desk.models import Submission
from apps.desk.submissions import is_done
from apps.desk.telling import tell, when_it_leaves
from apps.desk.views.composing import keep_files


@require_safe
@agent_required
def new_case(request: DeskRequest) -> HttpResponse:
    """Each new case has an address of its own, so that a reload loses nothing of it."""
    return redirect(_carrying(request, reverse("desk:begin", args=[uuid.uuid4()])))


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def begin(request: DeskRequest, draft: uuid.UUID) -> HttpResponse:
    key = str(draft)
    box = newcases.box_of(request.user, key)
    if is_done(user=request.user, key=key):
        drafts.finish(box=box, mark=Mark.parse(request.POST.get("new-drafted", "")))
        return _on_to_case(request, key)
    if request.method != "POST":
        begun = newcases.typed_before(request.user, key) or _addressed(request)
        form = NewCaseForm(initial=begun | {"key": key}, user=request.user, waiting=box.waiting())
        if chosen := request.GET.get("canned"):
            canned.begin_with(form, newcases.offers(request.user, request.GET), chosen)
        return _page(request, draft, form, 200)
    data = request.POST.copy()
    data["new-key"] = key
    form = NewCaseForm(data, request.FILES, user=request.user, waiting=box.waiting())
    if form.is_valid():
        try:
            first = newcases.start_case(actor=request.user, values=form.cleaned_data)
        except (CaseError, ChannelError) as refusal:
            form.add_error(None, str(refusal))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            _tell(request, first, form.cleaned_data)
            return _on_to_case(request, key)
    keep_files(request, form, box)
    return _page(request, draft, form, 422)


def _tell(request: DeskRequest, first: Interaction | None, values: dict[str, Any]) -> None:
    if registry.has(values["channel"]):
        said = when_it_leaves(values["later"])
        tell(request, first, said, to=[values["address"], *values["cc"]])


def _on_to_case(request: DeskRequest, key: str) -> HttpResponse:
    sent = Submission.objects.filter(user=request.user, key=key).select_related("case").first()
    return redirect("desk:case", sent.case.number) if sent and sent.case else redirect("desk:inbox")


def _addressed(request: DeskRequest) -> dict[str, Any]:
    """A mail to the customer that the page before named, if the person may read the address."""
    customer = newcases.named(request.user, request.GET.get("customer", ""))
    identities = Identity.objects.filter(customer=customer, kind=IdentityKind.EMAIL)
    identity = identities.order_by("bad_since", "pk").first() if customer else None
    if customer and identity:
        address = {"address_kind": IdentityKind.EMAIL, "address": identity.value}
        return {"channel": Channel.EMAIL, "name": customer.name, **address}
    if "canned" in request.GET:  # only a mail takes one
        return {"channel": Channel.EMAIL, "address_kind": IdentityKind.EMAIL}
    return {"address_kind": IdentityKind.PHONE}


def _carrying(request: DeskRequest, address: str) -> str:
    """An address that hands on for which customer the case is."""
    asked = {key: request.GET[key] for key in ("customer",) if key in request.GET}
    return f"{address}?{urlencode(asked)}" if asked else address


def _page(request: DeskRequest, draft: uuid.UUID, form: NewCaseForm, status: int) -> HttpResponse:
    box = newcases.box_of(request.user, str(draft))
    context = {
        "section": "inbox",
        "drafts": reverse("desk:begin_draft", args=[draft]),
        "kept": drafts.of_box(box),
        "unfinished": drafts.unfinished(request.user, but=str(draft)),
        "form": form,
        "uploads": reverse("desk:begin_uploads", args=[draft]),
        "waiting": list(box.waiting()),
        "can_format": can_format(Channel.EMAIL),
        "canned": _carrying(request, reverse("desk:begin_canned", args=[draft])),
    }
    return render(request, "desk/new_case.html", context, status=status)
