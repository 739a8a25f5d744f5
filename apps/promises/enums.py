"""Values of promises and of the calendars behind them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Source(TextChoices):
    """Where a day of a calendar comes from; what somebody edited is never written over."""

    SEEDED = "seeded", _("Fetched")
    EDITED = "edited", _("Edited")
