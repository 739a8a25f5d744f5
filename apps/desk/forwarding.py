"""Sending a part of a case to somebody outside; files are copied before the transaction."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User
from apps.cases import files
from apps.cases.files import StoredFile
from apps.cases.models import Case, Interaction
from apps.channels import domain as channels
from apps.desk.sending import undo_until
from apps.desk.submissions import once


def send_forward(*, case: Case, actor: User, values: dict[str, Any]) -> Interaction | None:
    """Forward what the form names, once for each press.

    Raises CaseError or ChannelError, nothing kept then.
    """
    message = values.get("interaction")
    copies: list[StoredFile] = []
    try:
        for one in values.get("attachments", ()):
            kind = one.content_type
            copies.append(files.copy(one.file.name, name=one.name, content_type=kind))
        what = channels.Forward(
            to=values["to"],
            text=values["text"],
            interaction=message.pk if message else None,
            attachments=copies,
            hold_until=undo_until(),
        )
        used: list[Interaction] = []

        def act() -> Interaction:
            used.append(channels.forward(case_id=case.pk, actor=actor, what=what))
            return used[0]

        sent = once(user=actor, key=values["key"], act=act)
    except BaseException:
        files.discard(copies)
        raise
    if not used:
        files.discard(copies)
    return sent
