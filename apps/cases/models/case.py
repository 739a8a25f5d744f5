"""The case: one matter of one customer, whatever channels it travels on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team
from apps.cases import enums
from apps.cases.rules import readable_by, writable_by
from apps.common.expressions import Literal
from apps.customers.models import Customer

if TYPE_CHECKING:
    from apps.accounts.models import User

NUMBER = re.compile(r"CC-(\d{1,15})", re.IGNORECASE | re.ASCII)


def read_number(text: str) -> int | None:
    """123 of ``CC-000123``; none of any other text."""
    match = NUMBER.fullmatch(text)
    return int(match[1]) if match else None


def full_number(typed: str) -> str:
    """A number as people type it, ``47`` or ``#47``, in full; any other text as it is."""
    bare = typed.strip().removeprefix("#")
    return f"CC-{bare}" if bare.isascii() and bare.isdigit() else bare


class Tag(models.Model):
    """A word that agents file cases under."""

    name = models.CharField(_("name"), max_length=50, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.name


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> Self:
        """Cases that this person may read (the table in docs/architecture.md)."""
        return self if user.is_superuser else self.filter(readable_by(user))

    def writable_by(self, user: User) -> Self:
        """Cases that this person may change; followers read and note only."""
        return self if user.is_superuser else self.filter(writable_by(user))

    def by_number(self, number: str) -> Self:
        """The case with this number (``CC-000123``), or none for any other text."""
        asked = read_number(number)
        return self.numbered(asked) if asked else self.none()

    def numbered(self, asked: int) -> Self:
        """The case with this number, which it may have had before it was joined."""
        former = FormerNumber.objects.filter(number=asked).values("case")[:1]
        # one value, not "this or one of those": PostgreSQL would read every case for that
        return self.filter(pk=Coalesce(Subquery(former), Value(asked)))

    def active(self) -> Self:
        """Cases that somebody still works on; said so that the partial indexes serve it."""
        return self.filter(status__in=[Literal(status) for status in enums.ACTIVE])

    def promised(self) -> Self:
        """Active cases in which something is promised, by when it is due."""
        return self.active().filter(due_at__isnull=False).order_by("due_at", "pk")

    def waiting_for_us(self) -> Self:
        """Active cases with something of the customer's unanswered, longest first.

        Those in which something is promised stand in ``promised``.
        """
        waiting = self.active().filter(due_at=None, waiting_since__isnull=False)
        return waiting.order_by("waiting_since", "pk")

    def waiting_for_customer(self) -> Self:
        """Active cases in which the next word is not ours, nor promised, latest first."""
        waiting = self.active().filter(due_at=None, waiting_since=None)
        return waiting.order_by("-last_activity_at", "-pk")

    def of_owner(self, user: User) -> Self:
        return self.filter(owner=user)

    def unassigned(self) -> Self:
        return self.filter(owner=None)

    def standing(self) -> Self:
        """Cases that stand for themselves: not those that go on in another one."""
        return self.filter(merged_into=None)


def _indexes_of_lists() -> list[models.Index]:
    """One for each group of a list, as ``CaseQuerySet`` tells them apart, and for whose it is."""
    active = Q(status__in=enums.ACTIVE)
    waits = Q(due_at__isnull=True, waiting_since__isnull=False)
    groups = {
        "promised": (["due_at", "id"], Q(due_at__isnull=False)),
        "unanswered": (["waiting_since", "id"], waits),
        "quiet": (
            ["-last_activity_at", "-id"],
            Q(due_at__isnull=True, waiting_since__isnull=True),
        ),
    }
    return [
        models.Index(fields=[whose, *order], name=f"case_{whose}_{name}", condition=active & rest)
        for whose in ("team", "owner")
        for name, (order, rest) in groups.items()
    ]


class Case(models.Model):
    """One matter of one customer. All times are UTC.

    ``waiting_since``: when the oldest unanswered word of the customer arrived; empty when
    the next word is the customer's. ``due_at``: when the first of what is promised in the case
    breaks, a cache that ``promises`` writes. ``needed_by``: the customer's own deadline, said
    or assumed (``needed_by_said``). ``owned_since``: when the owner took or was given it.
    ``snippet`` and ``last_*`` are caches of the newest interaction for lists. Only
    ``apps.cases.domain`` writes status and these caches.
    """

    subject = models.CharField(_("subject"), max_length=500, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=enums.Kind, default=enums.Kind.HELP)
    status = models.CharField(
        _("status"), max_length=10, choices=enums.Status, default=enums.Status.NEW
    )
    priority = models.CharField(
        _("priority"),
        max_length=10,
        choices=enums.Priority,
        default=enums.Priority.NORMAL,
    )
    channel = models.CharField(
        _("channel"), max_length=20, help_text=_("The channel on which the case began.")
    )
    need = models.TextField(
        _("need"),
        blank=True,
        help_text=_("What the customer needs, as agreed with them."),
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="cases", db_index=False, verbose_name=_("customer")
    )
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("team"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="owned_cases",
        verbose_name=_("owner"),
    )
    owned_since = models.DateTimeField(
        _("with its owner since"), null=True, blank=True, editable=False
    )
    reveals_customer = models.BooleanField(
        _("shows the customer's addresses"),
        default=True,
        help_text=_("Not when somebody opened it who might not read the customer's addresses."),
    )
    needed_by = models.DateTimeField(
        _("needed by"),
        null=True,
        blank=True,
        help_text=_("When the customer needs it, which may be sooner than we promised."),
    )
    needed_by_said = models.BooleanField(
        _("said by the customer"),
        default=False,
        help_text=_("Not when we only assume the time."),
    )
    restricted = models.BooleanField(
        _("restricted"),
        default=False,
        help_text=_("Only named people and teams see it."),
    )
    previous = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="later_cases",
        verbose_name=_("linked older case"),
    )
    merged_into = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="merged_cases",
        verbose_name=_("merged into"),
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="cases", verbose_name=_("tags"))

    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    first_reply_at = models.DateTimeField(_("first reply at"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    reopened_count = models.PositiveIntegerField(_("times reopened"), default=0)

    waiting_since = models.DateTimeField(_("waiting for us since"), null=True, blank=True)
    due_at = models.DateTimeField(_("due at"), null=True, blank=True, editable=False)
    last_activity_at = models.DateTimeField(_("last activity at"), default=timezone.now)
    last_channel = models.CharField(_("channel of the last interaction"), max_length=20, blank=True)
    snippet = models.CharField(_("snippet"), max_length=160, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes = [
            *_indexes_of_lists(),
            models.Index(
                fields=["owner", "owned_since"],
                name="case_owner_turn",
                condition=Q(owned_since__isnull=False),
            ),
            models.Index(fields=["customer", "-last_activity_at"], name="case_customer_recent"),
            models.Index(
                fields=["merged_into"],
                name="case_merged",
                condition=Q(merged_into__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def number(self) -> str:
        return f"CC-{self.pk:06d}"

    @property
    def is_ended(self) -> bool:
        return self.status in enums.ENDED

    @property
    def merged_number(self) -> str:
        """The number of the case in which this one goes on; empty when it stands for itself."""
        return Case(pk=self.merged_into_id).number if self.merged_into_id else ""


class FormerNumber(models.Model):
    """The number of a case that was joined with another before anybody worked on it."""

    number = models.PositiveBigIntegerField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="former_numbers")

    def __str__(self) -> str:
        return f"CC-{self.number:06d} → {self.case_id}"


class CaseFollower(models.Model):
    """A colleague who follows or was mentioned: may read and note, not answer."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="followers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="followed_cases"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="one_follow_per_case")]

    def __str__(self) -> str:
        return f"{self.case_id} ← {self.user_id}"


class CaseGrant(models.Model):
    """A person or a team named on a restricted case."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="grants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="case_grants"
    )
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="case_grants")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, team__isnull=True)
                | Q(user__isnull=True, team__isnull=False),
                name="grant_names_user_or_team",
            ),
            models.UniqueConstraint(fields=["case", "user"], name="one_grant_per_user"),
            models.UniqueConstraint(fields=["case", "team"], name="one_grant_per_team"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} ← {self.user_id or self.team_id}"


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def seated(self) -> Self:
        """Those who take part now, without those who left."""
        return self.filter(left_at=None)


class Participant(models.Model):
    """An outside party of a case beside its customer (Cc, a supplier).

    ``joined_by`` is the message with which they joined, if it was one. Who left keeps the row,
    is no party any more, and may join again.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="participants")
    kind = models.CharField(_("kind"), max_length=10)
    value = models.CharField(_("value"), max_length=320)
    name = models.CharField(_("name"), max_length=200, blank=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    joined_by = models.ForeignKey(
        "cases.Interaction",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("joined with"),
    )
    left_at = models.DateTimeField(_("left at"), null=True, blank=True, editable=False)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "kind", "value"], name="one_seat_per_address")
        ]
        verbose_name = _("participant")
        verbose_name_plural = _("participants")

    def __str__(self) -> str:
        return self.name or self.value
