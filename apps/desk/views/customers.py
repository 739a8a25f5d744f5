from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.cases.models import Case
from apps.customers import domain, twins
from apps.customers.errors import CustomerError
from apps.customers.models import Customer
from apps.desk import customerlist, remembered
from apps.desk.access import DeskRequest, agent_required, require_press
from apps.desk.forms.merging import MergeCustomerForm
from apps.desk.forms.search import MAX_QUERY, SearchForm
from apps.desk.recipients import addresses
from apps.desk.rows import make_rows

SHOWN = 50


@require_safe
@agent_required
def customers(request: DeskRequest) -> HttpResponse:
    """Everybody whom we know, or those who fit ``?q=``; further pages come by key."""
    form = SearchForm(request.GET)
    form.full_clean()
    typed, after = form.cleaned_data.get("q", ""), form.cleaned_data.get("after", "")
    problems: list[Any] = list(form.errors.get("q", []))
    context = {
        "section": "customers",
        "typed": typed or request.GET.get("q", "")[:MAX_QUERY],
        "after": after,
        "problem": problems[0] if problems else "",
        "customers": customerlist.find(request.user, text=typed, after=after),
    }
    part = ("#rows" if after else "#list") if request.htmx else ""
    return render(request, f"desk/customers.html{part}", context)


@require_safe
@agent_required
def customer(request: DeskRequest, pk: int) -> HttpResponse:
    """A customer with those of their cases that the person may read."""
    return _show(request, _find(request, pk))


@require_press("desk:customers")
@agent_required
def merge(request: DeskRequest, pk: int) -> HttpResponse:
    """Let another customer go on as this one."""
    into = _find(request, pk)
    if not _is_known(request, into):
        raise Http404
    form = MergeCustomerForm(request.POST, customer=into, user=request.user)
    if form.is_valid():
        other: Customer = form.cleaned_data["customer"]
        try:
            domain.merge_customer(customer_id=other.pk, into_id=into.pk, actor=request.user)
        except CustomerError as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("One customer now. Cases and addresses of both stand here.")
            messages.success(request, said, extra_tags=f"part-{other.pk}")
            return redirect("desk:customer", into.pk)
    return _show(request, into, status=422, form=form)


@require_press("desk:customers")
@agent_required
def unmerge(request: DeskRequest, pk: int) -> HttpResponse:
    """Take back that a customer goes on as another one."""
    found = _find(request, pk)
    if not _is_known(request, found):
        raise Http404
    try:
        domain.unmerge_customer(customer_id=pk, actor=request.user)
    except CustomerError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("The merge is undone."))
    return redirect("desk:customer", pk)


def _find(request: DeskRequest, pk: int) -> Customer:
    customers = Customer.objects.visible_to(request.user).with_identities()
    found = customers.filter(pk=pk).select_related("organisation", "merged_into").first()
    if found is None:
        raise Http404
    return found


def _is_known(request: DeskRequest, customer: Customer) -> bool:
    """Whether the person may read the customer's addresses."""
    readable = Customer.objects.identities_visible_to(request.user)
    return readable.filter(pk=customer.pk).exists()


def _show(
    request: DeskRequest, found: Customer, *, status: int = 200, **extra: Any
) -> HttpResponse:
    known = _is_known(request, found)
    cases = Case.objects.visible_to(request.user).standing().filter(customer=found)
    cases = cases.select_related("customer__organisation", "owner")
    page = Paginator(cases.order_by("-last_activity_at", "-pk"), SHOWN).get_page(
        request.GET.get("page")
    )
    holds, forgotten = remembered.of_customer(found, request.user) if known else ([], [])
    context = {
        "section": "customers",
        "remembered": holds,
        "forgotten": forgotten,
        "keeps": known and Customer.objects.kept_by(request.user).filter(pk=found.pk).exists(),
        "customer": found,
        "name": found.display_name(masked=not known),
        "known": known,
        "identities": addresses(found, known=known),
        "twins": twins.find(found, request.user) if known else [],
        "form": MergeCustomerForm(customer=found, user=request.user),
        "page": page,
        "rows": list(zip(page, make_rows(page, None, request.user), strict=True)),
    }
    return render(request, "desk/customer.html", context | extra, status=status)
