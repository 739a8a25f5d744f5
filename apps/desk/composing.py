"""What the composers do, each once for each press. Files are put away before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases import domain as cases
from apps.cases.domain.events import locked
from apps.cases.enums import Direction
from apps.cases.files import StoredFile
from apps.cases.mentions import find_mentioned
from apps.cases.models import Case, Interaction
from apps.channels import domain as channels
from apps.desk import ending
from apps.desk.conversation import newest_public
from apps.desk.leaving import prepare, send_once
from apps.desk.recipients import reply_channel
from apps.desk.sending import undo_until
from apps.desk.uploads import Box


def send_reply(*, case: Case, actor: User, values: dict[str, Any]) -> Interaction | None:
    """Answer the customer; raises CaseError or ChannelError with a sentence for the agent."""
    channel = reply_channel(case)
    box = Box(actor, "reply", case)
    words = prepare(box, channel, values)

    def act(kept: Sequence[StoredFile]) -> Interaction:
        return channels.reply(
            case_id=case.pk,
            actor=actor,
            text=words.text,
            html=words.html,
            to=values["to"],
            cc=values["cc"],
            attachments=kept,
            channel=channel,
            hold_until=undo_until(values["later"]),
        )

    return send_once(actor=actor, values=values, act=act, box=box, sent=words.sent)


def leave_note(*, case: Case, actor: User, values: dict[str, Any]) -> Interaction | None:
    """Note something for colleagues; those named with ``@`` follow the case from now on."""
    text = values["text"]
    mentioned = find_mentioned(text)

    def act(kept: Sequence[StoredFile]) -> Interaction:
        return cases.note(
            case_id=case.pk, actor=actor, text=text, mentions=mentioned, attachments=kept
        )

    box = Box(actor, "note", case)
    return send_once(actor=actor, values=values, act=act, box=box, sent=list(values["kept"]))


def record_call(*, case: Case, actor: User, values: dict[str, Any]) -> Interaction | None:
    """Put on record what was said by phone or at the desk; raises CaseError."""

    def act(_kept: Sequence[StoredFile]) -> Interaction:
        if values["direction"] == Direction.OUTBOUND:
            return channels.record_outbound(
                case_id=case.pk, actor=actor, channel=values["channel"], text=values["text"]
            )
        return record_inbound(
            case_id=case.pk, actor=actor, channel=values["channel"], text=values["text"]
        )

    return send_once(actor=actor, values=values, act=act, box=Box(actor, "call", case))


@transaction.atomic
def record_inbound(
    *, case_id: int, actor: User, channel: str, text: str, attachments: Sequence[StoredFile] = ()
) -> Interaction:
    """Put on record what the customer said where no driver brought it in; raises NotAllowed."""
    new = cases.NewInteraction(
        channel=channel,
        direction=Direction.INBOUND,
        author=actor,
        text=text,
        attachments=attachments,
    )
    return cases.record_interaction(case=locked(case_id, actor), new=new)


@dataclass(frozen=True, slots=True)
class News:
    """What happened while somebody wrote: a sentence, if it needs one, and what the form's field
    says from now on.
    """

    sentence: str
    field: str
    value: str


def overtaken(case: Case, actor: User, values: dict[str, Any]) -> list[News]:
    """What others did in the case while this was written, and its page did not show."""
    closed = ending.closed_meanwhile(case, actor, values["ended"]) if "ended" in values else ""
    news = [News(closed, "ended", ending.mark(case))] if closed else []
    newest = newest_public(case, after=values["seen"]) if values.get("seen") else None
    if newest is not None and newest.author != actor:
        # That the case is closed the portal told the customer, too.
        said = "" if closed and newest.automatic else _what_was_said(newest)
        news.append(News(said, "seen", str(newest.pk)))
    return news


def _what_was_said(newest: Interaction) -> str:
    if newest.direction == Direction.INBOUND:
        return _("The customer wrote again meanwhile. Read it above, then send once more.")
    return _("%(who)s answered meanwhile. Read it above, then send once more.") % {
        "who": newest.author.name if newest.author else _("The portal")
    }
