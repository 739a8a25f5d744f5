"""What the composers do, each once for each press. Files are put away before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases import domain as cases
from apps.cases.domain.events import locked
from apps.cases.enums import Direction
from apps.cases.files import StoredFile, discard
from apps.cases.models import Case, Interaction
from apps.channels import domain as channels
from apps.desk import uploads
from apps.desk.conversation import newest_public
from apps.desk.mentions import find_mentioned
from apps.desk.models import Upload
from apps.desk.recipients import reply_channel
from apps.desk.sending import undo_until
from apps.desk.submissions import once, stored


def send_reply(*, case: Case, actor: User, values: dict[str, Any]) -> Interaction | None:
    """Answer the customer; raises CaseError or ChannelError with a sentence for the agent."""
    channel = reply_channel(case)
    pictures = list(uploads.waiting(actor, case).filter(composer="reply").exclude(content_id=""))
    shown, used = uploads.to_content_ids(values["html"], pictures)
    html, text = channels.prepare_html(channel, shown)

    def act(kept: Sequence[StoredFile]) -> Interaction:
        return channels.reply(
            case_id=case.pk,
            actor=actor,
            text=text or values["text"],
            html=html,
            to=values["to"],
            cc=values["cc"],
            attachments=kept,
            channel=channel,
            hold_until=undo_until(values["later"]),
        )

    waiting = [*values["kept"], *(used if html else ())]
    return _once(actor, values, act, _Waiting(case, "reply", waiting))


def leave_note(*, case: Case, actor: User, values: dict[str, Any]) -> Interaction | None:
    """Note something for colleagues; those named with ``@`` follow the case from now on."""
    text = values["text"]
    mentioned = find_mentioned(text)

    def act(kept: Sequence[StoredFile]) -> Interaction:
        return cases.note(
            case_id=case.pk, actor=actor, text=text, mentions=mentioned, attachments=kept
        )

    return _once(actor, values, act, _Waiting(case, "note", list(values["kept"])))


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

    return _once(actor, values, act)


@transaction.atomic
def record_inbound(*, case_id: int, actor: User, channel: str, text: str) -> Interaction:
    """Put on record what the customer said where no driver brought it in; raises NotAllowed."""
    new = cases.NewInteraction(
        channel=channel, direction=Direction.INBOUND, author=actor, text=text
    )
    return cases.record_interaction(case=locked(case_id, actor), new=new)


def overtaken(case: Case, actor: User, seen: int | None) -> tuple[str, int] | None:
    """A sentence when somebody else spoke while this answer was written, and the newest key."""
    newest = newest_public(case, after=seen or 0) if seen else None
    if newest is None or newest.author == actor:
        return None
    if newest.direction == Direction.INBOUND:
        sentence = _("The customer wrote again meanwhile. Read it above, then send once more.")
    else:
        sentence = _("%(who)s answered meanwhile. Read it above, then send once more.") % {
            "who": newest.author.name if newest.author else _("The portal")
        }
    return sentence, newest.pk


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What waits in a composer and leaves with its words."""

    case: Case
    composer: str
    sent: Sequence[Upload]


def _once(
    actor: User,
    values: dict[str, Any],
    act: Callable[[Sequence[StoredFile]], Interaction],
    waiting: _Waiting | None = None,
) -> Interaction | None:
    with stored(values["attachments"]) as kept:
        acted: list[Interaction] = []

        def first_time() -> Interaction:
            sent = [uploads.as_stored(one) for one in waiting.sent] if waiting else []
            acted.append(act([*sent, *kept]))
            if waiting:
                uploads.consume(actor, waiting.case, waiting.composer, waiting.sent)
            return acted[0]

        interaction = once(user=actor, key=values["key"], act=first_time)
        if not acted:
            discard(kept)
    return interaction
