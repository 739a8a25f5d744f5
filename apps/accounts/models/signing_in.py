"""How people come in: invitations, forgotten passwords, providers, what is asked of them."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from apps.accounts.enums import Role
from apps.accounts.models.people import Team, User
from apps.common.fields import EncryptedTextField


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User) -> Self:
        """Those into teams that the person leads; all for superusers."""
        return self if user.is_superuser else self.filter(team_id__in=user.led_team_ids)

    def open(self, *, at: datetime) -> Self:
        """Those that can still be accepted."""
        return self.pending().filter(expires_at__gt=at)

    def pending(self) -> Self:
        """Neither accepted nor revoked, expired ones included."""
        return self.filter(accepted_at=None, revoked_at=None)


class Invitation(models.Model):
    """An address that may become somebody who works here. Times are UTC.

    ``serial`` counts the mails: the link of an earlier one is dead.
    """

    email = models.EmailField(_("email address"))
    team = models.ForeignKey(
        Team,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("team"),
        help_text=_("The person joins this team; none when empty."),
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.AGENT)
    language = models.CharField(_("language"), max_length=10, blank=True)
    invited_by = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("invited by"),
    )
    serial = models.PositiveIntegerField(_("mails"), default=1, editable=False)
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("valid until"), editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, editable=False)
    user = models.OneToOneField(
        User,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="invitation",
        verbose_name=_("user"),
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation_per_address",
            )
        ]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return self.email

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()


class PasswordRequest(models.Model):
    """Somebody says that they forgot their password; the worker looks whether they exist.

    A row is written for every address alike, so that the answer tells nothing by its time.
    """

    email = models.EmailField(max_length=254)
    language = models.CharField(max_length=10, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.email


class SignInPolicy(models.Model):
    """What is asked of people who log in; one row."""

    leads_need_second_factor = models.BooleanField(_("leads need a second factor"), default=False)
    superusers_need_second_factor = models.BooleanField(
        _("superusers need a second factor"), default=False
    )
    invitation_days = models.PositiveSmallIntegerField(
        _("days an invitation is valid"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("sign-in rule")
        verbose_name_plural = _("sign-in rules")

    def __str__(self) -> str:
        return str(_("Sign-in rules"))

    @classmethod
    def current(cls) -> SignInPolicy:
        """The one row, or what holds without it."""
        return cls.objects.first() or cls()


def validate_issuer(value: str) -> None:
    """Accept https addresses, and http on this machine for trying out."""
    try:
        here = urlsplit(value).hostname in {"localhost", "127.0.0.1"}
    except ValueError:
        here = False
    URLValidator(schemes=["http", "https"] if here else ["https"])(value)


class IdentityProvider(models.Model):
    """A place of one's organisation at which people log in (OpenID Connect).

    ``sign_up_domains`` are lower-case domains, one a line: whoever has a confirmed address
    there gets an account at the first log-in. Everybody else needs one, or an invitation.
    """

    slug = models.SlugField(
        _("short name"),
        max_length=40,
        unique=True,
        help_text=_("Part of the address that the provider sends people back to."),
    )
    name = models.CharField(
        _("name"), max_length=40, help_text=_("As it stands on the button of the log-in page.")
    )
    issuer = models.CharField(
        _("issuer"),
        max_length=300,
        validators=[validate_issuer],
        help_text=_("Such as https://login.example.org/realms/main."),
    )
    client_id = models.CharField(_("client ID"), max_length=191)
    secret = EncryptedTextField(_("client secret"), blank=True)
    trusts_addresses = models.BooleanField(
        _("addresses count as confirmed"),
        default=False,
        help_text=_(
            "For providers that do not say whether an address is confirmed. Only where nobody"
            " can enter a foreign address at the provider."
        ),
    )
    sign_up_domains = models.TextField(
        _("domains that may sign up"),
        blank=True,
        help_text=_(
            "One a line, such as example.org. Whoever logs in with a confirmed address there"
            " gets an account. Empty: only people with an account or an invitation."
        ),
    )
    sign_up_team = models.ForeignKey(
        Team,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("team of new people"),
    )
    is_enabled = models.BooleanField(_("enabled"), default=True)

    history = HistoricalRecords(excluded_fields=["secret"])

    class Meta:
        ordering = ["name"]
        verbose_name = _("identity provider")
        verbose_name_plural = _("identity providers")

    def __str__(self) -> str:
        return self.name

    @property
    def domains(self) -> set[str]:
        return {one.strip().lower().lstrip("@") for one in self.sign_up_domains.split()}

    def clean(self) -> None:
        if bad := [one for one in self.domains if "." not in one or "@" in one]:
            raise ValidationError(
                {"sign_up_domains": _("“%(domain)s” is no domain.") % {"domain": bad[0]}}
            )
