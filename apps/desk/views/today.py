from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.desk import today as page
from apps.desk.access import DeskRequest, agent_required


@require_safe
@agent_required
def today(request: DeskRequest) -> HttpResponse:
    context = {"section": "today", "today": page.build(request.user)}
    part = "#body" if request.htmx and request.htmx.target == "today" else ""
    return render(request, f"desk/today.html{part}", context)
