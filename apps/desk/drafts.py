"""Words that wait in a composer, or in another form, on the server, for their writer alone.

They outlast a log-out, a lost connection and a change of device. No window overwrites what
another one saved: it says which version it shows, and is told when that is not the newest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.cases.models import Case
from apps.desk.models import Draft
from apps.desk.uploads import Box

KEPT = timedelta(days=30)
NEW = "new"  # the composer of a mail that opens a case
PROSE = {"need", "note", "text", "reason"}
SHOWN = 10  # unfinished mails that open a case, in their list


class OtherWords(Exception):
    """Another window saved something else since: ``draft`` holds that, as it stands."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(str(draft))
        self.draft = draft


@dataclass(frozen=True, slots=True)
class Mark:
    """A window: the version that it shows, and a number that grows while it is typed in."""

    writer: str
    base: int
    stamp: int

    @classmethod
    def parse(cls, text: str) -> Mark | None:
        """What a form says of its draft (``base.stamp.writer``); None where it says nothing."""
        base, _dot, rest = text.partition(".")
        stamp, _dot, writer = rest.partition(".")
        if not (base + stamp).isascii() or not (base.isdigit() and stamp.isdigit()):
            return None
        if len(base) > 9 or len(stamp) > 18 or not 0 < len(writer) <= 36:
            return None
        return cls(writer, int(base), int(stamp))

    def follows(self, draft: Draft) -> bool:
        """Whether this window knows what it would replace."""
        if draft.version == self.base or draft.writer == self.writer:
            return True
        return not draft.version or (not self.base and not draft.written)


@transaction.atomic
def save(*, box: Box, words: Mapping[str, str], mark: Mark) -> Draft:
    """Keep what a window shows; no words at all clear the draft.

    What arrives late, after newer words of the same window, changes nothing. Raises
    OtherWords when another window saved something else since.
    """
    draft = _locked(box)
    if draft.writer == mark.writer and mark.stamp <= draft.stamp:
        return draft
    if draft.words != words and not mark.follows(draft):
        raise OtherWords(draft)
    return _put(draft, words, mark.writer, mark.stamp)


@transaction.atomic
def finish(*, box: Box, mark: Mark | None) -> None:
    """Forget the draft of a form, in the transaction that sends it.

    What another window saved since is not what was sent, and stays; so does everything when
    the form did not say which words it showed.
    """
    if mark is None:
        return
    draft = _locked(box)
    if not draft.written or mark.follows(draft):
        _put(draft, {}, mark.writer, mark.stamp)


@transaction.atomic
def put_back(*, box: Box, words: Mapping[str, Any]) -> None:
    """Make a draft of what was taken back, unless something else is written there by now.

    ``words`` go by the names of the form's fields.
    """
    draft = _locked(box)
    if draft.written:
        return
    named = {f"{box.composer}-{name}": _as_typed(value) for name, value in words.items()}
    _put(draft, {name: value for name, value in named.items() if value}, "", 0)


def waiting(user: User, case: Case) -> dict[str, str]:
    """What waits in the composers of a case, as the page hands it to its forms; newest first."""
    found = Draft.objects.filter(user=user, case=case, written=True).order_by("-at")
    return {one.composer: as_json(one) for one in found}


def prose(kept: Mapping[str, str]) -> list[str]:
    """The plain texts among what waits in a case."""
    found = [json.loads(one)["words"] for one in kept.values()]
    return [
        text
        for words in found
        for name, text in words.items()
        if name in PROSE or name.endswith("-text")
    ]


def of_box(box: Box) -> str:
    """The same for one composer; "" where nothing waits."""
    found = _of(box).filter(written=True).first()
    return as_json(found) if found else ""


def page_box(user: User, page: str, key: int | None = None) -> Box:
    """The form of a page without a case, and of the thing with this key where it is about one."""
    return Box(user, page, draft=page if key is None else f"{page}-{key}")


def of_page(box: Box) -> str:
    """As ``of_box`` for a form that stays on its page when it was taken.

    Once it was, this says which words those were: the window that wrote them may have kept them
    on its device as not saved yet.
    """
    found = _of(box).first()
    if found is None or found.written:
        return as_json(found) if found else ""
    done = {"writer": found.writer, "stamp": found.stamp}
    return json.dumps({"version": found.version, "words": {}, "done": done})


def _of(box: Box) -> QuerySet[Draft]:
    own = Draft.objects.filter(user=box.user, composer=box.composer, draft=box.draft)
    return own.filter(case=box.case)


def unfinished(user: User, *, but: str) -> Iterable[Draft]:
    """The newest mails of a person that would open a case, without the one at hand."""
    own = Draft.objects.filter(user=user, case=None, composer=NEW, written=True).exclude(draft=but)
    return own.order_by("-at")[:SHOWN]


def is_there(user: Any) -> Exists:
    """Whether a person has words waiting in a case; for ``annotate`` on cases."""
    return Exists(Draft.objects.filter(user=user, case=OuterRef("pk"), written=True))


def forget_old(*, at: datetime) -> None:
    """Remove drafts that nobody has touched for so long."""
    Draft.objects.filter(at__lt=at - KEPT).delete()


def as_json(draft: Draft) -> str:
    return json.dumps({"version": draft.version, "words": draft.words})


def _locked(box: Box) -> Draft:
    own: QuerySet[Draft] = Draft.objects.select_for_update()
    draft, _made = own.get_or_create(
        user=box.user, case=box.case, draft=box.draft, composer=box.composer
    )
    return draft


def _put(draft: Draft, words: Mapping[str, str], writer: str, stamp: int) -> Draft:
    draft.words, draft.written = dict(words), bool(words)
    draft.writer, draft.stamp = writer, stamp
    draft.version += 1
    draft.at = timezone.now()
    draft.save()
    return draft


def _as_typed(value: Any) -> str:
    return "" if value is None else str(value).replace("\r\n", "\n").strip()
