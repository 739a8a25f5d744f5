"""Values of customers, as they stand in data and API."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class IdentityKind(TextChoices):
    """How a customer is known to a channel; written ``kind:value``."""

    EMAIL = "email", pgettext_lazy("an address", "Email")
    PHONE = "phone", _("Phone")
    FAX = "fax", _("Fax")
    BBS = "bbs", _("Board name")
    EXTERNAL = "external", _("External key")


class Tier(TextChoices):
    """How far a customer goes before others; service levels ask for it."""

    STANDARD = "standard", pgettext_lazy("tier of customers", "Standard")
    PRIORITY = "priority", pgettext_lazy("tier of customers", "Priority")
    VIP = "vip", pgettext_lazy("tier of customers", "VIP")


class PreferenceKind(TextChoices):
    """What a customer wishes; all but ``other`` act by themselves (``wishes``)."""

    QUIET_HOURS = "quiet_hours", _("Quiet hours")
    CHANNEL = "channel", _("Channel")
    NO_VOICEMAIL = "no_voicemail", _("No voicemail")
    LANGUAGE = "language", _("Language")
    OTHER = "other", pgettext_lazy("kind of a preference", "Something else")


class ContactChannel(TextChoices):
    """The channels by which a customer can be reached: those of the cases, but no notes."""

    EMAIL = "email", pgettext_lazy("a way to be reached", "Email")
    PHONE = "phone", pgettext_lazy("a way to be reached", "Phone")
    FAX = "fax", pgettext_lazy("a way to be reached", "Fax")
    WEB = "web", pgettext_lazy("a way to be reached", "Form")
    BBS = "bbs", pgettext_lazy("a way to be reached", "Board")
    RECEPTION = "reception", pgettext_lazy("a way to be reached", "In person")
