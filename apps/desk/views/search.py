from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from apps.desk import findings
from apps.desk import palette as commands
from apps.desk.access import DeskRequest, agent_required, require_press
from apps.desk.forms.search import MAX_QUERY, SearchForm
from apps.search.domain import forget, recent, remember
from apps.search.models import RecentSearch


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
        "examples": findings.EXAMPLES,
    }
    if request.htmx and not request.htmx.boosted:
        return render(request, "desk/search.html#hits", context)
    if found and not found.problems and _is_meant(request):
        remember(user=request.user, typed=text.strip())
    return render(request, "desk/search.html", context | {"recent": recent(request.user)})


def _is_meant(request: DeskRequest) -> bool:
    """A search of the person's own: not one that a foreign page or a browser ahead asks for."""
    ahead = "Sec-Purpose" in request.headers
    return not ahead and request.headers.get("Sec-Fetch-Site", "") != "cross-site"


@require_press("desk:search")
@agent_required
def forget_search(request: DeskRequest, pk: int | None = None) -> HttpResponse:
    """Forget one of one's last searches, or all of them."""
    try:
        forget(user=request.user, search_id=pk)
    except RecentSearch.DoesNotExist as error:
        raise Http404 from error
    return redirect("desk:search")


@require_safe
@agent_required
def palette(request: DeskRequest) -> HttpResponse:
    """What fits the words, to choose from by keyboard; the search page without scripts."""
    typed = request.GET.get("q", "")[:MAX_QUERY].strip()
    if not request.htmx:
        return redirect(f"{reverse('desk:search')}?{urlencode({'q': typed})}")
    context = {"groups": commands.find(request.user, typed)}
    return render(request, "desk/_palette.html", context)
