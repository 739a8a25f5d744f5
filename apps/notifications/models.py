"""What people are told of their cases, and how they want to be told."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.cases.models import Case
from apps.notifications import enums

if TYPE_CHECKING:
    from apps.accounts.models import User

MORNING = time(9, 0)


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> Self:
        """The person's own, as far as they may still read the case."""
        own = self.filter(recipient=user)
        if user.is_superuser:
            return own
        return own.filter(Exists(Case.objects.visible_to(user).filter(pk=OuterRef("case_id"))))

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def unmailed(self) -> Self:
        """What no mail has told yet as it stands now."""
        return self.filter(Q(mailed_at__isnull=True) | ~Q(mailed_at=F("at")))

    def wanted(self, place: str) -> Self:
        """Without the kinds that their readers do not want to be told of there."""
        mine = Muting.objects.filter(user=OuterRef("recipient_id"), kind=OuterRef("kind"))
        return self.exclude(Exists(mine.filter(place=place)))

    def newest_first(self) -> Self:
        return self.order_by("-at", "-pk")


class Notification(models.Model):
    """One line for one person: something happened in a case, ``count`` times since they read.

    It holds no words of anybody; whoever may not read the case any more does not see the line.
    ``actor`` is who did it last, None for a customer or the portal. Times are UTC: ``since``
    of the first, ``at`` of the last time, ``mailed_at`` what ``at`` was when a mail told it.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        db_index=False,
        related_name="notifications",
        verbose_name=_("recipient"),
    )
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name=_("case"))
    kind = models.CharField(_("kind"), max_length=20)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    count = models.PositiveIntegerField(_("times"), default=1)
    since = models.DateTimeField(_("since"), default=timezone.now)
    at = models.DateTimeField(_("at"), default=timezone.now)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    mailed_at = models.DateTimeField(_("mailed at"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "case", "kind"],
                condition=Q(read_at__isnull=True),
                name="one_unread_line_per_kind",
            )
        ]
        indexes = [
            models.Index(fields=["recipient", "-at", "-id"], name="notification_newest"),
            # what every page counts: without statistics SQLite takes the narrowest that fits
            models.Index(
                fields=["recipient"],
                name="notification_unread",
                condition=Q(read_at__isnull=True),
            ),
            models.Index(
                fields=["read_at"],
                name="notification_read",
                condition=Q(read_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id} ← {self.kind} {self.case_id}"


class Wish(models.Model):
    """How somebody wants to be told. ``mail_at`` is a time of day in their own zone.

    ``next_mail_at`` (UTC) is when the next mail may leave, None when none shall. Whether a
    browser shows notices on the desktop is that browser's own matter; ``desktop_words`` lets
    such a notice hold the subject, ``desktop_quiet`` holds them while the person takes no work.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="+",
        verbose_name=_("user"),
    )
    mail = models.CharField(
        _("mail"), max_length=10, choices=enums.Rhythm, default=enums.Rhythm.NEVER
    )
    mail_at = models.TimeField(_("time of the daily mail"), default=MORNING)
    desktop_words = models.BooleanField(_("subject in desktop notifications"), default=False)
    desktop_quiet = models.BooleanField(_("quiet unless available"), default=True)
    next_mail_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("wish about notifications")
        verbose_name_plural = _("wishes about notifications")
        indexes = [
            models.Index(
                fields=["next_mail_at"],
                name="wish_next_mail",
                condition=Q(next_mail_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.mail}"


class Muting(models.Model):
    """One kind of notification that somebody does not want in one place (``enums.Place``).

    The lines are made all the same: where they are wanted they stand, and a mind that is
    changed finds them.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        db_index=False,
        related_name="+",
        verbose_name=_("user"),
    )
    kind = models.CharField(_("kind"), max_length=20)
    place = models.CharField(_("place"), max_length=10, choices=enums.Place)

    class Meta:
        verbose_name = _("muted kind of notification")
        verbose_name_plural = _("muted kinds of notification")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "place"], name="one_muting_per_place")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.place} {self.kind}"
