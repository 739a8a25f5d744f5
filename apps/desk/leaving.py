"""What leaves a composer: its words as they go out, and its files, once for each press."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from apps.accounts.models import User
from apps.cases.files import StoredFile, discard, stored
from apps.cases.models import Interaction
from apps.channels import domain as channels
from apps.desk import drafts, uploads
from apps.desk.drafts import Mark
from apps.desk.models import Upload
from apps.desk.submissions import once
from apps.desk.uploads import Box


@dataclass(frozen=True, slots=True)
class Words:
    """``sent`` are the files that go with them: those that stayed ticked, and shown pictures."""

    text: str
    html: str
    sent: Sequence[Upload]


def prepare(box: Box, channel: str, values: dict[str, Any]) -> Words:
    """What a form says, as its channel sends it."""
    pictures = list(box.waiting().exclude(content_id=""))
    shown, used = uploads.to_content_ids(values["html"], pictures)
    html, text = channels.prepare_html(channel, shown)
    return Words(text or values["text"], html, [*values["kept"], *(used if html else ())])


def send_once(
    *,
    actor: User,
    values: dict[str, Any],
    act: Callable[[Sequence[StoredFile]], Interaction],
    box: Box,
    sent: Sequence[Upload] = (),
    typed: dict[str, Any] | None = None,
) -> Interaction | None:
    """Do what a form asks with its files, unless it was sent before; then the box is
    empty and its draft forgotten.
    """
    with stored(values["attachments"]) as kept:
        acted: list[Interaction] = []

        def first_time() -> Interaction:
            acted.append(act([*(uploads.as_stored(one) for one in sent), *kept]))
            uploads.consume(box, sent)
            drafts.finish(box=box, mark=Mark.parse(values["drafted"]))
            return acted[0]

        interaction = once(user=actor, key=values["key"], act=first_time, typed=typed)
        if not acted:
            discard(kept)
    return interaction
