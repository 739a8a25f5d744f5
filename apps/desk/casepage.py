"""The case page: everything that its three panes show, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget, trigger_client_event

from apps.accounts.models import User
from apps.cases.enums import Status
from apps.cases.models import Case, Participant
from apps.cases.rules import can_restrict, can_write
from apps.channels.domain import can_format
from apps.channels.domain.screening import is_blocked
from apps.common import prepared
from apps.customers.models import Identity
from apps.desk import (
    behind,
    beside,
    canned,
    conversation,
    drafts,
    ending,
    promised,
    queues,
    remembered,
    unsent,
    uploads,
)
from apps.desk.access import DeskRequest, find_case
from apps.desk.beside import CASE
from apps.desk.forms.composing import CallForm, NoteForm, ReplyForm
from apps.desk.forms.lists import read_choice
from apps.desk.recipients import (
    addresses,
    first_reply,
    knows_customer,
    others,
    reply_channel,
)
from apps.desk.rows import PRIORITY_TINTS, STATUS_TINTS, channel_icon, channel_label, make_rows

MODES = ("reply", "note", "call")
PREVIOUS_CASES = 5
CUSTOMER = -1  # what stands in a prepared query for the number of each customer


def show(request: DeskRequest, case: Case, *, status: int = 200, **extra: Any) -> HttpResponse:
    """The whole page, or the two panes of the case for htmx."""
    context = _context(request, case) | extra
    if request.htmx:
        return render(request, "desk/_panes.html", context, status=status)
    queue = queues.build(
        request.user, context["choice"], current=case.number, size=queues.BESIDE_A_CASE
    )
    return render(request, "desk/case.html", context | {"queue": queue}, status=status)


def show_part(
    request: DeskRequest, case: Case, part: str, *, status: int = 200, **extra: Any
) -> HttpResponse:
    """One part of the page, which takes the place of the element with the same id.

    Without htmx it is the whole page with this part in it.
    """
    if not request.htmx:
        return show(request, case, status=status, **extra)
    context = _context(request, case) | extra
    response = render(request, f"desk/_case.html#{part}", context, status=status)
    return reswap(retarget(response, f"#{part}"), "outerHTML")


def show_live(request: DeskRequest, case: Case) -> HttpResponse:
    """What may have changed on an open page: the story, the header, the side; never a form."""
    context = _context(request, case, composing=False) | {"oob": True}
    return render(request, "desk/_live.html", context)


def show_changed(request: DeskRequest, number: str) -> HttpResponse:
    """The answer to a change that worked: the case again, or the inbox if it has left us."""
    still = Case.objects.visible_to(request.user).by_number(number).exists()
    suffix = read_choice(request.GET).query()
    address = reverse("desk:case", args=[number]) if still else reverse("desk:inbox")
    if not request.htmx:
        return redirect(address + suffix)
    if not still:
        return HttpResponseClientRedirect(address + suffix)
    changed = show(request, find_case(request, number), changed=True)
    return trigger_client_event(changed, "case-changed")


def _context(request: DeskRequest, case: Case, *, composing: bool = True) -> dict[str, Any]:
    user = request.user
    prefetch_related_objects([case.customer], "identities")
    writable = can_write(user, case) and not case.merged_into_id
    keeps = writable and remembered.may_keep(case, user)
    keep = conversation.keep_at(case) if keeps else ""
    story = conversation.page(case, user, read_key(request.GET.get("before")), keep=keep)
    choice = read_choice(request.GET)
    known = knows_customer(user, case)
    seats = beside.load(case, "seats")
    reply = None
    if writable and composing:
        to_all = known and "all" in request.GET
        reply = first_reply(case, story.shown, seats, known=known, to_all=to_all)
        if key := request.GET.get("canned"):
            canned.begin_with(reply, canned.offers_in(case, user, request.GET), key)
    return {
        "section": "inbox",
        "case": case,
        "base": reverse("desk:case", args=[case.number]),
        "known": known,
        "writable": writable,
        "keeps": keeps,
        "restrictable": writable and can_restrict(user, case),
        "status_tint": STATUS_TINTS[case.status],
        "priority_tint": PRIORITY_TINTS.get(case.priority, ""),
        "channel_icon": channel_icon(case.channel),
        "is_closed": case.status == Status.CLOSED,
        "is_resolved": case.status == Status.RESOLVED,
        "is_spam": case.status == Status.CLOSED and hasattr(case, "spam_mark"),
        "is_blocked": writable and beside.may_have(case, "blocks") and is_blocked(case),
        "story": story,
        "before": request.GET.get("before", ""),
        "choice": choice,
        "suffix": choice.query(),
        "pane": "side" if request.GET.get("pane") == "side" else "case",
        "participants": seats,
        "promised": promised.find(case, user),
        **(_composers(request, case, story, seats, reply) if composing else {}),
        "behind": behind.find(case),
        **_merges(case, user),
        **_beside(case, user, known=known),
    }


def _composers(
    request: DeskRequest,
    case: Case,
    story: conversation.Story,
    seats: Sequence[Participant],
    reply: ReplyForm | None,
) -> dict[str, Any]:
    """What stands below the conversation; there is no answer where the reader may not write."""
    channel = reply_channel(case)
    files = uploads.waiting(request.user, case)
    kept = drafts.waiting(request.user, case) if getattr(case, "has_draft", False) else {}
    offered = reply is not None
    ended = ending.mark(case)
    known = offered and knows_customer(request.user, case)
    return {
        "mode": _mode(request, reply, kept),
        "drafts": kept,
        "unsent": unsent.panels(kept),
        "stranded": drafts.prose(kept) if case.merged_into_id else [],
        "reply": reply,
        "to_all": known and "all" in request.GET,
        "has_others": known and bool(others(case, story.shown, seats, channel)),
        "undeliverable": _undeliverable(case, reply),
        "reply_channel": channel,
        "can_format": offered and can_format(channel),
        "waiting": list(files) if beside.may_have(case, "uploads") else [],
        "reply_label": channel_label(channel),
        "reply_icon": channel_icon(channel, "i-xs"),
        "note": NoteForm(initial={"ended": ended}),
        "call": CallForm(),
    }


def _merges(case: Case, user: User) -> dict[str, Any]:
    """The cases before and behind this one, and those that go on in it."""
    return {
        "continues": _linked([case.previous_id], user),
        "merged_into": _linked([case.merged_into_id], user),
        "unmergeable": case.merged_into_id and can_write(user, case),
        "joined": _linked(_joined(case), user),
    }


def _beside(case: Case, user: User, *, known: bool) -> dict[str, Any]:
    """The customer and all who have to do with the case."""
    return {
        "customer": case.customer,
        "customer_name": case.customer.display_name(masked=not known),
        "identities": addresses(case.customer, known=known),
        "remembered": remembered.of_case(case, user) if known else [],
        "tags": beside.load(case, "tags"),
        "asked": beside.load(case, "asked"),
        "offers": beside.load(case, "offers"),
        "followers": beside.load(case, "followers"),
        "previous": make_rows(_others(case, user), None, user),
    }


def _others(case: Case, user: User) -> list[Case]:
    """The customer's newest other cases that the person may read, in one query."""

    def compose() -> QuerySet[Case]:
        theirs = Case.objects.visible_to(user).standing().filter(customer_id=CUSTOMER)
        found = theirs.exclude(pk=CASE).select_related("owner").defer("need")
        found = found.annotate(has_draft=drafts.is_there(user.pk))
        return found.order_by("-last_activity_at")[:PREVIOUS_CASES]

    key = ("others", user.pk, user.is_superuser, *user.team_ids)
    places = {CUSTOMER: case.customer_id, CASE: case.pk}
    found = prepared.load(key, compose, places=places)
    for one in found:
        one.customer = case.customer
    return found


