"""What arrived, exactly as it arrived, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.cases.models import Case, Interaction
from apps.channels.driver import OWN_NOTICE
from apps.channels.enums import InboundState
from apps.channels.models.account import Account
from apps.common.expressions import Literal
from apps.common.sentences import SentenceField

if TYPE_CHECKING:
    from apps.accounts.models import User


# The condition of the partial index in the planners' own words, which a parameter is not.
UNSETTLED = Q(state__in=[Literal(InboundState.RECEIVED), Literal(InboundState.QUARANTINED)])

# What we sent ourselves and came back: its words are ours, such as the link to a new password.
OWN_MESSAGE, SYSTEM_MAIL = "own_message", "report of a system mail"
OWN_WORDS = (OWN_MESSAGE, OWN_NOTICE, SYSTEM_MAIL)


class InboundMessageQuerySet(models.QuerySet["InboundMessage"]):
    def visible_to(self, user: User) -> Self:
        """Inputs of the accounts that the person sees."""
        return self.filter(account__in=Account.objects.visible_to(user))

    def led_by(self, user: User) -> Self:
        """Inputs that this person may look into as they arrived: of accounts whose team they
        lead, and only with their case where that has taken them in.
        """
        mine = self._open_to(user)
        if not user.is_superuser:
            mine = mine.filter(account__team_id__in=user.led_team_ids)
        readable = Case.objects.visible_to(user).values("pk")
        return mine.filter(Q(case=None) | Q(case__in=readable))

    def kept_for(self, user: User) -> Self:
        """Inputs whose bytes this person may download: the team's until they became a message,
        from then on its leads'.
        """
        unread = ~Q(state=InboundState.ACCEPTED)
        of_team = self._open_to(user).visible_to(user).filter(unread, case=None)
        return self.filter(
            Q(pk__in=of_team.values("pk")) | Q(pk__in=self.led_by(user).values("pk"))
        )

    def _open_to(self, user: User) -> Self:
        """All but our own words, which only superusers read where they came back without a case."""
        ours = Q(state=InboundState.IGNORED, reason__in=OWN_WORDS, case=None)
        return self if user.is_superuser else self.exclude(ours)

    def quarantined(self) -> Self:
        return self.filter(UNSETTLED, state=InboundState.QUARANTINED)

    def abandoned(self, *, at: datetime) -> Self:
        """Stored, but whoever was to read it has not said what became of it."""
        received = self.filter(UNSETTLED, state=InboundState.RECEIVED, next_attempt_at__lte=at)
        return received.order_by("pk")


class InboundMessage(models.Model):
    """One input. The same bytes through the same account are the same input.

    ``content_hash`` is the SHA-256 of the raw bytes in hex; ``reason`` says why it is in
    quarantine or by which rule it was ignored. ``attempts`` counts before each try, so that
    an input which kills its reader is counted too. ``copy_of`` is the input that brought the
    same message through another account.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="inbound", verbose_name=_("account")
    )
    content_hash = models.CharField(_("content hash"), max_length=64)
    content_type = models.CharField(_("content type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    state = models.CharField(
        _("state"), max_length=12, choices=InboundState, default=InboundState.RECEIVED
    )
    reason = SentenceField(_("reason"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"), default=timezone.now)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    copy_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("copy of"),
    )
    case = models.ForeignKey(
        Case, models.SET_NULL, null=True, related_name="+", verbose_name=_("case")
    )
    interaction = models.OneToOneField(
        Interaction,
        models.SET_NULL,
        null=True,
        related_name="inbound",
        verbose_name=_("interaction"),
    )

    objects = InboundMessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "content_hash"], name="one_input_per_hash")
        ]
        indexes = [
            models.Index(fields=["account", "id"], name="inbound_newest"),
            models.Index(
                fields=["id"],
                name="inbound_unsettled",
                condition=Q(state__in=[InboundState.RECEIVED, InboundState.QUARANTINED]),
            ),
        ]
        verbose_name = _("inbound message")
        verbose_name_plural = _("inbound messages")

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_state_display()}"


class RawInput(models.Model):
    """The bytes of an input, kept beside it so that lists never read them."""

    inbound = models.OneToOneField(
        InboundMessage, models.CASCADE, primary_key=True, related_name="raw"
    )
    body = models.BinaryField()

    def __str__(self) -> str:
        return f"#{self.pk}"
