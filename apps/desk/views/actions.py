"""Changes of a case by one press or by a short form; each calls one verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.models import User
from apps.cases import domain
from apps.cases.errors import CaseError
from apps.cases.models import Case
from apps.cases.rules import can_restrict
from apps.desk import casepage
from apps.desk.access import (
    DeskRequest,
    agent_required,
    find_case,
    find_writable_case,
    require_press,
)
from apps.desk.forms.assigning import AssignForm
from apps.desk.forms.cases import (
    CloseForm,
    EditForm,
    FollowForm,
    ReopenForm,
    RestrictForm,
)
from apps.desk.views import drafting


@dataclass(frozen=True, slots=True)
class Panel:
    """A form below the case's header.

    One that takes files names where they go (``uploads``), one that takes prose where it is
    saved while it is written (``drafts``) and under which name (``composer``); ``kept`` is what
    waits there if it does not belong to the case as a whole. ``template`` lays
    the fields out where a plain list of them does not do.
    """

    title: str
    deed: str
    url: str
    form: Form
    uploads: str = ""
    drafts: str = ""
    template: str = ""
    composer: str = ""
    kept: str = ""

    @property
    def mark(self) -> str:
        """The field that says which words of its draft the form showed."""
        return self.form.add_prefix("drafted")


def _do(request: DeskRequest, number: str, verb: Callable[[], Any], said: str) -> HttpResponse:
    """Run a verb and show the case as it is then; a refusal is told in a sentence."""
    try:
        verb()
    except CaseError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, said)
    return casepage.show_changed(request, number)


@require_press("desk:inbox")
@agent_required
def take(request: DeskRequest, number: str) -> HttpResponse:
    case = find_writable_case(request, number)
    verb = lambda: domain.take_case(case_id=case.pk, actor=request.user)  # noqa: E731
    return _do(request, number, verb, _("The case is yours."))


@require_press("desk:inbox")
@agent_required
def resolve(request: DeskRequest, number: str) -> HttpResponse:
    case = find_writable_case(request, number)
    verb = lambda: domain.resolve_case(case_id=case.pk, actor=request.user)  # noqa: E731
    return _do(
        request, number, verb, _("Resolved. It closes when the customer says that it works.")
    )


@require_press("desk:inbox")
@agent_required
def confirm(request: DeskRequest, number: str) -> HttpResponse:
    case = find_writable_case(request, number)
    verb = lambda: domain.confirm_case(case_id=case.pk, actor=request.user)  # noqa: E731
    return _do(request, number, verb, _("Confirmed by the customer and closed."))


@require_press("desk:inbox")
@agent_required
def reopen(request: DeskRequest, number: str) -> HttpResponse:
    case = find_writable_case(request, number)
    form = ReopenForm(request.POST)
    why = form.cleaned_data["why"] if form.is_valid() else ""
    verb = lambda: domain.reopen_case(case_id=case.pk, actor=request.user, why=why)  # noqa: E731
    return _do(request, number, verb, _("The case is open again."))


@require_http_methods(["GET", "POST"])
@agent_required
def assign(request: DeskRequest, number: str) -> HttpResponse:
    case = find_writable_case(request, number)
    form = AssignForm(request.POST or None, case=case, user=request.user, to=_found(request))
    asks = form.data.get("ask_first")

    @transaction.atomic
    def verb(values: dict[str, Any]) -> None:
        ask_first, tell_customer = values.pop("ask_first"), values.pop("tell_customer")
        if ask_first:
            team = values["team"] if values["team"] != case.team else None
            whom: dict[str, Any] = {"to": values["owner"], "team": team, "note": values["note"]}
            domain.offer_case(
                case_id=case.pk, actor=request.user, tell_customer=tell_customer, **whom
            )
        else:
            domain.assign_case(case_id=case.pk, actor=request.user, **values)
        drafting.finish_in(request, case, "assign")

    said = _("Asked: the case stays where it is until they accept.") if asks else _("Passed on.")
    panel = Panel(
        _("Assign the case"),
        _("Assign"),
        reverse("desk:assign", args=[number]),
        form,
        template="desk/_assign.html",
        **drafting.of_case(case, "assign"),
    )
    return _panel(request, case, panel, verb, said)


def _found(request: DeskRequest) -> User | None:
    """A colleague whom the person chose among those who can help."""
    key = casepage.read_key(request.GET.get("to"))
    return User.objects.filter(pk=key, is_active=True).first() if key else None


@require_http_methods(["GET", "POST"])
@agent_required
def close(request: DeskRequest, number: str) -> HttpResponse:
    case = find_writable_case(request, number)
    form = CloseForm(request.POST or None)

    def verb(values: dict[str, Any]) -> None:
        domain.close_case(case_id=case.pk, actor=request.user, outcome=values["outcome"])

    panel = Panel(_("Close the case"), _("Close"), reverse("desk:close", args=[number]), form)
    return _panel(request, case, panel, verb, _("Closed."))


@require_http_methods(["GET", "POST"])
@agent_required
def edit(request: DeskRequest, number: str) -> HttpResponse:
    case = find_writable_case(request, number)
    form = EditForm(request.POST) if request.method == "POST" else EditForm.of(case)

    @transaction.atomic
    def verb(_values: dict[str, Any]) -> None:
        domain.update_case(case_id=case.pk, actor=request.user, **form.wanted())
        drafting.finish_in(request, case, "edit")

    address = reverse("desk:edit", args=[number])
    panel = Panel(_("Edit the case"), _("Save"), address, form, **drafting.of_case(case, "edit"))
    return _panel(request, case, panel, verb, _("Saved."))


@require_http_methods(["GET", "POST"])
@agent_required
def restrict(request: DeskRequest, number: str) -> HttpResponse:
    case = find_writable_case(request, number)
    if not can_restrict(request.user, case):
        raise Http404
    form = RestrictForm(request.POST or None, initial=_named(case))
    if request.method == "POST":
        form = RestrictForm(request.POST)

    def verb(values: dict[str, Any]) -> None:
        domain.restrict_case(case_id=case.pk, actor=request.user, **values)

    panel = Panel(
        _("Who may see this case"), _("Save"), reverse("desk:restrict", args=[number]), form
    )
    return _panel(request, case, panel, verb, _("Saved."))


@require_http_methods(["GET", "POST"])
@agent_required
def follow(request: DeskRequest, number: str) -> HttpResponse:
    case = find_case(request, number)
    form = FollowForm(request.POST or None)

    def verb(values: dict[str, Any]) -> None:
        domain.follow_case(case_id=case.pk, actor=request.user, follower=values["follower"])

    panel = Panel(
        _("Let a colleague follow"), _("Add"), reverse("desk:follow", args=[number]), form
    )
    return _panel(request, case, panel, verb, _("Your colleague follows the case."))


def _panel(
    request: DeskRequest,
    case: Case,
    panel: Panel,
    verb: Callable[[dict[str, Any]], None],
    said: str,
) -> HttpResponse:
    """Show a panel, or run its verb; what cannot be done stands in the form, as typed."""
    status = 200
    if request.method == "POST":
        status = 422
        if panel.form.is_valid():
            try:
                verb(panel.form.cleaned_data)
            except CaseError as refusal:
                panel.form.add_error(None, str(refusal))
            except ValidationError as error:
                panel.form.add_error(None, error)
            else:
                messages.success(request, said)
                return casepage.show_changed(request, case.number)
    found = find_case(request, case.number)
    return casepage.show_part(request, found, "panel", status=status, panel=panel)


def _named(case: Case) -> dict[str, list[int]]:
    grants = list(case.grants.all())
    return {
        "users": [grant.user_id for grant in grants if grant.user_id],
        "teams": [grant.team_id for grant in grants if grant.team_id],
    }
