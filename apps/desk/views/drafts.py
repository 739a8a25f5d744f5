from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.desk import drafts, newcases
from apps.desk.access import DeskRequest, agent_required, find_box, find_canned
from apps.desk.drafts import OtherWords
from apps.desk.forms.drafts import (
    CANNED,
    OF_CASE,
    OF_CUSTOMER,
    OF_PAGE,
    OF_PROMISE,
    DraftForm,
)
from apps.desk.uploads import Box
from apps.desk.views.remembering import find_kept
from apps.promises.models import Promise


@require_POST
@agent_required
def save(request: DeskRequest, number: str, composer: str) -> HttpResponse:
    """Save the words of a composer; answers with their version, or with those of another window."""
    if composer not in OF_CASE:
        raise Http404
    return _save(request, find_box(request, number, composer))


@require_POST
@agent_required
def save_new(request: DeskRequest, draft: UUID) -> HttpResponse:
    """The same for a mail that is to open a case."""
    return _save(request, newcases.box_of(request.user, str(draft)))


@require_POST
@agent_required
def save_page(request: DeskRequest, page: str) -> HttpResponse:
    """The same for a form of a page without a case."""
    if page not in OF_PAGE:
        raise Http404
    return _save(request, drafts.page_box(request.user, page))


@require_POST
@agent_required
def save_canned(request: DeskRequest, pk: int) -> HttpResponse:
    """The same for a canned reply that the person may change."""
    return _save(request, drafts.page_box(request.user, CANNED, find_canned(request, pk).pk))


@require_POST
@agent_required
def save_promise(request: DeskRequest, pk: int, page: str) -> HttpResponse:
    """The same for a panel about a promise that the person may change."""
    writable = Promise.objects.writable_by(request.user)
    if page not in OF_PROMISE or not writable.filter(pk=pk).exists():
        raise Http404
    return _save(request, drafts.page_box(request.user, page, pk))


@require_POST
@agent_required
def save_customer(request: DeskRequest, pk: int) -> HttpResponse:
    """The same for what is noted of a customer of whom the person may note something."""
    find_kept(request, pk)
    return _save(request, drafts.page_box(request.user, OF_CUSTOMER, pk))


def _save(request: DeskRequest, box: Box) -> HttpResponse:
    form = DraftForm(request.POST, composer=box.composer)
    if not form.is_valid():
        problems = [str(sentence) for found in form.errors.values() for sentence in found]
        return JsonResponse({"problem": " ".join(problems)}, status=422)
    values = form.cleaned_data
    if values["user"] != request.user.pk:
        sentence = _("Not saved: somebody else is logged in now. It is kept on this device.")
        return JsonResponse({"problem": sentence}, status=422)
    try:
        saved = drafts.save(box=box, words=values["words"], mark=form.mark)
    except OtherWords as other:
        there = {"version": other.draft.version, "words": other.draft.words}
        return JsonResponse(there, status=409)
    return JsonResponse({"version": saved.version})
