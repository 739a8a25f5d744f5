"""From raw bytes to a reading: parsing and filing, both outside of any transaction."""

from __future__ import annotations

from apps.cases import files
from apps.cases.files import StoredFile
from apps.channels import registry
from apps.channels.domain.accepting import Reading
from apps.channels.driver import AccountView, Incoming, IncomingAttachment
from apps.channels.models import Account, InboundMessage


class Reader:
    """Reads the inputs of one account; what it needs to know of it is worked out once."""

    def __init__(self, account: Account) -> None:
        self.driver = registry.get(account.channel)
        self.view: AccountView = account.as_view()

    def read(self, inbound: InboundMessage, raw: bytes) -> Reading:
        """Parse one input and put its files away.

        Raises Unreadable, or whatever else goes wrong inside the driver.
        """
        incoming = self.driver.parse(self.view, raw, inbound.content_type)
        stored = tuple(_store_files(incoming))
        return Reading(inbound, incoming, self.driver.identity_kind, stored)


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
