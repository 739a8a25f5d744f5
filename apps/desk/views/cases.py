from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from apps.cases.hearing import PRESENCE
from apps.cases.rules import can_write
from apps.desk import casepage, conversation, remembered
from apps.desk.access import DeskRequest, agent_required, find_case
from apps.desk.forms.colleagues import Doing, DoingForm
from apps.live import domain as live
from apps.notifications.domain import mark_case_read


@require_safe
@agent_required
def case(request: DeskRequest, number: str) -> HttpResponse:
    found = find_case(request, number)
    before = casepage.read_key(request.GET.get("before"))
    if request.htmx and before and not request.htmx.boosted:
        writable = can_write(request.user, found)
        keeps = writable and remembered.may_keep(found, request.user)
        keep = conversation.keep_at(found) if keeps else ""
        story = conversation.page(found, request.user, before, keep=keep)
        context = {"story": story, "base": request.path, "writable": writable}
        return render(request, "desk/_case.html#story", context)
    if request.htmx and request.htmx.target == "thread":
        return casepage.show_live(request, found)
    return casepage.show(request, found)


@require_http_methods(["GET", "POST"])
@agent_required
def colleagues(request: DeskRequest, number: str) -> HttpResponse:
    """Say whether one looks at a case, writes in it or left it; see which colleagues do.

    Whoever looks at it has read what they were told of it.
    """
    found = find_case(request, number)
    here: dict[str, Any] = {"topic": PRESENCE, "object_id": found.pk, "user": request.user}
    now = timezone.now()
    if request.method == "POST":
        form = DoingForm(request.POST)
        doing = form.cleaned_data["doing"] if form.is_valid() else Doing.VIEWING
        if doing == Doing.GONE:
            live.leave(**here)
            return HttpResponse(status=204)
        live.arrive(**here, typing=doing == Doing.TYPING, at=now)
        mark_case_read(user=request.user, case_id=found.pk)
    base = reverse("desk:case", args=[found.number])
    context = {"case": found, "base": base, "colleagues": live.others(**here, at=now)}
    return render(request, "desk/_colleagues.html", context)
