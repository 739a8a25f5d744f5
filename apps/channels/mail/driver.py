"""The mail channel as the core sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Event
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from apps.channels.doors import Intake, IntakeState, OptionField
from apps.channels.driver import AccountView, Incoming, Outgoing, Receipt
from apps.channels.mail import accounts, addresses, parsing, plaintext, sending, writing
from apps.channels.mail.mailbox import reporting, watching
from apps.channels.mail.mailbox import settings as mailbox_settings
from apps.channels.mail.options import option_fields
from apps.channels.mail.smtp import Connections
from apps.channels.mail.webhooks.settings import is_webhook


class MailDriver:
    """Mail in by raw bytes (RFC 5322), by IMAP, LMTP and webhooks; out by SMTP (RFC 5321)."""

    slug = "email"
    folder = "mail"
    identity_kind = addresses.KIND
    content_types: tuple[str, ...] = ("message/rfc822", "message/global")

    def __init__(self) -> None:
        self._connections = Connections()

    def clean_settings(self, values: Mapping[str, str]) -> Mapping[str, str]:
        cleaned = accounts.clean_settings(values)
        mailbox_settings.check(cleaned)
        return cleaned

    def parse(self, account: AccountView, raw: bytes, content_type: str) -> Incoming:
        return parsing.parse(raw, at=timezone.now())

    def send(
        self,
        account: AccountView,
        message: Outgoing,
        about_to_commit: Callable[[], None],
        renew: Callable[[], None],
    ) -> Receipt:
        return sending.send(account, message, about_to_commit, renew, self._connections)

    def clean_written(self, html: str) -> str:
        return writing.clean_written(html)

    def as_text(self, html: str) -> str:
        return plaintext.html_to_text(html)

    def rest(self, *, altogether: bool = False) -> None:
        self._connections.close_idle(altogether=altogether)

    def check(self, account: AccountView) -> None:
        sending.check(account)

    def collects(self, account: AccountView) -> bool:
        return bool(account.incoming) and not is_webhook(account.incoming)

    def watch(self, account: AccountView, intake: Intake, stop: Event) -> None:
        watching.Watcher(account, intake, stop).watch()

    def fetch(self, account: AccountView, intake: Intake, stop: Event) -> None:
        watching.Watcher(account, intake, stop).fetch()

    def check_incoming(self, account: AccountView) -> None:
        watching.check(account)

    def intake_states(self, account_ids: Sequence[int]) -> Mapping[int, IntakeState]:
        return reporting.intake_states(account_ids)

    def servers(self, account: AccountView) -> Mapping[str, tuple[str, int]]:
        return accounts.places(account)

    def option_fields(self) -> Sequence[OptionField]:
        return option_fields()

    def failing_accounts(self) -> QuerySet[Any, Any]:
        return reporting.failing_accounts()

    def listen(self, intake: Intake, endpoints: Mapping[str, str], stop: Event) -> None:
        from apps.channels.mail import listening  # only maild needs an SMTP server

        listening.listen(intake, endpoints, stop)

    def read_post(self, account: AccountView, request: HttpRequest) -> Sequence[bytes]:
        from apps.channels.mail.webhooks import posting  # only where a service posts

        return posting.read_post(account, request)
