from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.cases.errors import CaseError
from apps.channels.errors import ChannelError
from apps.customers.enums import IdentityKind
from apps.desk import newcases
from apps.desk.access import DeskRequest, agent_required
from apps.desk.forms.newcase import NewCaseForm


@require_http_methods(["GET", "POST"])
@agent_required
def new_case(request: DeskRequest) -> HttpResponse:
    if request.method == "GET":
        form = NewCaseForm(
            user=request.user, initial={"key": uuid.uuid4().hex, "address_kind": IdentityKind.PHONE}
        )
        return _page(request, form, 200)
    form = NewCaseForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            first = newcases.start_case(actor=request.user, values=form.cleaned_data)
        except (CaseError, ChannelError) as refusal:
            form.add_error(None, str(refusal))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("desk:case", first.case.number) if first else redirect("desk:inbox")
    return _page(request, form, 422)


def _page(request: DeskRequest, form: NewCaseForm, status: int) -> HttpResponse:
    return render(request, "desk/new_case.html", {"section": "inbox", "form": form}, status=status)
