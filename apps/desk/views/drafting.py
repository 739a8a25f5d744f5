"""Where the words of a panel or page are saved while they are written, and when they are done."""

from __future__ import annotations

from typing import TypedDict

from django.urls import reverse

from apps.accounts.models import User
from apps.cases.models import Case
from apps.desk import drafts
from apps.desk.access import DeskRequest
from apps.desk.drafts import Mark
from apps.desk.uploads import Box


class Drafted(TypedDict, total=False):
    """What a Panel takes: see there."""

    drafts: str
    composer: str
    kept: str


def of_case(case: Case, composer: str) -> Drafted:
    """A panel of a case; what waits in it came with the case."""
    address = reverse("desk:draft", args=[case.number, composer])
    return {"drafts": address, "composer": composer}


def of_promise(user: User, promise_id: int, page: str) -> Drafted:
    """A panel about one promise, of which a case may have several."""
    address = reverse("desk:promise_draft", args=[promise_id, page])
    kept = drafts.of_page(drafts.page_box(user, page, promise_id))
    return {"drafts": address, "composer": page, "kept": kept}


def of_page(user: User, page: str) -> Drafted:
    """A form of a page without a case."""
    address = reverse("desk:page_draft", args=[page])
    return {"drafts": address, "composer": page, "kept": drafts.of_page(page_box(user, page))}


def finish(request: DeskRequest, box: Box) -> None:
    """Forget the draft of a form without a prefix; call it in the transaction that takes it."""
    drafts.finish(box=box, mark=Mark.parse(request.POST.get("drafted", "")))


def finish_in(request: DeskRequest, case: Case, composer: str) -> None:
    """The same for a panel of a case."""
    finish(request, Box(request.user, composer, case))


page_box = drafts.page_box
