"""What the portal itself writes to the people who work with it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.channels.models.delivery import Delivery
from apps.common.fields import EncryptedTextField


class SystemMail(models.Model):
    """An invitation, a password link: what its delivery carries instead of an interaction.

    ``text`` may hold a link that opens an account: encrypted, and empty once it has left.
    """

    delivery = models.OneToOneField(
        Delivery, models.CASCADE, primary_key=True, related_name="system_mail"
    )
    address = models.CharField(_("address"), max_length=320)
    name = models.CharField(_("name"), max_length=150, blank=True)
    subject = models.CharField(_("subject"), max_length=255)
    text = EncryptedTextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("system mail")
        verbose_name_plural = _("system mails")

    def __str__(self) -> str:
        return self.subject

    @property
    def recipients(self) -> list[dict[str, str]]:
        return [{"kind": "email", "value": self.address, "name": self.name}]
