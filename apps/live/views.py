"""What a page asks when its stream is blocked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.rules import works_here
from apps.live.domain.tailing import replay
from apps.live.reading import read_place, write_place


@require_safe
@never_cache
def poll(request: HttpRequest) -> HttpResponse:
    """The events since ``after`` that this person may know of, as the stream tells them."""
    if not works_here(request.user):
        return HttpResponse(status=401)
    missed = replay(request.user.pk, read_place(request.GET.get("after", "")))
    told = [f"{event.topic} {event.object_id}" for event in missed.events]
    return JsonResponse(
        {"last": write_place(missed.last), "events": ["reset"] if missed.reset else told}
    )


@require_safe
@never_cache
def no_stream(_request: HttpRequest) -> HttpResponse:
    """The stream's address where no ASGI server stands before Django: pages poll instead."""
    return HttpResponse(status=204)
