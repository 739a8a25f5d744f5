"""What the mail driver remembers of mailboxes: who watches, and what was taken in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.channels.mail.enums import Fate
from apps.common.fields import EncryptedTextField
from apps.common.sentences import SentenceField


class MailboxState(models.Model):
    """The watching of one account's mailbox. Times are UTC.

    ``source`` is a digest of server, user and folder: another mailbox starts a new ledger;
    ``setup`` is one of all settings: when they change, the pause after a fault is over.
    ``lease`` belongs to the process that watches, until ``lease_until``; after a fault nobody
    tries before ``retry_at``.
    """

    account = models.OneToOneField(
        "contact_channels.Account",
        models.CASCADE,
        primary_key=True,
        related_name="mailbox",
        verbose_name=_("account"),
    )
    source = models.CharField(max_length=64, blank=True)
    setup = models.CharField(max_length=64, blank=True)
    uid_validity = models.PositiveBigIntegerField(null=True)
    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(_("last success"), null=True)
    last_error = SentenceField(_("last error"), blank=True)
    last_error_at = models.DateTimeField(_("last error at"), null=True)
    failures = models.PositiveIntegerField(_("attempts that failed"), default=0)
    retry_at = models.DateTimeField(_("next attempt at"), null=True)

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")

    def __str__(self) -> str:
        return f"#{self.pk}"


class Grant(models.Model):
    """The refresh token that replaces a configured one, of which ``source`` is a digest: the
    provider has handed out another.
    """

    source = models.CharField(max_length=64, primary_key=True)
    refresh_token = EncryptedTextField()
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.source[:8]} ({self.updated_at:%Y-%m-%d})"


class LedgerEntry(models.Model):
    """One mail that stands in the mailbox and was dealt with.

    ``mark`` is its size and the server's date of arrival: a server that gives a UID to
    another mail is found out by it. A row goes away when its mail has left the mailbox, so
    the ledger is never longer than the mailbox.
    """

    mailbox = models.ForeignKey(
        MailboxState, models.CASCADE, related_name="entries", verbose_name=_("mailbox")
    )
    uid = models.PositiveBigIntegerField("UID")
    mark = models.CharField(_("size and arrival"), max_length=60)
    fate = models.CharField(_("fate"), max_length=8, choices=Fate)
    reason = SentenceField(_("reason"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "uid"], name="one_ledger_entry_per_uid")
        ]
        indexes = [
            models.Index(
                fields=["mailbox"],
                name="ledger_refused",
                condition=models.Q(fate=Fate.REFUSED),
            )
        ]
        verbose_name = _("mail in a mailbox")
        verbose_name_plural = _("mails in mailboxes")

    def __str__(self) -> str:
        return f"{self.mailbox_id}/{self.uid} {self.fate}"
