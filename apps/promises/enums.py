"""Values of promises and of the calendars behind them, as they stand in data and API."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(TextChoices):
    """The kinds that this app brings; others register theirs in ``apps.promises.kinds``."""

    FIRST_REPLY = "first_reply", _("First answer")
    NEXT_REPLY = "next_reply", _("Answer")
    CALLBACK = "callback", _("Call back")
    PROGRESS_UPDATE = "progress_update", _("News on the progress")
    FOLLOW_UP = "follow_up", _("Follow-up")
    INQUIRY = "inquiry", _("Inquiry behind the scenes")
    TEST = "test", _("Test together")
    WIN_BACK = "win_back", _("Win back")
    UNREACHED = "unreached", _("Find another way to the customer")


class State(TextChoices):
    """``broken`` is for good: it says nothing of whether the promise is still owed."""

    OPEN = "open", pgettext_lazy("state of a promise", "Open")
    KEPT = "kept", pgettext_lazy("state of a promise", "Kept")
    BROKEN = "broken", pgettext_lazy("state of a promise", "Broken")
    RENEGOTIATED = "renegotiated", pgettext_lazy("state of a promise", "New time agreed")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of a promise", "Withdrawn")


class Settlement(TextChoices):
    """How what was owed came to an end; empty while it is owed."""

    KEPT = "kept", _("Kept in time")
    LATE = "late", _("Done late")
    RENEGOTIATED = "renegotiated", _("New time agreed with the customer")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MOOT = "moot", _("Nothing left to do")
    NOT_REACHED = "not_reached", _("Tried as often as agreed, told by another channel")


class Outcome(TextChoices):
    """What became of one attempt to reach the customer."""

    REACHED_DONE = "reached_done", _("Reached, done")
    REACHED_NEW_TIME = "reached_new_time", _("Reached, another time agreed")
    NO_ANSWER = "no_answer", _("No answer")
    BUSY = "busy", pgettext_lazy("outcome of a call", "Busy")
    VOICEMAIL = "voicemail", _("Voicemail")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    REFUSED = "refused", _("Does not want to be called")


class Stage(TextChoices):
    """What the clock does with a promise, in the order in which it may come."""

    HALF = "half", _("Half of the time is over")
    THREE_QUARTERS = "three_quarters", _("Three quarters of the time are over")
    SOON = "soon", _("Due soon")
    BROKEN = "broken", _("Broken")


class Source(TextChoices):
    """Where a day of a calendar comes from; what somebody edited is never written over."""

    SEEDED = "seeded", _("Fetched")
    EDITED = "edited", _("Edited")


REPLIES = (Kind.FIRST_REPLY, Kind.NEXT_REPLY)
# What ends a callback, since the customer was reached.
ENDING = (Outcome.REACHED_DONE, Outcome.REACHED_NEW_TIME, Outcome.REFUSED)
REACHED = (Outcome.REACHED_DONE, Outcome.REACHED_NEW_TIME)
# Dials that did not reach the customer: only these use up the attempts of a callback.
NOT_REACHED = (Outcome.NO_ANSWER, Outcome.BUSY, Outcome.VOICEMAIL, Outcome.WRONG_NUMBER)
