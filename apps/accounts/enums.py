"""Values of people and teams, as they stand in data and API."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    AGENT = "agent", _("Agent")
    LEAD = "lead", _("Lead")


class Presence(TextChoices):
    AVAILABLE = "available", _("Available")
    BUSY = "busy", _("Busy")
    WRAP_UP = "wrap_up", _("Wrapping up")
    AWAY = "away", _("Away")


class Theme(TextChoices):
    SYSTEM = "", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")
