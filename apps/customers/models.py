"""Who our customers are, and under which addresses each of them is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.customers import visibility
from apps.customers.enums import IdentityKind, PreferenceKind, Tier
from apps.customers.identities import mask

if TYPE_CHECKING:
    from apps.accounts.models import User


MAX_VALUE = 200  # of a preference


class Organisation(models.Model):
    """A company, household or institution that customers belong to."""

    name = models.CharField(_("name"), max_length=200, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, user: User) -> Self:
        """Every customer, for whoever works here; identities have their own rule."""
        return self if user.is_active else self.none()

    def identities_visible_to(self, user: User) -> Self:
        """Customers whose addresses this person may read (see ``visibility``)."""
        if user.is_superuser:
            return self
        return self.filter(visibility.open_to(user))

    def kept_by(self, user: User) -> Self:
        """Customers of whom this person may change what we remember (see ``visibility``)."""
        if user.is_superuser:
            return self
        return self.filter(visibility.kept_by(user))

    def standing(self) -> Self:
        """Customers who stand for themselves: not those who go on as another one."""
        return self.filter(merged_into=None)

    def with_identities(self) -> Self:
        return self.select_related("organisation").prefetch_related("identities")


class Customer(models.Model):
    """A person we serve. ``timezone`` is an IANA name, empty when not known."""

    name = models.CharField(_("name"), max_length=200, blank=True)
    form_of_address = models.CharField(
        _("form of address"),
        max_length=100,
        blank=True,
        help_text=_("How to address this person in a greeting, such as 杨女士 or Mr Gao."),
    )
    language = models.CharField(
        _("language"), max_length=10, blank=True, choices=settings.LANGUAGES
    )
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=_("organisation"),
    )
    about = models.TextField(
        _("about"),
        blank=True,
        help_text=_("What matters to this person; never shown to them."),
    )
    tier = models.CharField(
        _("tier"),
        max_length=10,
        choices=Tier,
        default=Tier.STANDARD,
        help_text=_("Decides with others how soon we answer; never shown to them."),
    )
    merged_into = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        editable=False,
        db_index=False,
        related_name="merged_customers",
        verbose_name=_("merged into"),
    )
    created_at = models.DateTimeField(_("created at"), default=now, editable=False)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            models.Index(fields=["name"], name="customer_name"),
            models.Index(
                fields=["merged_into"],
                name="customer_merged",
                condition=Q(merged_into__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"

    def addresses(self) -> list[tuple[str, str]]:
        """What the customer is known by, as (kind, value), the oldest first."""
        known = sorted((one.pk, one.kind, one.value) for one in self.identities.all())
        return [(kind, value) for _pk, kind, value in known]

    def display_name(self, *, masked: bool = False) -> str:
        """The agreed name, else the first address (masked when the reader may not see it)."""
        if self.name:
            return self.name
        first = next(iter(self.identities.all()), None)
        if first is None:
            return str(self)
        return mask(first.kind, first.value) if masked else first.value


class Identity(models.Model):
    """One address under which a customer is known; ``value`` is normalised (``identities``).

    ``bad_since`` (UTC) is set once something came back from it for good, ``bad_reason`` says
    in the other side's words why; their next message clears both.
    """

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="identities", verbose_name=_("customer")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=IdentityKind)
    value = models.CharField(_("value"), max_length=320)
    created_at = models.DateTimeField(_("created at"), default=now, editable=False)
    bad_since = models.DateTimeField(
        _("undeliverable since"), null=True, blank=True, editable=False
    )
    bad_reason = models.CharField(
        _("why undeliverable"), max_length=300, blank=True, editable=False
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "value"], name="one_customer_per_identity")
        ]
        verbose_name = _("identity")
        verbose_name_plural = _("identities")

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


class CustomerMerge(models.Model):
    """A customer who goes on as another one; the row goes when the merge is undone.

    ``kept`` holds the keys of what moved, what was taken over, and each layer's own notes.
    """

    customer = models.OneToOneField(
        Customer,
        models.CASCADE,
        primary_key=True,
        related_name="merge",
        verbose_name=_("customer"),
    )
    into = models.ForeignKey(
        Customer, models.CASCADE, related_name="merges", verbose_name=_("into")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    merged_at = models.DateTimeField(_("merged at"), default=now)
    kept = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("merge of customers")
        verbose_name_plural = _("merges of customers")

    def __str__(self) -> str:
        return f"{self.customer_id} → {self.into_id}"


class PreferenceQuerySet(models.QuerySet["Preference"]):
    def visible_to(self, user: User) -> Self:
        """What is remembered of customers whose addresses this person may read."""
        readable = Customer.objects.identities_visible_to(user)
        return self.filter(customer__in=readable.values("pk"))

    def holding(self) -> Self:
        """What holds: all that nobody has retired."""
        return self.filter(retired_at=None)


class Preference(models.Model):
    """One thing that we remember of a customer.

    ``value`` is what acts, in the normal form of its kind (``wishes.normalise``); ``text`` is
    what was said, as noted. ``source`` is the key of the interaction in which it was said
    (``sources`` says whose that is), empty when nobody named one. Times are UTC. A row is
    never rewritten: what holds no longer is retired, and stays.
    """

    customer = models.ForeignKey(
        Customer,
        models.CASCADE,
        related_name="preferences",
        db_index=False,
        verbose_name=_("customer"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=PreferenceKind)
    value = models.CharField(_("value"), max_length=MAX_VALUE, blank=True)
    text = models.CharField(_("as noted"), max_length=500, blank=True)
    source = models.PositiveBigIntegerField(_("source"), null=True, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("noted by"),
    )
    noted_at = models.DateTimeField(_("noted at"), default=now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("retired by"),
    )
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)
    why_retired = models.CharField(_("why retired"), max_length=200, blank=True)

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        indexes = [
            models.Index(fields=["customer", "id"], name="preference_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}".strip()
