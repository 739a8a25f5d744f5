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
