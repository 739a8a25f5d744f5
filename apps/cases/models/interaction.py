"""What was said, by whom, on which channel."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.cases import enums
from apps.cases.files import attachment_storage
from apps.cases.models.case import Case

if TYPE_CHECKING:
    from apps.accounts.models import User


class InteractionQuerySet(models.QuerySet["Interaction"]):
    def visible_to(self, user: User) -> Self:
        """Interactions of cases that this person may read."""
        if user.is_superuser:
            return self
        return self.filter(case__in=Case.objects.visible_to(user).values("pk"))

    def public(self) -> Self:
        """What a customer may ever see: nothing internal passes this."""
        return self.filter(visibility=enums.Visibility.PUBLIC)

    def spoken(self) -> Self:
        """What we said ourselves, in public, as far as it was to leave by now."""
        ours = self.public().filter(direction=enums.Direction.OUTBOUND, automatic="")
        return ours.filter(pending=False)

    def earliest_moment(self) -> datetime | None:
        """When the first of these was received, None where there is none."""
        return self.order_by("received_at").values_list("received_at", flat=True).first()

    def latest_moment(self) -> datetime | None:
        """When the last of these was received, None where there is none."""
        return self.order_by("-received_at").values_list("received_at", flat=True).first()

    def newest_first(self) -> Self:
        return self.order_by("-received_at", "-pk")


class Interaction(models.Model):
    """One message, call or note in a case. Times are UTC.

    ``text`` is the whole body, ``text_folded`` what is new in it (without quotes and
    signature), ``html`` the cleaned body. ``occurred_at`` is what the sender claims or the
    agent says, ``received_at`` what our own clock says. ``automatic`` names the rule by
    which it counts as a machine's message ("" for a person's). ``pending``: it leaves at a
    chosen time, so nobody has heard it yet and it moves no clock. ``recipients``,
    ``copies`` and ``reply_to`` (where the sender wants answers; it proves nothing) are lists
    of {"kind", "value", "name"}.
    """

    case = models.ForeignKey(
        Case, models.CASCADE, related_name="interactions", db_index=False, verbose_name=_("case")
    )
    channel = models.CharField(_("channel"), max_length=20)
    direction = models.CharField(_("direction"), max_length=10, choices=enums.Direction)
    visibility = models.CharField(
        _("visibility"),
        max_length=10,
        choices=enums.Visibility,
        default=enums.Visibility.PUBLIC,
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="interactions",
        verbose_name=_("author"),
    )
    sender_kind = models.CharField(_("kind of the sender's address"), max_length=10, blank=True)
    sender_value = models.CharField(_("sender's address"), max_length=320, blank=True)
    sender_name = models.CharField(_("sender's name"), max_length=200, blank=True)
    recipients = models.JSONField(_("to"), default=list, blank=True)
    copies = models.JSONField(_("copies"), default=list, blank=True)
    reply_to = models.JSONField(_("answers to"), default=list, blank=True)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    text = models.TextField(_("text"), blank=True)
    text_folded = models.TextField(_("new text"), blank=True)
    html = models.TextField(_("HTML"), blank=True)
    automatic = models.CharField(_("automatic by rule"), max_length=40, blank=True)
    pending = models.BooleanField(_("still to leave"), default=False)
    occurred_at = models.DateTimeField(_("occurred at"), default=timezone.now)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)

    objects = InteractionQuerySet.as_manager()

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        indexes = [
            models.Index(fields=["case", "-received_at", "-id"], name="interaction_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.direction} #{self.pk}"

    @property
    def is_internal(self) -> bool:
        return self.visibility == enums.Visibility.INTERNAL


class Attachment(models.Model):
    """A file of an interaction: kept under a random name, its own name is only a label."""

    interaction = models.ForeignKey(
        Interaction,
        models.CASCADE,
        related_name="attachments",
        verbose_name=_("interaction"),
    )
    file = models.FileField(_("file"), storage=attachment_storage, max_length=100)
    name = models.CharField(_("name"), max_length=255)
    content_type = models.CharField(_("content type"), max_length=150)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    content_id = models.CharField(_("content id"), max_length=255, blank=True)
    inline = models.BooleanField(_("inline"), default=False)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.name
