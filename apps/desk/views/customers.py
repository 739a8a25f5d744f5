from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.cases.models import Case
from apps.customers.models import Customer
from apps.desk.access import DeskRequest, agent_required
from apps.desk.recipients import addresses
from apps.desk.rows import make_rows

SHOWN = 50


@require_safe
@agent_required
def customer(request: DeskRequest, pk: int) -> HttpResponse:
    """A customer with those of their cases that the person may read."""
    customers = Customer.objects.visible_to(request.user).with_identities()
    found = customers.filter(pk=pk).first()
    if found is None:
        raise Http404
    known = Customer.objects.identities_visible_to(request.user).filter(pk=pk).exists()
    cases = Case.objects.visible_to(request.user).filter(customer=found)
    cases = cases.select_related("customer__organisation", "owner")
    page = Paginator(cases.order_by("-last_activity_at", "-pk"), SHOWN).get_page(
        request.GET.get("page")
    )
    context = {
        "section": "search",
        "customer": found,
        "name": found.display_name(masked=not known),
        "known": known,
        "identities": addresses(found, known=known),
        "page": page,
        "rows": list(zip(page, make_rows(page, None, request.user), strict=True)),
    }
    return render(request, "desk/customer.html", context)
