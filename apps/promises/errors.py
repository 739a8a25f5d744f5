"""What can stand in the way of a promise; each message is a sentence for whoever asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from apps.cases.errors import CaseError
from apps.common.text import local_time, zoned_time

MOST_MINUTES = 52_594_560  # a hundred years


class PromiseError(CaseError):
    """Base of all refusals; ``str()`` is translated and says what to do.

    ``field`` names the input that is wrong, if one is. ``proposal`` is the nearest valid value.
    """

    field = ""
    proposal: datetime | str | int | None = None


class PastTime(PromiseError):
    """Nothing can be promised for a time that is over; ``zone`` is that of the clock typed on."""

    field = "due_at"

    def __init__(self, proposal: datetime, zone: str = "") -> None:
        self.proposal = proposal
        super().__init__(
            _("That time is over. Choose a later one, such as %(time)s.")
            % {"time": zoned_time(proposal, zone)}
        )


class BadWindow(PromiseError):
    """A window ends after it begins, and within a day; ``zone`` as for a past time."""

    field = "window_end"

    def __init__(self, proposal: datetime, zone: str = "") -> None:
        self.proposal = proposal
        super().__init__(
            _(
                "A window ends after it begins, and within a day. Let it end at %(time)s, for"
                " example."
            )
            % {"time": zoned_time(proposal, zone)}
        )


class TooFar(PromiseError):
    """Nobody keeps a promise for the next century."""

    field = "due_at"

    def __init__(self, proposal: datetime) -> None:
        self.proposal = proposal
        super().__init__(_("That time is too far away. Choose one within the next hundred years."))


class BadMinutes(PromiseError):
    """A span is a whole number of minutes."""

    field = "in_minutes"

    def __init__(self, proposal: int) -> None:
        self.proposal = proposal
        super().__init__(
            _("Give a whole number of minutes from 1 to %(most)d, such as %(example)d.")
            % {"most": MOST_MINUTES, "example": proposal}
        )


class BadZone(PromiseError):
    """No time zone has this name."""

    field = "timezone"

    def __init__(self, name: str, closest: Sequence[str]) -> None:
        self.proposal = closest[0]
        super().__init__(
            _("“%(name)s” is not a time zone. The closest names are: %(closest)s.")
            % {"name": name[:64], "closest": ", ".join(closest)}
        )


class SkippedHour(PromiseError):
    """The clock of that place never shows this time."""

    def __init__(self, sentence: str, proposal: datetime, field: str) -> None:
        self.field, self.proposal = field, proposal
        super().__init__(sentence)


class UnknownKind(PromiseError):
    """There is no such kind of promise, or nobody makes it by hand."""

    field = "kind"

    def __init__(self, kind: str) -> None:
        super().__init__(_("“%(kind)s” is no kind of promise.") % {"kind": kind})


class StartsByItself(PromiseError):
    """The clock of an answer starts with the customer's word, not by hand."""

    field = "kind"

    def __init__(self, label: str) -> None:
        super().__init__(
            _("“%(kind)s” starts by itself when the customer writes or calls. Choose another kind.")
            % {"kind": label}
        )


class KeptByAnswer(PromiseError):
    """The clock of an answer ends with an answer, not by hand."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Only an answer to the customer ends this: write to them, or note what was said"
                " on the phone or in person."
            )
        )


class NoAddress(PromiseError):
    """A callback needs a number to call."""

    field = "address"

    def __init__(self) -> None:
        super().__init__(
            _("No phone number of this customer is known. Add the number that we shall call.")
        )


class CannotOwn(PromiseError):
    """Only somebody who may change the case can keep its promises."""

    field = "owner"

    def __init__(self, name: str) -> None:
        super().__init__(
            _("%(name)s may not change this case. Choose somebody of its team.") % {"name": name}
        )


class AlreadySettled(PromiseError):
    """Nothing is owed any more."""

    def __init__(self) -> None:
        super().__init__(_("This promise is settled already. Reload the page to see how."))


class StillBroken(PromiseError):
    """A broken promise cannot be wished away."""

    def __init__(self) -> None:
        super().__init__(
            _("A broken promise stays owed. Do it late, or agree another time with the customer.")
        )


class NoConsent(PromiseError):
    """Another time needs the customer's yes on record."""

    field = "consent"

    def __init__(self) -> None:
        super().__init__(
            _("Say how the customer agreed to the new time, such as “by phone just now”.")
        )


class NoReason(PromiseError):
    """A promise is withdrawn with a reason."""

    field = "reason"

    def __init__(self) -> None:
        super().__init__(_("Say why this promise is withdrawn."))


class NotACallback(PromiseError):
    """Only callbacks are dialled."""

    def __init__(self) -> None:
        super().__init__(_("Attempts are noted for callbacks only. Mark this promise as kept."))


class AlreadyTakenBy(PromiseError):
    """Somebody else was faster."""

    def __init__(self, owner: str) -> None:
        super().__init__(_("%(owner)s has already taken this callback.") % {"owner": owner})
        self.owner = owner


class TooLateToUndo(PromiseError):
    """An undo is for slips, not for history."""

    def __init__(self) -> None:
        super().__init__(_("Too much time has passed to undo this. Make a new promise instead."))


class AnotherStands(PromiseError):
    """What took the place of a promise would be owed beside it."""

    def __init__(self) -> None:
        super().__init__(
            _("This cannot be undone: a new promise of the same kind has taken its place.")
        )


class NoQuestion(PromiseError):
    """An inquiry needs words and somebody who is asked."""

    field = "text"

    def __init__(self) -> None:
        super().__init__(_("Say whom you ask and what. An answer needs words, too."))


class Unanswered(PromiseError):
    """A question behind the scenes is over when its answer is on record."""

    def __init__(self, inquiry: int, name: str) -> None:
        self.inquiry = inquiry
        super().__init__(
            _("%(name)s has not answered yet. Put the answer on record.") % {"name": name}
        )


class LaterThanPromise(PromiseError):
    """An answer that comes after the customer's promise helps nobody."""

    field = "due_at"

    def __init__(self, deadline: datetime, proposal: datetime) -> None:
        self.proposal = proposal
        values = {"deadline": local_time(deadline), "time": local_time(proposal)}
        super().__init__(
            _(
                "The customer was promised an answer by %(deadline)s: ask for it sooner, by"
                " %(time)s for example."
            )
            % values
        )


class NobodyToVisit(PromiseError):
    """A campaign needs customers, and not too many at once."""

    field = "customers"

    def __init__(self, most: int) -> None:
        super().__init__(
            _("Choose between one and %(most)d customers for a campaign.") % {"most": most}
        )


class UnknownOutcome(PromiseError):
    """A visit ends with one of the campaign's own outcomes."""

    field = "outcome"

    def __init__(self, outcome: str) -> None:
        super().__init__(
            _("“%(outcome)s” is no outcome of this campaign. Choose one of its list.")
            % {"outcome": outcome}
        )


class NobodySenior(PromiseError):
    """A team without a lead has nobody senior."""

    def __init__(self) -> None:
        super().__init__(
            _("This case's team has no lead. Pass the case to a team that has one first.")
        )


class NoFreeSlot(PromiseError):
    """Nobody of the team has time then; ``proposal`` is the next time at which somebody has."""

    field = "due_at"

    def __init__(self, proposal: datetime | None) -> None:
        self.proposal = proposal
        if proposal is None:
            super().__init__(
                _("Nobody has time for a call in the next weeks. Write to us instead.")
            )
            return
        super().__init__(
            _("Nobody has time for a call then. The next free time is %(time)s.")
            % {"time": local_time(proposal)}
        )
