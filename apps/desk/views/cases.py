from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.cases.rules import can_write
from apps.desk import casepage, conversation
from apps.desk.access import DeskRequest, agent_required, find_case


@require_safe
@agent_required
def case(request: DeskRequest, number: str) -> HttpResponse:
    found = find_case(request, number)
    before = casepage.read_key(request.GET.get("before"))
    if request.htmx and before and not request.htmx.boosted:
        story = conversation.page(found, request.user, before)
        context = {"story": story, "base": request.path, "writable": can_write(request.user, found)}
        return render(request, "desk/_case.html#story", context)
    return casepage.show(request, found)
