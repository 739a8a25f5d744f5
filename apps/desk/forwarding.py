"""Sending a part of a case to somebody outside; files are copied before the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from apps.accounts.models import User
from apps.cases import files
from apps.cases.files import StoredFile
from apps.cases.models import Attachment, Case, Interaction
from apps.channels import domain as channels
from apps.desk import drafts, uploads
from apps.desk.forms.forwarding import ForwardForm
from apps.desk.leaving import prepare, send_once
from apps.desk.models import Submission
from apps.desk.sending import undo_until
from apps.desk.uploads import Box

CHANNEL = "email"


def send_forward(*, case: Case, actor: User, values: dict[str, Any]) -> Interaction | None:
    """Forward what the form names; raises CaseError or ChannelError, nothing kept then."""
    message: Interaction | None = values.get("interaction")
    box = Box(actor, ForwardForm.prefix, case)
    words = prepare(box, CHANNEL, values)
    chosen = list(values.get("chosen", ()))
    copies = _copy(chosen, channels.quoted_pictures(message))
    acted = []

    def act(kept: Sequence[StoredFile]) -> Interaction:
        what = channels.Forward(
            to=values["to"],
            text=words.text,
            html=words.html,
            interaction=message.pk if message else None,
            attachments=[*kept, *copies],  # their own first: an undo takes back so many
            hold_until=undo_until(),
        )
        acted.append(channels.forward(case_id=case.pk, actor=actor, what=what))
        return acted[0]

    typed = {
        "interaction": message.pk if message else None,
        "chosen": [one.pk for one in chosen],
        "own": len(words.sent) + len(values["attachments"]),
        "formatted": bool(words.html),
    }
    try:
        sent = words.sent
        made = send_once(actor=actor, values=values, act=act, box=box, sent=sent, typed=typed)
    except BaseException:
        files.discard(copies)
        raise
    if not acted:
        files.discard(copies)
    return made


def write_again(*, user: User, undone: channels.Undone) -> ForwardForm:
    """The form as it was sent: words, recipients, message and files."""
    said = undone.interaction
    submission = Submission.objects.filter(interaction=said).first()
    typed = submission.typed if submission else {}
    given = said.attachments.order_by("pk")[: typed.get("own", 0)]
    box = Box(user, ForwardForm.prefix, said.case)
    pictures = uploads.take_back(box, given)
    html = undone.html if typed.get("formatted") else ""
    words = {
        "to": ", ".join(undone.to),
        "text": undone.text,
        "html": uploads.to_addresses(html, pictures),
        "interaction": typed.get("interaction"),
    }
    drafts.put_back(box=box, words=words)
    return ForwardForm(initial=words | {"chosen": typed.get("chosen", [])}, case=said.case)


def _copy(chosen: Iterable[Attachment], pictures: Iterable[Attachment]) -> list[StoredFile]:
    """Copies of files that were chosen and, with their content ids, of pictures quoted."""
    shown = {one.pk: one.content_id for one in pictures}
    wanted = {one.pk: one for one in (*chosen, *pictures)}
    copies: list[StoredFile] = []
    try:
        for key, one in wanted.items():
            copy = files.copy(str(one.file.name), name=one.name, content_type=one.content_type)
            copies.append(replace(copy, content_id=shown.get(key, ""), inline=key in shown))
    except BaseException:
        files.discard(copies)
        raise
    return copies
