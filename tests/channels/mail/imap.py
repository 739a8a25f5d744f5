"""What the tests of mailboxes share."""

from __future__ import annotations

from threading import Event
from typing import Any

from apps.channels.domain.collecting import Door
from apps.channels.mail.mailbox.watching import Watcher
from apps.channels.models import Account, InboundMessage


def make_mail(number: int = 1, *, size: int = 0, sender: str = "cleo@example.org") -> bytes:
    """A mail of its own; ``size`` makes it at least so large."""
    body = f"Word {number}.\r\n" + "x" * 76 + "\r\n" if not size else ""
    lines = f"{number:074d}\r\n" * (size // 76 + 1) if size else ""
    return (
        f"From: Cleo <{sender}>\r\nTo: service@test.local\r\nSubject: Mail {number}\r\n"
        f"Message-ID: <mail-{number}@example.org>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0800\r\n"
        f"\r\n{body}{lines}"
    ).encode()


def make_account(incoming: str, name: str = "support", **options: str) -> Account:
    return Account.objects.create(
        channel="email",
        name=name,
        address=f"{name}@test.local",
        incoming=incoming,
        options=options,
    )


def fetch(account: Account) -> None:
    """Look once into the account's mailbox, as the sweep does."""
    Watcher(account.as_view(), Door("email"), Event()).fetch()


def taken(account: Account) -> list[bytes]:
    """The raw bytes of everything that came in through an account, in order."""
    inputs = InboundMessage.objects.filter(account=account).select_related("raw").order_by("pk")
    return [bytes(one.raw.body) for one in inputs]


def health(account: Account) -> Any:
    account.refresh_from_db()
    return account.mailbox
