"""Files that wait in a composer: they outlast a refused form, a change of case and an undo."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases import files
from apps.cases.errors import CaseError
from apps.cases.files import StoredFile
from apps.cases.models import Attachment, Case
from apps.common.filefields import check_files
from apps.common.filenames import clean_file_name
from apps.desk.contents import VIEWABLE, sniff
from apps.desk.models import Draft, Upload

COMPOSERS = ("reply", "note", "forward")
KEPT = timedelta(days=30)
MAX_WAITING = 60
AT_ONCE = 200  # files that one sweep removes
UNKNOWN = "application/octet-stream"
_CID = re.compile(r'(\ssrc=")cid:([^"]{1,100})"')


class FileGone(CaseError):
    """A file of the composer went with another message, or was removed."""

    def __init__(self) -> None:
        super().__init__(_("A file is not there any more. Attach it once more."))


def waiting(user: User, case: Case) -> QuerySet[Upload]:
    """What this person has put into the composers of this case and not sent."""
    return Upload.objects.filter(user=user, case=case).order_by("pk")


@dataclass(frozen=True, slots=True)
class Box:
    """One composer of one person: of a case, or (with ``draft``) of a mail that opens one."""

    user: User
    composer: str
    case: Case | None = None
    draft: str = ""

    def waiting(self) -> QuerySet[Upload]:
        own = Upload.objects.filter(user=self.user, composer=self.composer, draft=self.draft)
        return own.filter(case=self.case).order_by("pk")


def keep(box: Box, given: Sequence[UploadedFile[bytes]], *, inline: bool) -> list[Upload]:
    """Put files away until they are sent; ``inline`` for pictures that stand in the text.

    Raises ValidationError with a sentence for the agent.
    """
    before = list(box.waiting().values_list("size", flat=True))
    check_files([*before, *(one.size or 0 for one in given)], most=MAX_WAITING)
    if inline:
        _check_pictures(given)
    return [_store(box, one, inline=inline) for one in given]


def take_back(box: Box, attachments: Iterable[Attachment]) -> dict[str, Upload]:
    """Put copies of a message's files into a composer; returns pictures by content id."""
    pictures: dict[str, Upload] = {}
    for one in attachments:
        kind = one.content_type
        kept = files.copy(str(one.file.name), name=one.name, content_type=kind)
        made = _row(box, kept, one.content_id)
        if made.content_id:
            pictures[made.content_id] = made
    return pictures


def consume(box: Box, sent: Iterable[Upload]) -> None:
    """Forget what is sent now, and what was left out, in the transaction that sends it.

    Raises FileGone when something to be sent was sent or removed meanwhile.
    """
    theirs = {one.pk for one in sent}
    found = {one.pk: one for one in box.waiting().select_for_update()}
    if not theirs <= found.keys():
        raise FileGone
    Upload.objects.filter(pk__in=found).delete()
    _discard_after_commit([one for pk, one in found.items() if pk not in theirs])


def as_stored(upload: Upload) -> StoredFile:
    """The file as a message takes it over."""
    return StoredFile(
        path=str(upload.file.name),
        name=upload.name,
        content_type=upload.content_type,
        size=upload.size,
        content_id=upload.content_id,
        inline=bool(upload.content_id),
    )


def address(upload: Upload) -> str:
    return reverse("desk:upload", args=[upload.pk])


def to_content_ids(html: str, pictures: Iterable[Upload]) -> tuple[str, list[Upload]]:
    """HTML whose pictures travel with it, and those pictures that it really shows."""
    used = []
    for one in pictures:
        if address(one) in html:
            html = html.replace(address(one), f"cid:{one.content_id}")
            used.append(one)
    return html, used


def to_addresses(html: str, pictures: dict[str, Upload]) -> str:
    """The other way round: for an editor, which shows them from where they wait."""

    def found(match: re.Match[str]) -> str:
        upload = pictures.get(match[2])
        return f'{match[1]}{address(upload)}"' if upload else match[0]

    return _CID.sub(found, html)


def _check_pictures(given: Sequence[UploadedFile[bytes]]) -> None:
    for one in given:
        head = one.read(12)
        one.seek(0)
        if sniff(head) not in VIEWABLE - {"application/pdf"}:
            raise ValidationError(_("Only PNG, JPEG, GIF and WebP pictures can stand in the text."))


def _store(box: Box, given: UploadedFile[bytes], *, inline: bool) -> Upload:
    kind = given.content_type or UNKNOWN
    name = clean_file_name(given.name or "", kind)
    kept = files.store(given, name=name, content_type=kind)
    return _row(box, kept, f"{secrets.token_hex(12)}@portal" if inline else "")


def _row(box: Box, kept: StoredFile, content_id: str) -> Upload:
    return Upload.objects.create(
        user=box.user,
        case=box.case,
        draft=box.draft,
        composer=box.composer,
        file=kept.path,
        name=kept.name[:255],
        content_type=kept.content_type[:150],
        size=kept.size,
        content_id=content_id,
    )


@transaction.atomic
def forget_old(*, at: datetime) -> None:
    """Remove files that waited for so long, unless the words that they belong to still wait.

    Lock before reading: what is being sent at this moment is not old any more.
    """
    words = Draft.objects.filter(
        Q(case=OuterRef("case")) | Q(case=None, draft=OuterRef("draft")),
        user=OuterRef("user"),
        composer=OuterRef("composer"),
        written=True,
    )
    aged = Upload.objects.filter(~Exists(words), at__lt=at - KEPT)
    old = list(aged.select_for_update()[:AT_ONCE])
    if not old:
        return
    Upload.objects.filter(pk__in=[one.pk for one in old]).delete()
    _discard_after_commit(old)


def _discard_after_commit(uploads: Sequence[Upload]) -> None:
    gone = [as_stored(one) for one in uploads]
    transaction.on_commit(lambda: files.discard(gone))
