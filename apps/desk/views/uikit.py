from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.desk import uikit
from apps.desk.access import DeskRequest, agent_required


@require_safe
@agent_required
def components(request: DeskRequest) -> HttpResponse:
    """Every component in every state, for developers: there is no such page without DEBUG."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "desk/uikit.html", {"section": "uikit"} | uikit.build(request.user))
