"""The outbox: what has to reach somebody, and how far it got."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.cases.models import Interaction
from apps.channels.enums import DeliveryState
from apps.channels.models.account import Account
from apps.common.expressions import Literal
from apps.common.sentences import SentenceField

if TYPE_CHECKING:
    from apps.accounts.models import User

PENDING = (DeliveryState.HELD, DeliveryState.QUEUED, DeliveryState.SENDING)
TROUBLE = (DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.BOUNCED)
DELAYED = Q(state=DeliveryState.QUEUED, warned_at__isnull=False)
IN_TROUBLE = Q(settled_at__isnull=True) & (Q(state__in=TROUBLE) | DELAYED)
PATIENCE = timedelta(days=5)
# The conditions of the partial indexes in the planners' own words, which parameters are not.
WAITING = Q(state__in=[Literal(state) for state in PENDING])
TROUBLED = Q(settled_at__isnull=True) & (
    Q(state__in=[Literal(state) for state in TROUBLE])
    | Q(state=Literal(DeliveryState.QUEUED), warned_at__isnull=False)
)


def default_expiry() -> datetime:
    return timezone.now() + PATIENCE


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: User) -> Self:
        """Deliveries of the accounts that the person sees."""
        return self.filter(account__in=Account.objects.visible_to(user))

    def steered_by(self, user: User) -> Self:
        """What the person may steer without its case: what is stuck in an account of theirs,
        and system mail. An answer that is on its way belongs to its case alone.
        """
        stuck = Q(state__in=TROUBLE) | DELAYED | Q(interaction=None)
        return self.visible_to(user).filter(stuck)

    def due(self, *, at: datetime) -> Self:
        """What may be tried at this time, oldest first."""
        ready = Q(state=DeliveryState.QUEUED, next_attempt_at__lte=at)
        released = Q(state=DeliveryState.HELD, held_until__lte=at)
        return self.filter(WAITING, ready | released).order_by("next_attempt_at", "pk")

    def in_trouble(self) -> Self:
        """What needs a person and has not been settled by one, delayed for a day included."""
        return self.filter(TROUBLED)


class Delivery(models.Model):
    """The sending of one interaction, or of one ``SystemMail`` without one. Times are UTC.

    ``message_id`` is fixed here, ``dated_at`` (what the message says of its date) by the first
    attempt; both are the same on every attempt.
    ``committing`` is set just before the other side may take the message: a lease that runs
    out with it set has an unknown answer, without it nothing was handed over.
    ``remaining`` lists the addresses that are still to be reached, all when empty; ``refused``
    holds those that the other side will not take while the rest is under way, with its reasons.
    ``returned`` holds those of reports that came while it was still being sent.
    ``unreachable``: the last attempt failed by the account's fault. ``warned_at``: when the
    agent was told of the delay; ``expires_at``: when trying ends.
    """

    interaction = models.OneToOneField(
        Interaction,
        models.CASCADE,
        null=True,
        related_name="delivery",
        verbose_name=_("interaction"),
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="deliveries", verbose_name=_("account")
    )
    message_id = models.CharField(_("Message-ID"), max_length=255, unique=True)
    reply_to = models.CharField(_("reply address"), max_length=320, blank=True)
    references = models.JSONField(_("references"), default=list, blank=True)
    automatic = models.BooleanField(_("automatic"), default=False)
    state = models.CharField(
        _("state"), max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"), default=timezone.now)
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    lease_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    lease_token = models.CharField(_("lease"), max_length=32, blank=True)
    committing = models.BooleanField(_("being handed over"), default=False)
    remaining = models.JSONField(_("still to be reached"), default=list, blank=True)
    returned = models.JSONField(_("returned while sending"), default=dict, blank=True)
    refused = models.JSONField(_("refused for good"), default=dict, blank=True)
    unreachable = models.BooleanField(_("server unreachable"), default=False)
    detail = SentenceField(_("detail"), blank=True)
    warned_at = models.DateTimeField(_("warned of the delay at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("tried until"), default=default_expiry)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    dated_at = models.DateTimeField(_("dated"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                name="delivery_pending",
                condition=Q(state__in=PENDING),
            ),
            models.Index(
                fields=["id"],
                name="delivery_trouble",
                condition=IN_TROUBLE,
            ),
        ]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_state_display()}"

    @property
    def is_partly_sent(self) -> bool:
        """Whether somebody has got it and somebody has not."""
        return bool(self.remaining or self.refused)

    @property
    def recipients(self) -> list[dict[str, str]]:
        """Whom it is addressed to, copies aside; reads what it carries."""
        carried = self.interaction or self.system_mail
        return list(carried.recipients)

    @property
    def parties(self) -> list[dict[str, str]]:
        """All whom it goes to; reads what it carries."""
        copies = self.interaction.copies if self.interaction else []
        return [*self.recipients, *copies]

    @property
    def reached(self) -> list[str]:
        """Addresses that have it already; reads what it carries."""
        if not self.is_partly_sent:
            return []
        missing = {*self.remaining, *self.refused}
        return [one["value"] for one in self.parties if one["value"] not in missing]

    @property
    def misses_its_addressee(self) -> bool:
        """Whether anybody in To (a copy does not count) has not got it; reads what it carries."""
        missing = {*self.remaining, *self.refused}
        return not missing or any(one["value"] in missing for one in self.recipients)
