from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from apps.desk import findings
from apps.desk import palette as commands
from apps.desk.access import DeskRequest, agent_required
from apps.desk.forms.search import MAX_QUERY, SearchForm


@require_safe
@agent_required
def search(request: DeskRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    form.full_clean()
    asked = form.cleaned_data
    text = asked.get("q") or ""
    found = None
    if text.strip():
        found = findings.find(
            request.user, text, source=asked.get("in") or "", after=asked.get("after") or ""
        )
    too_long = form.errors.get("q")
    context = {
        "section": "search",
        "query_text": text or request.GET.get("q", "")[:MAX_QUERY],
        "found": found,
        "problem": too_long[0] if too_long else "",
    }
    if request.htmx and not request.htmx.boosted:
        return render(request, "desk/search.html#hits", context)
    return render(request, "desk/search.html", context)


@require_safe
@agent_required
def palette(request: DeskRequest) -> HttpResponse:
    """What fits the words, to choose from by keyboard; the search page without scripts."""
    typed = request.GET.get("q", "")[:MAX_QUERY].strip()
    if not request.htmx:
        return redirect(f"{reverse('desk:search')}?{urlencode({'q': typed})}")
    context = {"groups": commands.find(request.user, typed)}
    return render(request, "desk/_palette.html", context)