def _undeliverable(case: Case, reply: ReplyForm | None) -> list[Identity]:
    """The address that the answer would go to, if something came back from it."""
    to = reply.initial.get("to") if reply else ""
    return [one for one in case.customer.identities.all() if one.bad_since and one.value == to]


def _mode(request: DeskRequest, reply: ReplyForm | None, kept: Iterable[str]) -> str:
    """Which composer stands open: the one asked for, the one with the newest draft, else the
    one that can do something.
    """
    if reply is None:
        return "note"
    asked = request.GET.get("compose", "")
    if asked in MODES:
        return asked
    if written := next((composer for composer in kept if composer in MODES), ""):
        return written
    return "reply" if reply.initial.get("to") else "call"


def _joined(case: Case) -> list[int | None]:
    """The keys of cases that go on in this one; no query where there is none."""
    if not beside.may_have(case, "merged"):
        return []
    return list(case.merged_cases.order_by("pk").values_list("pk", flat=True))


def _linked(keys: Sequence[int | None], user: User) -> list[str]:
    """Numbers of those cases that the reader may open; no query without any."""
    wanted = [key for key in keys if key is not None]
    if not wanted:
        return []
    found = Case.objects.visible_to(user).filter(pk__in=wanted)
    readable = set(found.values_list("pk", flat=True))
    return [Case(pk=key).number for key in wanted if key in readable]


def read_key(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
