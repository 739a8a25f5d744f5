"""The mail channel as the core sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils import timezone

from apps.channels.driver import AccountView, Incoming, Outgoing, Receipt
from apps.channels.mail import accounts, addresses, parsing, sending


class MailDriver:
    """Mail in by raw bytes (RFC 5322), out by SMTP (RFC 5321)."""

    slug = "email"
    folder = "mail"
    identity_kind = addresses.KIND
    content_types: tuple[str, ...] = ("message/rfc822", "message/global")

    def clean_settings(self, values: Mapping[str, str]) -> Mapping[str, str]:
        return accounts.clean_settings(values)

    def parse(self, account: AccountView, raw: bytes, content_type: str) -> Incoming:
        return parsing.parse(raw, at=timezone.now())

    def send(
        self,
        account: AccountView,
        message: Outgoing,
        about_to_commit: Callable[[], None],
        renew: Callable[[], None],
    ) -> Receipt:
        return sending.send(account, message, about_to_commit, renew)

    def check(self, account: AccountView) -> None:
        sending.check(account)
