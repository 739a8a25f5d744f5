"""A word given to a customer, which stays owed until it is settled."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.cases.models import Case, Interaction
from apps.common.expressions import Literal
from apps.promises import enums, kinds

if TYPE_CHECKING:
    from apps.accounts.models import User

PER_CENT = 100  # reminders are told in ten-thousandths
OWED = Q(settled_at__isnull=True)
NO_REPLY = ~Q(kind__in=enums.REPLIES)


class PromiseQuerySet(models.QuerySet["Promise"]):
    def visible_to(self, user: User) -> Self:
        """Promises of cases that this person may read."""
        if user.is_superuser:
            return self
        return self.filter(Exists(Case.objects.visible_to(user).filter(pk=OuterRef("case"))))

    def writable_by(self, user: User) -> Self:
        """Promises of cases that this person may change."""
        if user.is_superuser:
            return self
        return self.filter(Exists(Case.objects.writable_by(user).filter(pk=OuterRef("case"))))

    def owed(self) -> Self:
        """What is not settled yet, broken or not."""
        return self.filter(settled_at__isnull=True)

    def owed_by(self, user: User) -> Self:
        """What this person owes, and what nobody in particular owes in their own cases."""
        return self.owed().filter(owner=user)

    def replies(self) -> Self:
        """The clocks of answers, which are derived from what was said."""
        return self.filter(kind__in=enums.REPLIES)

    def besides_replies(self) -> Self:
        """All but the clocks of answers, said so that the partial indexes serve it."""
        return self.exclude(kind__in=[Literal(kind) for kind in enums.REPLIES])

    def due_before(self, at: datetime) -> Self:
        return self.filter(deadline__lt=at)

    def next_first(self) -> Self:
        """The one that is due first, first; of two at once the customer who came first."""
        return self.order_by("deadline", "line_since", "pk")


class Promise(models.Model):
    """One promise. All times are UTC; ``timezone`` is the customer's IANA zone.

    ``text`` is what the customer was told, empty where the kind says it all. ``due_at`` is
    what was agreed: the end, or the beginning of a window that ends at ``window_end``.
    ``deadline`` is when it breaks: the end of the window, or a later time that an attempt made
    in time has won. At ``deadline`` an open one becomes broken for good (``broken_at``) and
    stays owed until ``settled_at``. Reminders are ten-thousandths of the agreed time, so that
    they fall into opening hours however many nights it spans; ``stage`` counts
    what the clock has told of it, and ``next_check_at`` is when the clock looks next.
    ``paused_at`` stops the clock. A callback goes to ``address``; ``line_since`` is the
    customer's place in line. ``automatic`` says that a rule made it; ``follows_owner`` that it
    goes to whoever owns the case. Only ``apps.promises.domain`` writes any of these.
    """

    case = models.ForeignKey(
        Case, models.CASCADE, related_name="promises", db_index=False, verbose_name=_("case")
    )
    kind = models.CharField(_("kind"), max_length=30)
    text = models.CharField(_("as told"), max_length=500, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="owned_promises",
        verbose_name=_("owner"),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    made_in = models.ForeignKey(
        Interaction,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="promises_made",
        verbose_name=_("made in"),
    )
    made_at = models.DateTimeField(_("made at"), default=now)
    automatic = models.BooleanField(_("made by a rule"), default=False)
    follows_owner = models.BooleanField(
        _("goes with the case"),
        default=True,
        help_text=_("Whoever gets the case gets this promise, too."),
    )

    due_at = models.DateTimeField(_("due at"))
    window_end = models.DateTimeField(_("end of the window"), null=True, blank=True)
    deadline = models.DateTimeField(_("breaks at"))
    timezone = models.CharField(_("time zone"), max_length=64)

    state = models.CharField(
        _("state"), max_length=14, choices=enums.State, default=enums.State.OPEN
    )
    broken_at = models.DateTimeField(_("broken at"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settlement = models.CharField(_("settlement"), max_length=14, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("settled by"),
    )
    kept_in = models.ForeignKey(
        Interaction,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="promises_kept",
        verbose_name=_("kept in"),
    )
    reason = models.CharField(
        _("reason"),
        max_length=500,
        blank=True,
        help_text=_("Why it was withdrawn, or how the customer agreed to another time."),
    )
    predecessor = models.OneToOneField(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="successor",
        verbose_name=_("takes the place of"),
    )

    first_reminder = models.PositiveSmallIntegerField(_("first reminder"), default=50 * PER_CENT)
    second_reminder = models.PositiveSmallIntegerField(_("second reminder"), default=75 * PER_CENT)
    stage = models.PositiveSmallIntegerField(default=0, editable=False)
    next_check_at = models.DateTimeField(null=True, blank=True, editable=False)
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True)

    channel = models.CharField(_("channel"), max_length=20, blank=True)
    address = models.CharField(_("address"), max_length=320, blank=True)
    line_since = models.DateTimeField(_("in line since"), default=now)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    times_tried = models.PositiveSmallIntegerField(_("attempts without reaching"), default=0)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        constraints = [
            models.CheckConstraint(
                condition=Q(window_end__isnull=True) | Q(window_end__gt=F("due_at")),
                name="promise_window_ends_later",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=enums.State.OPEN, settled_at__isnull=True, broken_at__isnull=True)
                    | Q(state=enums.State.BROKEN, broken_at__isnull=False)
                    | Q(
                        state__in=(
                            enums.State.KEPT,
                            enums.State.RENEGOTIATED,
                            enums.State.WITHDRAWN,
                        ),
                        settled_at__isnull=False,
                        broken_at__isnull=True,
                    )
                ),
                name="promise_state_fits_its_times",
            ),
            # a case waits for one answer at a time, whatever arrives at once
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(kind__in=enums.REPLIES, automatic=True, settled_at__isnull=True),
                name="one_answer_clock_per_case",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_check_at"],
                name="promise_clock",
                condition=Q(next_check_at__isnull=False),
            ),
            models.Index(fields=["case", "id"], name="promise_of_case"),
            models.Index(fields=["case", "deadline"], name="promise_owed_in_case", condition=OWED),
            models.Index(
                fields=["owner", "deadline", "line_since", "id"],
                name="promise_owed_by_first",
                condition=OWED,
            ),
            models.Index(fields=["kind", "deadline"], name="promise_owed_kind", condition=OWED),
            models.Index(
                fields=["deadline", "line_since", "id"],
                name="promise_given_first",
                condition=OWED & NO_REPLY,
            ),
            models.Index(fields=["due_at", "id"], name="promise_due"),
            models.Index(fields=["due_at", "id"], name="promise_given_due", condition=NO_REPLY),
            models.Index(
                fields=["owner", "settled_at"],
                name="promise_settled_by",
                condition=Q(settled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.deadline:%Y-%m-%d %H:%M} {self.state}"

    @property
    def is_owed(self) -> bool:
        return self.settled_at is None

    @property
    def is_broken(self) -> bool:
        return self.state == enums.State.BROKEN

    @property
    def told(self) -> str:
        """What the customer was told, or what the kind is called; in the reader's language."""
        return self.text or str(self.label)

    @property
    def label(self) -> str:
        return str(kinds.get(self.kind).label) if kinds.has(self.kind) else self.kind

    @property
    def opens_at(self) -> datetime:
        """Before this moment nobody waits for a call: the time that was said to the customer.

        Of other kinds it is only the end that was said.
        """
        by_voice = kinds.has(self.kind) and kinds.get(self.kind).by_voice
        return self.due_at if by_voice else self.made_at

    @property
    def next_call_at(self) -> datetime | None:
        """When it is tried again, where that is planned; never before what was agreed."""
        if self.next_attempt_at is None:
            return None
        return max(self.next_attempt_at, self.opens_at)

    @property
    def agreed_time(self) -> timedelta:
        """From when it was made until it breaks: what the ring is a share of."""
        return self.deadline - self.made_at


class Attempt(models.Model):
    """One try to reach the customer of a callback. ``at`` is UTC.

    ``counted``: it used up one of the attempts that the policy allows.
    """

    promise = models.ForeignKey(
        Promise, models.CASCADE, related_name="attempts", verbose_name=_("promise")
    )
    at = models.DateTimeField(_("at"), default=now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=enums.Outcome)
    note = models.TextField(_("note"), blank=True)
    counted = models.BooleanField(_("counted"), default=False)
    interaction = models.ForeignKey(
        Interaction,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("interaction"),
    )

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")

    def __str__(self) -> str:
        return f"{self.promise_id} {self.outcome}"


class Reminder(models.Model):
    """What the clock told of a promise, each stage once. ``due_at``: when it should have."""

    promise = models.ForeignKey(Promise, models.CASCADE, related_name="reminders")
    stage = models.CharField(_("stage"), max_length=20, choices=enums.Stage)
    due_at = models.DateTimeField(_("due at"))
    at = models.DateTimeField(_("told at"), default=now)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(fields=["promise", "stage"], name="each_stage_told_once")
        ]

    def __str__(self) -> str:
        return f"{self.promise_id} {self.stage}"
