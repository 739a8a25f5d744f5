"""What a message says of where it belongs, worked out before any database is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from apps.channels import tokens
from apps.channels.driver import Incoming
from apps.channels.enums import KeyRole
from apps.channels.keys import choose_named, key_for, link_key_for
from apps.channels.models import InboundMessage
from apps.customers.models import Customer


@dataclass(frozen=True, slots=True)
class Message:
    """What threading has to know of one message; built once by ``describe``."""

    inbound: InboundMessage
    incoming: Incoming
    kind: str
    address: str
    customer: Customer
    own_key: str
    named: tuple[str, ...]
    our_keys: tuple[str, ...]
    link_key: str
    marked: tuple[int, ...]
    content_hash: str

    @property
    def roles(self) -> Iterable[tuple[str, str]]:
        """The keys by which later messages may find this one, each with its role."""
        if self.own_key:
            yield self.own_key, KeyRole.OWN
        for key in self.named:
            yield key, KeyRole.NAMED
        if self.link_key:
            yield self.link_key, KeyRole.LINK

    @property
    def keys(self) -> set[str]:
        wanted = {self.own_key, self.link_key, *self.named, *self.our_keys}
        return wanted - {""}


def describe(
    inbound: InboundMessage,
    incoming: Incoming,
    *,
    channel: str,
    kind: str,
    address: str,
    customer: Customer,
    content_hash: str,
) -> Message:
    """Work out everything about a message that needs no database."""
    named = choose_named(incoming.references)
    marked = tokens.cases_in_addresses(incoming.delivered_to)
    marked += tokens.cases_in_subject(incoming.subject)
    return Message(
        inbound=inbound,
        incoming=incoming,
        kind=kind,
        address=address,
        customer=customer,
        own_key=_own_key(channel, incoming, address, content_hash),
        named=tuple(key_for(channel, reference) for reference in named),
        our_keys=tuple(
            key_for(channel, reference)
            for reference in incoming.references
            if tokens.is_own_message_id(reference)
        ),
        link_key=link_key_for(channel, incoming.link) if incoming.link else "",
        marked=tuple(dict.fromkeys(marked)),
        content_hash=content_hash,
    )


def _own_key(channel: str, incoming: Incoming, address: str, content_hash: str) -> str:
    """By the sender's id; copies of a message without one have sender, date and content alike."""
    if incoming.external_id:
        return key_for(channel, incoming.external_id)
    if incoming.occurred_at is None:
        return ""
    alike = f"{address} {incoming.occurred_at.isoformat()} {content_hash}"
    return key_for(channel, f"without-id:{hashlib.sha256(alike.encode()).hexdigest()}")
