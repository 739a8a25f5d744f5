from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.cases.models import Case
from apps.desk import uploads
from apps.desk.access import DeskRequest, agent_required, find_box
from apps.desk.contents import VIEWABLE, sniff
from apps.desk.models import Upload
from apps.desk.uploads import Box
from apps.desk.views.files import send_file


@require_POST
@agent_required
def add(request: DeskRequest, number: str, composer: str) -> HttpResponse:
    """Put files of a composer away before it is sent; answers with all that it holds now."""
    if composer not in uploads.COMPOSERS:
        raise Http404
    return _take(request, find_box(request, number, composer))


@require_POST
@agent_required
def add_to_new(request: DeskRequest, draft: UUID) -> HttpResponse:
    """The same for a mail that is to open a case."""
    return _take(request, Box(request.user, "new", draft=str(draft)))


def _take(request: DeskRequest, box: Box) -> HttpResponse:
    given = request.FILES.getlist("files")
    if not given:
        return JsonResponse({"problem": _("Choose a file first.")}, status=422)
    try:
        added = uploads.keep(box, given, inline="inline" in request.POST)
    except ValidationError as error:
        return JsonResponse({"problem": " ".join(error.messages)}, status=422)
    context = {"composer": box.composer, "waiting": list(box.waiting())}
    return JsonResponse(
        {
            "kept": render_to_string("desk/_kept.html", context, request=request),
            "added": [{"name": one.name, "address": uploads.address(one)} for one in added],
        }
    )


@require_safe
@agent_required
def show(request: DeskRequest, pk: int) -> HttpResponse:
    """A picture that stands in the writer's own editor, for nobody else."""
    readable = Case.objects.visible_to(request.user).values("pk")
    own = Upload.objects.filter(pk=pk, user=request.user)
    found = own.filter(Q(case=None) | Q(case__in=readable)).first()
    if found is None:
        raise Http404
    try:
        with found.file.open("rb") as file:
            body = file.read()
    except FileNotFoundError as error:
        raise Http404 from error
    seen_as = sniff(body[:12])
    return send_file(body, found.name, seen_as if seen_as in VIEWABLE else "")
