"""Faults of accounts, intake and outbox, for ``doctor`` and the desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.channels import registry
from apps.channels.models import Account, Delivery, InboundMessage
from apps.common import health

STUCK_AFTER = timedelta(minutes=5)


def register() -> None:
    """Register the checks with ``doctor``."""
    health.register("accounts", find_account_faults)
    health.register("quarantine", find_quarantined, is_work=True)
    health.register("intake", find_stuck_inputs)
    health.register("deliveries", find_troubled_deliveries, is_work=True)


def find_account_faults() -> Iterator[str]:
    """One sentence for each account whose server cannot be reached, or that has no driver."""
    for account in Account.objects.enabled():
        if not registry.has(account.channel):
            yield _("%(account)s: no driver stands behind this channel; disable it.") % {
                "account": account
            }
        elif account.unreachable_since:
            yield account_fault(account)


def account_fault(account: Account) -> str:
    """What is wrong with an account that is unreachable, and what to do."""
    since = timezone.localtime(account.unreachable_since)
    return _(
        "%(account)s has not answered since %(since)s: %(error)s Check the server and the"
        " account's settings; what waits leaves by itself once it answers again."
    ) % {
        "account": account,
        "since": date_format(since, "Y-m-d H:i"),
        "error": account.last_error,
    }


def find_quarantined() -> Iterator[str]:
    """How many inputs need a person."""
    if count := InboundMessage.objects.quarantined().count():
        yield ngettext(
            "%(count)d input is in quarantine; look at it under Needs attention.",
            "%(count)d inputs are in quarantine; look at them under Needs attention.",
            count,
        ) % {"count": count}


def find_stuck_inputs() -> Iterator[str]:
    """Inputs that were stored and that nobody takes up."""
    stuck = InboundMessage.objects.abandoned(at=timezone.now() - STUCK_AFTER)
    if count := stuck.count():
        yield ngettext(
            "%(count)d input waits to be read; is a worker running?",
            "%(count)d inputs wait to be read; is a worker running?",
            count,
        ) % {"count": count}


def find_troubled_deliveries() -> Iterator[str]:
    """How many messages did not arrive, or perhaps did not."""
    if count := Delivery.objects.in_trouble().count():
        yield ngettext(
            "%(count)d message has not been delivered; look at it under Needs attention.",
            "%(count)d messages have not been delivered; look at them under Needs attention.",
            count,
        ) % {"count": count}
