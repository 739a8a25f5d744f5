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


class AssignmentRule(TextChoices):
    """To whom a case of the team goes that has no owner."""

    NONE = "none", _("Nobody: people take cases themselves")
    ROUND_ROBIN = "round_robin", _("In turn: whoever got their last case longest ago")
    LEAST_LOADED = "least_loaded", _("Least work: whoever has the fewest open cases")
    KNOWS_CUSTOMER = "knows_customer", _("Whoever knows the customer, else the second rule")


class Theme(TextChoices):
    SYSTEM = "", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class SkillLevel(TextChoices):
    LEARNING = "learning", _("Learning")
    ABLE = "able", _("Able")
    EXPERT = "expert", _("Expert")
