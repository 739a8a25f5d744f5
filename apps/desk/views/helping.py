"""Who can help with what; one's own skills, and those that a lead confirms."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts import domain as accounts
from apps.accounts.errors import AccountError
from apps.accounts.models import PersonSkill
from apps.cases.models import Case
from apps.desk import helping
from apps.desk.access import DeskRequest, agent_required, require_press
from apps.desk.forms.helping import ConfirmForm, HelpForm, SkillForm
from apps.desk.views.people import show_profile


@require_safe
@agent_required
def who_can_help(request: DeskRequest) -> HttpResponse:
    """Colleagues by skill; with a case that the person may change, whom to hand it to."""
    form = HelpForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    skill, words = asked.get("skill"), asked.get("q", "")
    found = helping.find(request.user, words=words, skill=skill.pk if skill else None)
    writable = Case.objects.writable_by(request.user).standing()
    context = {
        "section": "helping",
        "form": form,
        "words": words,
        "skill": skill,
        "helpers": found,
        "case": writable.by_number(asked.get("case", "")).first(),
    }
    return render(request, "desk/who_can_help.html", context, status=422 if form.errors else 200)


@require_press("desk:profile")
@agent_required
def add_skill(request: DeskRequest) -> HttpResponse:
    form = SkillForm(request.POST)
    if not form.is_valid():
        return show_profile(request, skill=form)
    skill, level = form.cleaned_data["skill"], form.cleaned_data["level"]
    accounts.declare_skill(user=request.user, skill_id=skill.pk, level=level)
    messages.success(request, _("Noted: colleagues find you by it."))
    return redirect(reverse("desk:profile") + "#skills")


@require_press("desk:profile")
@agent_required
def drop_skill(request: DeskRequest, pk: int) -> HttpResponse:
    try:
        accounts.drop_skill(user=request.user, held_id=pk)
    except PersonSkill.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Removed."))
    return redirect(reverse("desk:profile") + "#skills")


@require_press("desk:who_can_help")
@agent_required
def confirm_skill(request: DeskRequest, pk: int) -> HttpResponse:
    try:
        accounts.confirm_skill(held_id=pk, actor=request.user)
    except (PersonSkill.DoesNotExist, AccountError) as error:
        raise Http404 from error
    messages.success(request, _("Confirmed."))
    form = ConfirmForm(request.POST)
    back = form.cleaned_data if form.is_valid() else {}
    query = urlencode({name: value for name, value in back.items() if value})
    return redirect(f"{reverse('desk:who_can_help')}?{query}")
