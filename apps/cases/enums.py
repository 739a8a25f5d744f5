"""Values of cases and interactions, as they stand in data and API."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(TextChoices):
    CONSULTATION = "consultation", _("Consultation")
    HELP = "help", _("Help")
    QUESTION = "question", _("Question")
    SUGGESTION = "suggestion", _("Suggestion")
    COMPLAINT = "complaint", _("Complaint")
    PRAISE = "praise", _("Praise")


class Status(TextChoices):
    """``waiting`` means for the customer; ``resolved`` is our word, ``closed`` the end."""

    NEW = "new", pgettext_lazy("status of a case", "New")
    OPEN = "open", pgettext_lazy("status of a case", "Open")
    WAITING = "waiting", pgettext_lazy("status of a case", "Waiting")
    RESOLVED = "resolved", pgettext_lazy("status of a case", "Resolved")
    CLOSED = "closed", pgettext_lazy("status of a case", "Closed")


ACTIVE = (Status.NEW, Status.OPEN, Status.WAITING)
ENDED = (Status.RESOLVED, Status.CLOSED)


class Priority(TextChoices):
    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")


class Channel(TextChoices):
    """All channels of the data; whether a driver stands behind one is another matter."""

    EMAIL = "email", _("Email")
    PHONE = "phone", _("Phone")
    FAX = "fax", _("Fax")
    WEB = "web", _("Form")
    BBS = "bbs", _("Board")
    RECEPTION = "reception", _("Desk")
    INTERNAL = "internal", _("Note")


class Direction(TextChoices):
    INBOUND = "inbound", _("Inbound")
    OUTBOUND = "outbound", _("Outbound")


class Visibility(TextChoices):
    PUBLIC = "public", _("Public")
    INTERNAL = "internal", _("Internal")


class Outcome(TextChoices):
    """How a case ended, in the closing event."""

    CONFIRMED = "confirmed", _("The customer confirmed it")
    AGREED = "agreed", _("Agreed with the customer")
    NO_ANSWER = "no_answer", _("No answer within the agreed time")
    DUPLICATE = "duplicate", _("Nothing to do: a duplicate or a machine's message")


class OfferState(TextChoices):
    """What became of the question whether a colleague takes a case over."""

    OPEN = "open", pgettext_lazy("state of an offer", "Open")
    ACCEPTED = "accepted", pgettext_lazy("state of an offer", "Accepted")
    DECLINED = "declined", pgettext_lazy("state of an offer", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of an offer", "Withdrawn")
    ENDED = "ended", pgettext_lazy("state of an offer", "Over")


class EventKind(TextChoices):
    CASE_OPENED = "case_opened", _("Case opened")
    CASE_TAKEN = "case_taken", _("Case taken")
    CASE_ASSIGNED = "case_assigned", _("Case assigned")
    CASE_OFFERED = "case_offered", _("Case offered to a colleague")
    OFFER_ACCEPTED = "offer_accepted", _("Hand-over accepted")
    OFFER_DECLINED = "offer_declined", _("Hand-over declined")
    OFFER_WITHDRAWN = "offer_withdrawn", _("Hand-over withdrawn")
    OFFER_ENDED = "offer_ended", _("Hand-over over")
    CASE_CHANGED = "case_changed", _("Case changed")
    CASE_RESOLVED = "case_resolved", _("Case resolved")
    CASE_CONFIRMED = "case_confirmed", _("Solution confirmed by the customer")
    CASE_CLOSED = "case_closed", _("Case closed")
    CASE_REOPENED = "case_reopened", _("Case reopened")
    CASE_RESTRICTED = "case_restricted", _("Case restricted")
    CASE_JOINED = "case_joined", _("Another case joined")
    CASE_MERGED = "case_merged", _("Case merged")
    CASE_UNMERGED = "case_unmerged", _("Merge undone")
    CASE_PARTED = "case_parted", _("Joined case separated again")
    CASE_SPLIT = "case_split", _("Messages split off")
    CASE_SPLIT_OFF = "case_split_off", _("Case split off")
    CUSTOMER_MERGED = "customer_merged", _("Customers merged")
    CUSTOMER_UNMERGED = "customer_unmerged", _("Customers separated again")
    INTERACTION_RECORDED = "interaction_recorded", _("Interaction recorded")
    FILES_LEFT_OUT = "files_left_out", _("More files than are kept apart")
    INTERACTION_PROMOTED = "interaction_promoted", _("Answer made public")
    PARTICIPANT_JOINED = "participant_joined", _("Participant joined")
    PARTICIPANT_LEFT = "participant_left", _("Participant left")
    FOLLOWER_ADDED = "follower_added", _("Follower added")
    MARKED_AS_SPAM = "marked_as_spam", _("Marked as spam")
    UNMARKED_AS_SPAM = "unmarked_as_spam", _("Taken back from spam")
    SENDER_BLOCKED = "sender_blocked", _("Sender blocked")
    SENDER_UNBLOCKED = "sender_unblocked", _("Sender no longer blocked")
    DELIVERY_FAILED = "delivery_failed", _("Message not delivered")
    DELIVERY_DELAYED = "delivery_delayed", _("Message delayed for a day")
    DELIVERY_UNKNOWN = "delivery_unknown", _("Unknown whether the message arrived")
    DELIVERY_RETRIED = "delivery_retried", _("Message sent again")
    DELIVERY_CANCELLED = "delivery_cancelled", _("Message cancelled")
    PROMISE_MADE = "promise_made", _("Promise made")
    PROMISE_BROKEN = "promise_broken", _("Promise broken")
    PROMISE_KEPT = "promise_kept", _("Promise kept")
    PROMISE_RENEGOTIATED = "promise_renegotiated", _("New time agreed")
    PROMISE_WITHDRAWN = "promise_withdrawn", _("Promise withdrawn")
    PROMISE_REOPENED = "promise_reopened", _("Promise owed again")
    PROMISE_GIVEN = "promise_given", _("Promise given to somebody else")
    ATTEMPT_MADE = "attempt_made", _("Attempt to reach the customer")
    NOT_REACHED = "not_reached", _("Customer not reached, told by another channel")
    INQUIRY_MADE = "inquiry_made", _("Question asked behind the scenes")
    INQUIRY_ANSWERED = "inquiry_answered", _("Question behind the scenes answered")
    ESTIMATE_CHANGED = "estimate_changed", _("Expected time of restoration changed")
