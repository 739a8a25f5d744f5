"""One door of a channel: a mailbox, a fax number, a form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from apps.accounts.models import Team
from apps.channels.driver import AccountView
from apps.channels.labels import channel_label
from apps.common.fields import EncryptedTextField
from apps.common.sentences import SentenceField

if TYPE_CHECKING:
    from apps.accounts.models import User

_BREAK = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class AccountQuerySet(models.QuerySet["Account"]):
    def visible_to(self, user: User) -> Self:
        """Accounts of the person's teams, and those without a team; all for superusers."""
        if user.is_superuser:
            return self
        return self.filter(Q(team_id__in=user.team_ids) | Q(team=None))

    def enabled(self) -> Self:
        return self.filter(is_enabled=True)


class Account(models.Model):
    """A channel's account. ``incoming`` and ``outgoing`` are URLs that may hold passwords."""

    channel = models.CharField(_("channel"), max_length=20)
    name = models.SlugField(_("name"), max_length=50, allow_unicode=True)
    address = models.CharField(
        _("address"), max_length=320, blank=True, help_text=_("What customers write to or dial.")
    )
    display_name = models.CharField(
        _("name shown"), max_length=100, blank=True, help_text=_("As customers read the sender.")
    )
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="accounts",
        verbose_name=_("team"),
        help_text=_("New cases of this account go to this team."),
    )
    is_default = models.BooleanField(
        _("default"), default=False, help_text=_("Sends what belongs to no other account.")
    )
    is_enabled = models.BooleanField(_("enabled"), default=True)
    incoming = EncryptedTextField(_("incoming server"), blank=True)
    outgoing = EncryptedTextField(_("outgoing server"), blank=True)
    options = models.JSONField(_("options"), default=dict, blank=True)
    signature = models.TextField(
        _("signature"), blank=True, help_text=_("Stands below every answer sent by this account.")
    )
    last_success_at = models.DateTimeField(_("last success"), null=True, blank=True, editable=False)
    last_error = SentenceField(_("last error"), blank=True, editable=False)
    last_error_at = models.DateTimeField(_("last error at"), null=True, blank=True, editable=False)
    unreachable_since = models.DateTimeField(
        _("unreachable since"), null=True, blank=True, editable=False
    )
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True, editable=False)

    history = HistoricalRecords(
        excluded_fields=[
            "incoming",
            "outgoing",
            "last_success_at",
            "last_error",
            "last_error_at",
            "unreachable_since",
            "checked_at",
        ]
    )
    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ["channel", "name"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "name"], name="one_account_per_name"),
            models.UniqueConstraint(
                fields=["channel"], condition=Q(is_default=True), name="one_default_per_channel"
            ),
        ]
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return f"{channel_label(self.channel)}/{self.name}"

    def clean(self) -> None:
        """Refuse a name that would end a header line, and a second door under one address."""
        if _BREAK.search(self.display_name):
            raise ValidationError({"display_name": _("Write the name on one line.")})
        if not (self.is_enabled and self.address):
            return
        others = Account.objects.enabled().filter(
            channel=self.channel, address__iexact=self.address
        )
        if twin := others.exclude(pk=self.pk).first():
            reason = _("The account “%(name)s” has this address already; disable it first.")
            raise ValidationError({"address": reason % {"name": twin.name}})

    def as_view(self) -> AccountView:
        """What the driver may know."""
        return AccountView(
            id=self.pk,
            name=self.name,
            address=self.address,
            display_name=self.display_name,
            incoming=self.incoming,
            outgoing=self.outgoing,
            options=dict(self.options),
        )
