"""The rows of a case, as the verbs would have left them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from random import Random

from apps.cases.enums import Channel, Direction, EventKind, Outcome, Visibility
from apps.cases.models import Case, CaseEvent, Interaction
from apps.channels.enums import DeliveryState
from apps.channels.models import Account, Delivery
from apps.search.registry import Document
from contactcentre.simulate.lives import Turn
from contactcentre.simulate.matters import Matter
from contactcentre.simulate.owing import Owing
from contactcentre.simulate.people import Person
from contactcentre.simulate.tables import Table

ON_THE_WAY = timedelta(seconds=5)
PATIENCE = timedelta(days=5)
NONE = "[]"


class Rows:
    """Everything of cases that is not yet written."""

    def __init__(self, rnd: Random, now: datetime) -> None:
        accounts = Account.objects.filter(channel=Channel.EMAIL)
        self._account = accounts.order_by("-is_default", "pk").first()
        self._cases = Table(
            Case,
            *("id", "subject", "kind", "status", "priority", "channel", "customer", "team"),
            *("owner", "opened_at", "first_reply_at", "resolved_at", "closed_at"),
            *("waiting_since", "last_activity_at", "last_channel", "snippet", "due_at"),
        )
        self._interactions = Table(
            Interaction,
            *("id", "case", "channel", "direction", "visibility", "author", "sender_kind"),
            *("sender_value", "sender_name", "recipients", "subject", "text", "text_folded"),
            *("occurred_at", "received_at"),
        )
        self._events = Table(CaseEvent, "id", "case", "kind", "at", "actor", "data")
        self._deliveries = Table(
            Delivery,
            *("id", "interaction", "account", "message_id", "reply_to", "state", "attempts"),
            *("next_attempt_at", "expires_at", "created_at", "sent_at"),
        )
        self._tags = Table(Case.tags.through, "id", "case", "tag")
        self._owing = Owing(rnd, now, self._event)
        self.interactions_made = 0

    def add(self, matter: Matter) -> list[Document]:
        """Collect the rows of a case; returns what can be found of it."""
        life, key = matter.life, self._cases.next_id()
        document = Document(
            source="case",
            object_id=key,
            at=life.opened_at,
            title=matter.subject,
            case_id=key,
            customer_id=matter.person.id,
            team_id=matter.team,
            channel=life.channel,
        )
        documents = [document]
        self._event(key, EventKind.CASE_OPENED, life.opened_at, None, channel=life.channel)
        for turn, at in life.turns:
            said = self._interaction(matter, turn, at, document)
            documents.append(said)
        told = zip(life.turns, documents[1:], strict=True)
        words = [(turn, at, word.object_id) for (turn, at), word in told]
        due_at = self._owing.add(matter, key, words)
        spoken = [one.body for one in documents if one.channel != Channel.INTERNAL]
        self._case(matter, key, " ".join(spoken[-1][:400].split())[:160], due_at)
        self._end(matter, key)
        if matter.tag:
            self._tags.add(self._tags.next_id(), key, matter.tag)
        return documents

    def write(self) -> None:
        for table in (
            self._cases,
            self._interactions,
            self._events,
            self._deliveries,
            self._tags,
            self._owing,
        ):
            table.write()

    def _case(self, matter: Matter, key: int, snippet: str, due_at: datetime | None) -> None:
        life = matter.life
        self._cases.add(
            *(key, matter.subject, life.kind, life.status, life.priority, life.channel),
            *(matter.person.id, matter.team, matter.owner, life.opened_at),
            *(matter.first_reply_at, life.resolved_at, life.closed_at, matter.waiting_since),
            *(matter.last(*Turn), life.channel, snippet, due_at),
        )

    def _interaction(self, matter: Matter, turn: Turn, at: datetime, of: Document) -> Document:
        key, person = self._interactions.next_id(), matter.person
        internal, inbound = turn is Turn.NOTE, turn is Turn.CUSTOMER
        channel = Channel.INTERNAL if internal else matter.life.channel
        mailed = channel == Channel.EMAIL
        text = person.words(turn.value)
        author = None if inbound else matter.owner
        direction = Direction.INBOUND if inbound else Direction.OUTBOUND
        visibility = Visibility.INTERNAL if internal else Visibility.PUBLIC
        subject = ("" if inbound else "Re: ") + matter.subject if mailed else ""
        sender = (*matter.sender, person.name) if inbound else ("", "", "")
        recipients = _recipients(person) if mailed and not inbound else NONE
        self._interactions.add(
            *(key, of.object_id, channel, direction, visibility, author, *sender),
            *(recipients, subject, text, text, at, at),
        )
        what = {"channel": channel, "direction": direction, "visibility": visibility}
        recorded = EventKind.INTERACTION_RECORDED
        self._event(of.object_id, recorded, at, author, interaction=key, **what)
        if mailed and not inbound and self._account:
            self._delivery(key, self._account, at)
        self.interactions_made += 1
        return Document(
            source="interaction",
            object_id=key,
            at=at,
            title=subject,
            body=text,
            case_id=of.case_id,
            customer_id=of.customer_id,
            team_id=of.team_id,
            channel=channel,
        )

    def _delivery(self, interaction: int, account: Account, at: datetime) -> None:
        message_id = f"sim.{interaction}@sim.example"
        self._deliveries.add(
            *(self._deliveries.next_id(), interaction, account.pk, message_id, account.address),
            *(DeliveryState.SENT, 1, at, at + PATIENCE, at, at + ON_THE_WAY),
        )

    def _end(self, matter: Matter, key: int) -> None:
        life = matter.life
        if life.resolved_at:
            self._event(key, EventKind.CASE_RESOLVED, life.resolved_at, matter.owner)
        if life.closed_at:
            outcome = Outcome.AGREED
            self._event(key, EventKind.CASE_CLOSED, life.closed_at, matter.owner, outcome=outcome)

    def _event(self, case: int, kind: str, at: datetime, actor: int | None, **data: object) -> None:
        self._events.add(self._events.next_id(), case, kind, at, actor, json.dumps(data))


def _recipients(person: Person) -> str:
    return json.dumps([{"kind": "email", "value": person.email, "name": person.name}])
