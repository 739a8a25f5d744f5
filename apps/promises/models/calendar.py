"""When a team works: the hours of a week, and the days that differ."""

from __future__ import annotations

from typing import Self
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from apps.accounts.models import Team, validate_timezone
from apps.accounts.models.people import validate_hours
from apps.common.hours import EXAMPLE_SPANS, BadSpans, parse_spans
from apps.promises import national
from apps.promises.enums import Source

EXAMPLE: str | Promise = _("Mon-Fri 09:00-12:00 13:00-18:00; Sat 22:00-06:00")


def validate_spans(value: str) -> None:
    """Accept the times of a day as ``apps.common.hours`` reads them."""
    try:
        parse_spans(value)
    except BadSpans as error:
        raise ValidationError(str(error)) from error


class CalendarQuerySet(models.QuerySet["Calendar"]):
    def national(self) -> Self:
        """Calendars that take their holidays from a country."""
        return self.exclude(country="")

    def lacking(self, year: int) -> Self:
        """Calendars whose holidays of a year are not known for certain."""
        known = Q(official_until__gte=year) | Q(checked_until__gte=year)
        return self.national().exclude(pk__in=Calendar.objects.filter(known).values("pk"))


class Calendar(models.Model):
    """Opening hours of some teams on the wall clock of ``timezone``, always open without any.

    ``official_until`` is the last year whose holidays the library knows for certain,
    ``checked_until`` the last one that somebody looked through; ``seeded_with`` says which
    version of the library and which years the fetched days come from.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    teams: models.ManyToManyField[Team, CalendarTeam] = models.ManyToManyField(
        Team, through="CalendarTeam", related_name="+", verbose_name=_("teams")
    )
    is_default = models.BooleanField(
        _("default"),
        default=False,
        help_text=_("For cases without a team, and for teams without a calendar."),
    )
    timezone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[validate_timezone],
        help_text=_("Of the opening hours, such as Asia/Shanghai; the site's own when empty."),
    )
    hours = models.CharField(
        _("opening hours"),
        max_length=500,
        blank=True,
        validators=[validate_hours],
        help_text=format_lazy(
            _(
                "Always open when empty. A time that ends before it begins runs into the next"
                " day. Example: {example}"
            ),
            example=EXAMPLE,
        ),
    )
    country = models.CharField(
        _("country"),
        max_length=2,
        blank=True,
        help_text=_("Whose public holidays are fetched, as a code such as CN; none when empty."),
    )
    subdivision = models.CharField(
        _("part of the country"),
        max_length=10,
        blank=True,
        help_text=_("With holidays of its own, as a code such as BY for Bavaria."),
    )
    checked_until = models.PositiveSmallIntegerField(
        _("holidays checked until"),
        null=True,
        blank=True,
        validators=[MinValueValidator(2000), MaxValueValidator(2200)],
        help_text=_(
            "The last year whose holidays you have looked through; ends the warning about it."
        ),
    )
    official_until = models.PositiveSmallIntegerField(
        _("official holidays until"), null=True, editable=False
    )
    seeded_with = models.CharField(max_length=40, blank=True, editable=False)

    history = HistoricalRecords(excluded_fields=["official_until", "seeded_with"])
    objects = CalendarQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                name="one_default_calendar",
                condition=Q(is_default=True),
                violation_error_message=_(
                    "Another calendar is the default. Take the mark from that one first."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse codes of countries that nobody knows."""
        self.country, self.subdivision = self.country.upper(), self.subdivision.upper()
        try:
            if self.country:
                national.check_country(self.country)
                national.check_country(self.country, self.subdivision)
        except national.NoSuchCountry as error:
            field = "subdivision" if self.subdivision else "country"
            raise ValidationError({field: str(error)}) from error


class CalendarTeam(models.Model):
    """The one calendar of a team."""

    team = models.OneToOneField(
        Team,
        models.CASCADE,
        primary_key=True,
        related_name="+",
        verbose_name=_("team"),
        error_messages={"unique": _("This team has a calendar already.")},
    )
    calendar = models.ForeignKey(
        Calendar, models.CASCADE, related_name="seats", verbose_name=_("calendar")
    )

    class Meta:
        verbose_name = _("team of a calendar")
        verbose_name_plural = _("teams of a calendar")

    def __str__(self) -> str:
        return f"{self.team} · {self.calendar}"


class Holiday(models.Model):
    """A day of a calendar that differs from its weekday: closed, or with hours of its own."""

    calendar = models.ForeignKey(
        Calendar, models.CASCADE, related_name="holidays", verbose_name=_("calendar")
    )
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=200)
    hours = models.CharField(
        _("hours"),
        max_length=200,
        blank=True,
        validators=[validate_spans],
        help_text=format_lazy(
            _("Closed when empty; else when you work on this day. Example: {example}"),
            example=EXAMPLE_SPANS,
        ),
    )
    source = models.CharField(
        _("source"), max_length=10, choices=Source, default=Source.EDITED, editable=False
    )

    class Meta:
        ordering = ["day"]
        verbose_name = _("holiday or special day")
        verbose_name_plural = _("holidays and special days")
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "day"],
                name="one_holiday_per_day",
                violation_error_message=_("This calendar has this day already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class Edition(models.Model):
    """Says by its mark whether calendars or levels have changed since somebody read them.

    There is one row at most. Whoever changes any of them sets a new mark in the same
    transaction, so that every process sees by one look whether what it keeps still holds.
    """

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    mark = models.UUIDField(default=uuid4)

    def __str__(self) -> str:
        return str(self.mark)

    @classmethod
    def current(cls) -> UUID | None:
        """The mark as it is now, in one query; None before anything was ever set."""
        return cls.objects.filter(pk=cls.ONLY).values_list("mark", flat=True).first()

    @classmethod
    def renew(cls) -> None:
        """Tell every process to read calendars and levels again once this is committed."""
        cls.objects.update_or_create(pk=cls.ONLY, defaults={"mark": uuid4()})
