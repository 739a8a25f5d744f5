"""Faults of mailboxes, for ``doctor``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.channels.mail.enums import Fate
from apps.channels.mail.models import LedgerEntry, MailboxState
from apps.channels.mail.webhooks.settings import is_webhook
from apps.common import health

UNWATCHED_AFTER = timedelta(minutes=15)


def register() -> None:
    """Register the checks with ``doctor``."""
    health.register("mailboxes", find_mailbox_faults)
    health.register("mails left in mailboxes", find_refused_mails, is_work=True)


def find_mailbox_faults() -> Iterator[str]:
    """One sentence for each mailbox that cannot be read, or that nobody has read for long.

    A single fault is no news: connections break, and two seconds later there is another.
    """
    mine = MailboxState.objects.filter(account__is_enabled=True).select_related("account")
    late = timezone.now() - UNWATCHED_AFTER
    for mailbox in mine.exclude(account__incoming=""):
        if mailbox.last_error and mailbox.failures != 1:
            yield f"{mailbox.account}: {mailbox.last_error}"
        elif is_webhook(mailbox.account.incoming):
            continue
        elif mailbox.last_success_at and mailbox.last_success_at < late:
            yield _("%(account)s: nobody has looked into the mailbox lately; run mailwatch.") % {
                "account": mailbox.account
            }


def find_refused_mails() -> Iterator[str]:
    """How many mails lie in a mailbox and could not be fetched."""
    refused = LedgerEntry.objects.filter(Q(fate=Fate.REFUSED), mailbox__account__is_enabled=True)
    counted = refused.values("mailbox__account__name").annotate(count=Count("pk"))
    for row in counted.order_by("mailbox__account__name"):
        yield ngettext(
            "%(account)s: %(count)d mail could not be fetched; see Mails in mailboxes.",
            "%(account)s: %(count)d mails could not be fetched; see Mails in mailboxes.",
            row["count"],
        ) % {"account": row["mailbox__account__name"], "count": row["count"]}
