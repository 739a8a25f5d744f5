"""What a person is told of their cases, and how they want to be told."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.desk import notices
from apps.desk.access import DeskRequest, agent_required, require_press
from apps.desk.forms.notifications import ReadForm, WishForm
from apps.desk.views.people import show_profile
from apps.notifications import domain
from apps.notifications.models import Notification


@require_safe
@agent_required
def notifications(request: DeskRequest) -> HttpResponse:
    only_unread = request.GET.get("show") == "unread"
    after = request.GET.get("after", "")
    found = notices.find(request.user, only_unread=only_unread, after=after)
    part = "#more" if request.htmx and request.htmx.target != "notices" and after else ""
    context = {"section": "notifications", "notices": found, "after": after}
    return render(request, f"desk/notifications.html{part}", context)


@require_press("desk:notifications")
@agent_required
def read(request: DeskRequest, pk: int) -> HttpResponse:
    try:
        domain.mark_read(user=request.user, notification_id=pk)
    except Notification.DoesNotExist as error:
        raise Http404 from error
    return redirect("desk:notifications")


@require_press("desk:notifications")
@agent_required
def read_all(request: DeskRequest) -> HttpResponse:
    form = ReadForm(request.POST)
    until = form.cleaned_data["until"] if form.is_valid() else None
    domain.mark_all_read(user=request.user, until=until)
    messages.success(request, _("All marked as read."))
    return redirect("desk:notifications")


@require_safe
@agent_required
def desktop(request: DeskRequest, pk: int) -> HttpResponse:
    """What the leading tab shows outside its window; no content where nothing is to be shown."""
    shown = notices.for_desktop(request.user, pk)
    return JsonResponse(shown) if shown else HttpResponse(status=204)


@require_press("desk:profile")
@agent_required
def wish(request: DeskRequest) -> HttpResponse:
    form = WishForm(request.POST, user=request.user)
    if not form.is_valid():
        return show_profile(request, wish=form)
    with transaction.atomic():
        domain.change_wish(user=request.user, **form.wish)
        domain.mute(user=request.user, muted=form.muted)
    messages.success(request, _("Saved."))
    return redirect("desk:profile")
