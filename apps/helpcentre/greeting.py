"""How a customer is greeted, by their own clock."""

from __future__ import annotations

import zoneinfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.customers.models import Customer

MORNING, AFTERNOON, EVENING = 5, 12, 18


def of(customer: Customer) -> tuple[str, str]:
    """The greeting that fits the hour, and the name to put behind it (may be empty)."""
    hour = timezone.localtime(timezone=zone_of(customer)).hour
    if MORNING <= hour < AFTERNOON:
        words = _("Good morning")
    elif AFTERNOON <= hour < EVENING:
        words = _("Good afternoon")
    else:
        words = _("Good evening")
    return words, customer.form_of_address or customer.name


def zone_of(customer: Customer) -> zoneinfo.ZoneInfo | None:
    """The customer's zone, None (the site's) where it is not known."""
    try:
        return zoneinfo.ZoneInfo(customer.timezone) if customer.timezone else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None


def foreign_zone(customer: Customer) -> str:
    """The name of the customer's zone where it is not the site's, to stand beside times."""
    zone = zone_of(customer)
    return zone.key if zone and zone.key != settings.TIME_ZONE else ""
