"""From raw bytes to a reading: parsing and filing, both outside of any transaction."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from apps.cases import files
from apps.cases.files import StoredFile
from apps.channels import registry, tokens
from apps.channels.domain.accepting import Reading
from apps.channels.driver import AccountView, Incoming, IncomingAttachment, Party
from apps.channels.models import Account, InboundMessage
from apps.common.lines import plain_line


class Reader:
    """Reads the inputs of one account; what it needs to know of it is worked out once."""

    def __init__(self, account: Account) -> None:
        self.driver = registry.get(account.channel)
        self.view: AccountView = account.as_view()

    def read(self, inbound: InboundMessage, raw: bytes) -> Reading:
        """Parse one input and put its files away.

        Raises Unreadable, or whatever else goes wrong inside the driver.
        """
        incoming = _tidy(self.driver.parse(self.view, raw, inbound.content_type))
        stored = tuple(_store_files(incoming))
        kind = self.driver.identity_kind
        return Reading(inbound, incoming, kind, stored, _hash_content(incoming))


def _tidy(incoming: Incoming) -> Incoming:
    """Names and subject fit to be shown and to be sent again."""
    return replace(
        incoming,
        subject=plain_line(incoming.subject),
        sender=_tidy_party(incoming.sender),
        to=tuple(map(_tidy_party, incoming.to)),
        cc=tuple(map(_tidy_party, incoming.cc)),
    )


def _tidy_party(party: Party) -> Party:
    name = plain_line(party.name)
    return party if name == party.name else replace(party, name=name)


def _hash_content(incoming: Incoming) -> str:
    """SHA-256 over what a message says, files included: equal for copies of one message.

    The subject without our marks; files in any order.
    """
    files = [
        f"{hashlib.sha256(one.content).hexdigest()} {one.name}" for one in incoming.attachments
    ]
    # the plain part of many programs says only that there is another one
    words = [tokens.strip_marks(incoming.subject), incoming.text, incoming.html, *sorted(files)]
    return hashlib.sha256("\0".join(words).encode("utf-8", "replace")).hexdigest()


def _store_files(incoming: Incoming) -> list[StoredFile]:
    stored: list[StoredFile] = []
    try:
        stored.extend(_store_file(one) for one in incoming.attachments)
    except BaseException:
        files.discard(stored)
        raise
    return stored


def _store_file(one: IncomingAttachment) -> StoredFile:
    return files.store(
        one.content,
        name=one.name,
        content_type=one.content_type,
        content_id=one.content_id,
        inline=one.inline,
    )
