"""What is asked behind the scenes, and when something is expected to work again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.cases.models import Case
from apps.promises.models.promise import Promise

if TYPE_CHECKING:
    from apps.accounts.models import User


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def visible_to(self, user: User) -> Self:
        """Inquiries of cases that this person may read."""
        if user.is_superuser:
            return self
        seen = Case.objects.visible_to(user).filter(pk=OuterRef("promise__case"))
        return self.filter(Exists(seen))

    def unanswered(self) -> Self:
        return self.filter(answered_at=None)

    def newest_first(self) -> Self:
        """With the promises that say when the answer is due, and when it is needed."""
        return self.select_related("promise", "waits").order_by("-pk")


class Inquiry(models.Model):
    """A question to a crew, a department or a partner who has no account here. Times are UTC.

    Its own ``promise`` says when the answer is due; ``waits`` is the customer's promise that
    needs it. ``serial`` is part of the signed link: another number makes older links worthless.
    """

    promise = models.OneToOneField(
        Promise, models.CASCADE, related_name="inquiry", verbose_name=_("promise")
    )
    waits = models.ForeignKey(
        Promise,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="waiting_for",
        verbose_name=_("promise that waits for it"),
    )
    name = models.CharField(_("who is asked"), max_length=200)
    address = models.CharField(_("address"), max_length=320, blank=True)
    question = models.TextField(_("question"))
    serial = models.PositiveIntegerField(default=1, editable=False)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=200, blank=True)
    answer = models.TextField(_("answer"), blank=True)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("inquiry")
        verbose_name_plural = _("inquiries")

    def __str__(self) -> str:
        return f"{self.name}: {self.question[:40]}"

    @property
    def comes_too_late(self) -> bool:
        """Whether its answer is due only after the customer's promise that waits for it."""
        waits = self.waits
        if self.answered_at is not None or waits is None or not waits.is_owed:
            return False
        return self.promise.is_owed and self.promise.deadline >= waits.deadline


class Estimate(models.Model):
    """When a case's matter is expected to work again (UTC); each change is a row of its own."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="estimates", verbose_name=_("case"))
    restored_at = models.DateTimeField(_("expected to work again"))
    at = models.DateTimeField(_("said at"), default=now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    inquiry = models.ForeignKey(
        Inquiry,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="estimates",
        verbose_name=_("inquiry"),
    )
    told = models.BooleanField(_("the customer was told"), default=False)

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("estimated restoration")
        verbose_name_plural = _("estimated restorations")

    def __str__(self) -> str:
        return f"{self.case_id} {self.restored_at:%Y-%m-%d %H:%M}"
