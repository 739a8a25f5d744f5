"""Replies that people have ready."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from apps.accounts.models import Team
from apps.cases import placeholders
from apps.cases.rules import can_change_canned, canned_for

if TYPE_CHECKING:
    from apps.accounts.models import User

MAX_CANNED = 20_000


class CannedReplyQuerySet(models.QuerySet["CannedReply"]):
    def visible_to(self, user: User) -> Self:
        """What a person may read: their own, their teams', everybody's; superusers all shared."""
        if user.is_superuser:
            return self.filter(Q(owner=None) | Q(owner=user))
        return self.filter(canned_for(user))

    def by_name(self) -> Self:
        return self.select_related("team").order_by("name", "pk")


class CannedReply(models.Model):
    """A text for answers, with the placeholders of ``apps.cases.placeholders``.

    It belongs to one person, or to one team, or to everybody when neither is set.
    """

    name = models.CharField(
        _("name"), max_length=100, help_text=_("By it the reply is found in the composer.")
    )
    text_en = models.TextField(
        _("English text"), max_length=MAX_CANNED, blank=True, validators=[placeholders.check]
    )
    text_zh = models.TextField(
        _("Chinese text"), max_length=MAX_CANNED, blank=True, validators=[placeholders.check]
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="canned_replies",
        verbose_name=_("owner"),
    )
    team = models.ForeignKey(
        Team,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="canned_replies",
        verbose_name=_("team"),
        help_text=_("Whose reply it is; everybody's when empty."),
    )

    objects = CannedReplyQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        constraints = [
            models.CheckConstraint(
                condition=Q(owner=None) | Q(team=None), name="canned_reply_of_one_or_a_team"
            ),
            models.CheckConstraint(
                condition=~Q(text_en="", text_zh=""),
                name="canned_reply_says_something",
                violation_error_message=_("Write the text in one language at least."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def text_in(self, language: str) -> str:
        """The text in a language, or in the other one where there is only that."""
        if language == placeholders.CHINESE:
            return self.text_zh or self.text_en
        return self.text_en or self.text_zh

    def can_be_changed_by(self, user: User) -> bool:
        return can_change_canned(user, owner_id=self.owner_id, team_id=self.team_id)
