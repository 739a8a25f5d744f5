"""How the accounts are: written down on every attempt, at most twice a minute while all is well."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.channels import registry
from apps.channels.driver import DeliveryError, Driver, DriverError
from apps.channels.enums import DeliveryState
from apps.channels.hearing import ATTENTION
from apps.channels.models import Account, Delivery
from apps.common.sentences import gettext as _
from apps.live.domain import announce

logger = logging.getLogger(__name__)

THROTTLE = timedelta(seconds=30)
PROBE_EVERY = timedelta(seconds=30)


def note_success(account: Account) -> None:
    """The account's server answered; what waited for it alone is tried at once.

    Costs nothing as long as the account, as it was read just before, was well already.
    """
    now = timezone.now()
    well = not account.last_error and account.unreachable_since is None
    if well and account.last_success_at and account.last_success_at >= now - THROTTLE:
        return
    mine = Account.objects.filter(pk=account.pk)
    stale = Q(last_success_at=None) | Q(last_success_at__lt=now - THROTTLE)
    mine.filter(stale | ~Q(last_error="")).update(
        last_success_at=now, last_error="", last_error_at=None
    )
    if account.last_error:
        announce(ATTENTION, account.pk)
    if mine.filter(unreachable_since__isnull=False).update(unreachable_since=None):
        release_waiting(account)


def note_error(account: Account, reason: str, *, unreachable: bool) -> None:
    """Remember what the account's server said; only a fault of its own counts as the account's."""
    if not unreachable:
        return
    now = timezone.now()
    Account.objects.filter(pk=account.pk).update(
        last_error=reason,
        last_error_at=now,
        unreachable_since=Coalesce(F("unreachable_since"), now),
    )
    announce(ATTENTION, account.pk)


def release_waiting(account: Account) -> int:
    """Bring forward whatever failed only because the server could not be reached."""
    waiting = Delivery.objects.filter(account=account, state=DeliveryState.QUEUED, unreachable=True)
    return waiting.update(next_attempt_at=timezone.now(), unreachable=False)


def driver_of(account: Account) -> Driver:
    """The driver by which the account sends; raises DeliveryError where none is installed."""
    if registry.has(account.channel):
        return registry.get(account.channel)
    reason = _("No driver stands behind the channel of the account %(account)s.")
    raise DeliveryError(reason % {"account": account}, permanent=False, unreachable=True)


def check_account(account: Account) -> str:
    """Connect to the account's server without sending; returns what is wrong, or nothing."""
    try:
        driver_of(account).check(account.as_view())
    except DriverError as error:
        note_error(account, error.reason, unreachable=True)
        return error.reason
    note_success(account)
    return ""


def probe_unreachable(*, at: datetime | None = None) -> int:
    """Look whether servers are back for which messages wait; returns how many were asked.

    Each is asked every half minute, by one process of however many sweep.
    """
    at = at or timezone.now()
    due = Q(checked_at=None) | Q(checked_at__lte=at - PROBE_EVERY)
    asked = 0
    lost = Account.objects.enabled().filter(due, unreachable_since__isnull=False)
    for account in lost.filter(deliveries__state=DeliveryState.QUEUED).distinct():
        if Account.objects.filter(due, pk=account.pk).update(checked_at=at):
            try:
                check_account(account)
            except Exception:  # one account must not keep the sweep from the others
                logger.exception("account %s could not be asked", account.pk)
            asked += 1
    return asked
