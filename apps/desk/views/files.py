from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.csp import CSP
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from apps.cases.models import Attachment, Case
from apps.channels.models import InboundMessage
from apps.desk.access import DeskRequest, agent_required, with_policy
from apps.desk.contents import VIEWABLE, sniff

FILE_POLICY: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
}
DOWNLOAD = "application/octet-stream"


@require_safe
@agent_required
@xframe_options_sameorigin
def attachment(request: DeskRequest, pk: int) -> HttpResponse:
    """A file: to keep, or to look at when its first bytes say that it is a picture or PDF."""
    readable = Case.objects.visible_to(request.user).values("pk")
    found = Attachment.objects.filter(pk=pk, interaction__case__in=readable).first()
    if found is None:
        raise Http404
    try:
        with found.file.open("rb") as file:
            body = file.read()
    except FileNotFoundError as error:
        raise Http404 from error
    seen_as = sniff(body[:12]) if "view" in request.GET else ""
    return send_file(body, found.name or f"file-{pk}", seen_as if seen_as in VIEWABLE else "")


@require_safe
@agent_required
def raw_input(request: DeskRequest, pk: int) -> HttpResponse:
    """What arrived, byte for byte, to keep."""
    readable = InboundMessage.objects.kept_for(request.user)
    found = readable.select_related("raw").filter(pk=pk).first()
    if found is None:
        raise Http404
    suffix = "eml" if found.content_type == "message/rfc822" else "bin"
    return send_file(bytes(found.raw.body), f"input-{pk}.{suffix}", "")


def send_file(body: bytes, name: str, shown_as: str) -> HttpResponse:
    response = HttpResponse(body, content_type=shown_as or DOWNLOAD)
    header = content_disposition_header(as_attachment=not shown_as, filename=name)
    response["Content-Disposition"] = header or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    # True writes the bare word: no permission at all. A sandboxed PDF is not shown.
    sandbox: dict[str, list[str] | bool] = {"sandbox": shown_as != "application/pdf"}
    return with_policy(response, FILE_POLICY | sandbox)
