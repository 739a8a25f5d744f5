from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.desk import queues
from apps.desk.access import DeskRequest, agent_required
from apps.desk.forms.lists import read_choice


@require_safe
@agent_required
def home(_request: DeskRequest) -> HttpResponse:
    return redirect("desk:today")


@require_safe
@agent_required
def inbox(request: DeskRequest) -> HttpResponse:
    if request.htmx and request.htmx.target == "rail-rooms":
        section = request.GET.get("section", "")
        return render(request, "desk/_rooms.html", {"section": section, "oob": True})
    queue = queues.build(request.user, read_choice(request.GET))
    context = {"section": "inbox", "queue": queue}
    if request.htmx and request.htmx.target == "rows":
        return render(request, "desk/_rows.html", context | {"oob": True})
    if request.htmx and not request.htmx.boosted:
        return render(request, "desk/_list.html#more", context)
    return render(request, "desk/inbox.html", context)
