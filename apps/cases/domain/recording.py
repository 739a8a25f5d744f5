"""Putting an interaction on record: the one way in for every channel and every note."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from apps.cases import signals
from apps.cases.domain.events import event, locked_readable, record_all
from apps.cases.domain.lifecycle import after_interaction, store_drafts
from apps.cases.domain.people import follow_case
from apps.cases.enums import Channel, Direction, EventKind, Visibility
from apps.cases.files import StoredFile
from apps.cases.mentions import admissible
from apps.cases.models import Attachment, Case, Interaction
from apps.common.bulk import insert_rows, update_rows

if TYPE_CHECKING:
    from apps.accounts.models import User


@dataclass(frozen=True, slots=True)
class NewInteraction:
    """All of an interaction except the case; see the model for the meaning of each field.

    ``mentions`` are the keys of colleagues whom a note names.
    """

    channel: str
    direction: str
    visibility: str = Visibility.PUBLIC
    author: User | None = None
    sender_kind: str = ""
    sender_value: str = ""
    sender_name: str = ""
    recipients: Sequence[dict[str, str]] = ()
    copies: Sequence[dict[str, str]] = ()
    reply_to: Sequence[dict[str, str]] = ()
    subject: str = ""
    text: str = ""
    text_folded: str = ""
    html: str = ""
    automatic: str = ""
    pending: bool = False
    mentions: Sequence[int] = ()
    occurred_at: datetime | None = None
    received_at: datetime | None = None
    attachments: Sequence[StoredFile] = ()


def record_interaction(*, case: Case, new: NewInteraction) -> Interaction:
    """Store an interaction of a locked case, move its clocks and tell the other layers.

    Must run inside the caller's transaction, on a case that ``locked`` or ``open_case``
    returned; its files were stored before (``apps.cases.files``).
    """
    return record_many([(case, new)])[0]


def record_many(entries: Sequence[tuple[Case, NewInteraction]]) -> list[Interaction]:
    """Store interactions in this order with a fixed number of queries, as record_interaction.

    A case may be a draft (``draft_case``), which is stored with its first interaction. One
    case is one object, however many entries name it.
    """
    interactions = [_draft(case, new) for case, new in entries]
    changed: dict[int, set[str]] = {}
    for interaction in interactions:
        fields = changed.setdefault(id(interaction.case), set())
        fields |= _touch(interaction.case, interaction)
    _save_cases({id(case): case for case, _new in entries}, changed)
    insert_rows(interactions)
    insert_rows(
        [
            _attachment(interaction, file)
            for interaction, (_case, new) in zip(interactions, entries, strict=True)
            for file in new.attachments
        ]
    )
    _record_events(interactions, entries, changed)
    signals.interactions_recorded.send(
        Interaction, interactions=interactions, files=_file_names(interactions, entries)
    )
    return interactions


@transaction.atomic
def note(
    *,
    case_id: int,
    actor: User,
    text: str,
    mentions: Iterable[User] = (),
    attachments: Sequence[StoredFile] = (),
) -> Interaction:
    """Leave an internal note; whoever is mentioned is brought in (``bring_in``).

    Followers may note as well. Raises NotAllowed or AlreadyMerged.
    """
    case = locked_readable(case_id, actor)
    new = NewInteraction(
        channel=Channel.INTERNAL,
        direction=Direction.OUTBOUND,
        visibility=Visibility.INTERNAL,
        author=actor,
        text=text,
        mentions=bring_in(case, actor, mentions),
        attachments=attachments,
    )
    return record_interaction(case=case, new=new)


def bring_in(case: Case, actor: User, mentioned: Iterable[User]) -> list[int]:
    """Let whom a note in a locked case names follow it from now on; returns their keys.

    Whom the actor may not let see the case (``mentions.admissible``) counts as not mentioned.
    """
    named = admissible(case, actor, mentioned)
    for colleague in named:
        follow_case(case_id=case.pk, actor=actor, follower=colleague)
    return [colleague.pk for colleague in named]


def _file_names(
    interactions: Sequence[Interaction], entries: Sequence[tuple[Case, NewInteraction]]
) -> dict[int, list[str]]:
    """The names of the files of each message, without pictures that stand in its text."""
    return {
        interaction.pk: [file.name[:255] for file in new.attachments if not file.inline]
        for interaction, (_case, new) in zip(interactions, entries, strict=True)
    }


def _draft(case: Case, new: NewInteraction) -> Interaction:
    at = new.received_at or timezone.now()
    return Interaction(
        case=case,
        channel=new.channel,
        direction=new.direction,
        visibility=new.visibility,
        author=new.author,
        sender_kind=new.sender_kind,
        sender_value=new.sender_value,
        sender_name=new.sender_name[:200],
        recipients=list(new.recipients),
        copies=list(new.copies),
        reply_to=list(new.reply_to),
        subject=new.subject[:500],
        text=new.text,
        text_folded=new.text_folded or new.text,
        html=new.html,
        automatic=new.automatic,
        pending=new.pending,
        occurred_at=new.occurred_at or at,
        received_at=at,
    )


def _attachment(interaction: Interaction, file: StoredFile) -> Attachment:
    return Attachment(
        interaction=interaction,
        file=file.path,
        name=file.name[:255],
        content_type=file.content_type[:150],
        size=file.size,
        content_id=file.content_id[:255],
        inline=file.inline,
    )


def _touch(case: Case, interaction: Interaction) -> set[str]:
    """Refresh what lists show of the case, and its clocks; return what may have changed."""
    changed = after_interaction(case, interaction)
    aside = interaction.automatic or interaction.pending
    if not interaction.is_internal and not (aside and case.snippet):
        words = " ".join(interaction.text_folded[:400].split())
        case.snippet, case.last_channel = words[:160], interaction.channel
        changed |= {"snippet", "last_channel"}
    case.last_activity_at = max(case.last_activity_at, interaction.received_at)
    return changed | {"last_activity_at"}


def _save_cases(cases: dict[int, Case], changed: dict[int, set[str]]) -> None:
    new = {key: case for key, case in cases.items() if not case.pk}
    if new:
        store_drafts(list(new.values()))
    known = [case for key, case in cases.items() if key not in new]
    if len(known) == 1:
        known[0].save(update_fields=changed[id(known[0])])
    elif known:
        fields = set().union(*(changed[id(case)] for case in known))
        update_rows(known, sorted(fields))
    for case in known:
        signals.case_changed.send(Case, case=case, changed=frozenset(changed[id(case)]))


def _record_events(
    interactions: list[Interaction],
    entries: Sequence[tuple[Case, NewInteraction]],
    changed: dict[int, set[str]],
) -> None:
    reopened = {
        id(interaction.case): interaction.case
        for interaction in interactions
        if "reopened_count" in changed[id(interaction.case)]
    }
    events = [
        event(case, EventKind.CASE_REOPENED, why="customer_wrote") for case in reopened.values()
    ]
    events += [
        event(
            interaction.case,
            EventKind.INTERACTION_RECORDED,
            actor=interaction.author,
            interaction=interaction.pk,
            channel=interaction.channel,
            direction=interaction.direction,
            visibility=interaction.visibility,
            **_asides(new),
        )
        for interaction, (_case, new) in zip(interactions, entries, strict=True)
    ]
    record_all(events)


def _asides(new: NewInteraction) -> dict[str, Any]:
    """What only some interactions have: the rule that calls it a machine's, who is mentioned."""
    named: dict[str, Any] = {"mentions": list(new.mentions)} if new.mentions else {}
    return named | ({"automatic": new.automatic} if new.automatic else {})
