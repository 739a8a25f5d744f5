"""Values of notifications, as they stand in data and API."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What happened in a case that its reader is told of."""

    ASSIGNED = "assigned", _("Assigned to you")
    HANDOVER_OFFERED = "handover_offered", _("You are asked to take it over")
    HANDOVER_ACCEPTED = "handover_accepted", _("Taken over as you asked")
    HANDOVER_DECLINED = "handover_declined", _("Hand-over declined")
    HANDOVER_OVER = "handover_over", _("No longer for you to take over")
    MENTIONED = "mentioned", _("You were mentioned")
    MESSAGE_RECEIVED = "message_received", _("New message")
    NOTE_LEFT = "note_left", _("New note")
    DELIVERY_FAILED = "delivery_failed", _("Message not delivered")
    DELIVERY_IN_DOUBT = "delivery_in_doubt", _("A message may not have arrived")
    CONFIRMED = "confirmed", _("The customer says that it works")
    REOPENED = "reopened", _("Case reopened")
    MERGED = "merged", _("Case merged")
    PROMISE_GIVEN = "promise_given", _("Promise given to you")
    PROMISE_DUE = "promise_due", _("Promise due soon")
    PROMISE_AT_RISK = "promise_at_risk", _("Promise at risk")
    PROMISE_BROKEN = "promise_broken", _("Promise broken")


class Rhythm(TextChoices):
    """How often somebody wants a mail about what they have not read."""

    NEVER = "never", _("No mail")
    QUARTER = "quarter", _("At most every 15 minutes")
    HOURLY = "hourly", _("At most once an hour")
    DAILY = "daily", _("Once a day")


class Place(TextChoices):
    """Where somebody is told of something."""

    PAGE = "page", _("In the page")
    MAIL = "mail", _("By mail")
    DESKTOP = "desktop", _("On the desktop")
