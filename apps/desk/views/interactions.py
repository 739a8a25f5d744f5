from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from apps.cases.models import Interaction
from apps.channels.models import InboundMessage
from apps.desk.access import DeskRequest, agent_required, with_policy
from apps.desk.prose import paragraphs
from apps.desk.sources import read_source

CID = re.compile(r"""(?i)(\ssrc\s*=\s*)(["'])cid:([^"']{1,255})\2""")
REMOTE = re.compile(r"""(?i)\ssrc\s*=\s*["']https://""")
PLAIN = re.compile(r"""(?i)\ssrc\s*=\s*["']http://""")
# Mail has its own policy: its own styles, no script, nothing from outside unless asked for.
FRAME_POLICY: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:"],
    "form-action": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.SELF],
    "sandbox": ["allow-same-origin"],
}
WITH_IMAGES = FRAME_POLICY | {"img-src": [CSP.SELF, "data:", "https:"]}


def _find(request: DeskRequest, pk: int) -> Interaction:
    found = Interaction.objects.visible_to(request.user).select_related("case", "author")
    interaction = found.filter(pk=pk).first()
    if interaction is None:
        raise Http404
    return interaction


@require_safe
@agent_required
def interaction(request: DeskRequest, pk: int) -> HttpResponse:
    """The whole of a message: its full text, or the frame with its own layout."""
    found = _find(request, pk)
    context = {
        "section": "inbox",
        "case": found.case,
        "ix": found,
        "body": paragraphs(found.text),
        "original": "original" in request.GET and bool(found.html),
        "has_remote": bool(REMOTE.search(found.html)),
        "has_plain": bool(PLAIN.search(found.html)),
    }
    part = "#body" if request.htmx else ""
    return render(request, f"desk/interaction.html{part}", context)


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
@xframe_options_sameorigin
def html(request: DeskRequest, pk: int) -> HttpResponse:
    """The cleaned HTML of a message, for its own frame alone.

    Pictures from outside come with the answer to a press (POST) and with no other: no link in
    a mail can ask for them.
    """
    found = _find(request, pk)
    files = {_bare(file.content_id): file.pk for file in found.attachments.all() if file.content_id}
    title = escape(found.subject or _("Message"))
    response = HttpResponse(
        f'<!DOCTYPE html><html lang="und"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="referrer" content="no-referrer"></head><body>'
        f"{_with_pictures(found.html, files)}</body></html>"
    )
    response["Referrer-Policy"] = "no-referrer"
    return with_policy(response, WITH_IMAGES if request.method == "POST" else FRAME_POLICY)


def _bare(content_id: str) -> str:
    """A Content-ID as it is compared: programs mix capitals and percent signs (RFC 2392)."""
    return unquote(content_id).lower()


def _with_pictures(cleaned: str, files: dict[str, int]) -> str:
    """Point pictures that came with the message at where we keep them."""

    def replace(match: re.Match[str]) -> str:
        pk = files.get(_bare(unescape(match[3])))
        source = f"{reverse('desk:attachment', args=[pk])}?view=1" if pk else "data:,"
        return f"{match[1]}{match[2]}{source}{match[2]}"

    return CID.sub(replace, cleaned)


@require_safe
@agent_required
def source(request: DeskRequest, pk: int) -> HttpResponse:
    """An input as it arrived, for whoever leads its account's team."""
    led = InboundMessage.objects.led_by(request.user).select_related("raw", "account", "case")
    found = led.filter(pk=pk).first()
    if found is None:
        raise Http404
    context = {"section": "inbox", "input": found, "source": read_source(found)}
    return render(request, "desk/source.html", context)
