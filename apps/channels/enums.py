"""Values of intake and delivery, as they stand in data and API."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class InboundState(TextChoices):
    """``received`` is stored and not yet understood; every other state is a visible fate."""

    RECEIVED = "received", pgettext_lazy("state of an input", "Received")
    ACCEPTED = "accepted", pgettext_lazy("state of an input", "Accepted")
    QUARANTINED = "quarantined", pgettext_lazy("state of an input", "In quarantine")
    IGNORED = "ignored", pgettext_lazy("state of an input", "Ignored")


class DeliveryState(TextChoices):
    HELD = "held", _("Held")
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    UNKNOWN = "unknown", _("Answer unknown")
    FAILED = "failed", _("Failed")
    BOUNCED = "bounced", _("Bounced")
    CANCELLED = "cancelled", _("Cancelled")


# Ends in which the other side has nothing of it.
NEVER_LEFT = (DeliveryState.CANCELLED, DeliveryState.FAILED, DeliveryState.BOUNCED)


class Verdict(TextChoices):
    """What a rule says of a sender."""

    BLOCK = "block", _("Block")
    ALLOW = "allow", _("Allow")


class KeyRole(TextChoices):
    """How a message holds an id: as its own, by naming it, or as the channel's own link."""

    OWN = "own", _("own")
    NAMED = "named", _("named")
    LINK = "link", _("link")
