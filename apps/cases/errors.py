"""What can stand in the way of a change; each message is a sentence for whoever asked."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _


class CaseError(Exception):
    """Base of all refusals; ``str()`` is translated and says what to do."""


class NotAllowed(CaseError):
    """The actor may not do this to the case."""

    def __init__(self) -> None:
        super().__init__(_("You may not change this case. Ask its owner or a lead of its team."))


class NotYoursToChange(CaseError):
    """A canned reply belongs to other people."""

    def __init__(self) -> None:
        super().__init__(
            _("You may not change this canned reply. Ask a lead of its team or an administrator.")
        )


class AlreadyTaken(CaseError):
    """Somebody else was faster."""

    def __init__(self, owner: str) -> None:
        super().__init__(_("%(owner)s has already taken this case.") % {"owner": owner})
        self.owner = owner


class CannotBeAssigned(CaseError):
    """The person chosen cannot work on the case."""

    def __init__(self, owner: str, team: str) -> None:
        super().__init__(
            _("%(owner)s is not in the team %(team)s. Choose a member, or another team.")
            % {"owner": owner, "team": team}
        )


class AlreadyClosed(CaseError):
    """The case is closed; reopen it first."""

    def __init__(self) -> None:
        super().__init__(_("This case is closed. Reopen it first."))


class NotEnded(CaseError):
    """Reopening asks for a case that is resolved or closed."""

    def __init__(self) -> None:
        super().__init__(_("This case is still open, there is nothing to reopen."))


class NotResolved(CaseError):
    """Only a solution that was offered can be confirmed."""

    def __init__(self) -> None:
        super().__init__(_("Resolve the case first, then the customer can confirm it."))


class StillOwed(CaseError):
    """Something is owed on the case; ``owed`` names each thing in a sentence."""

    def __init__(self, owed: Sequence[str]) -> None:
        super().__init__(_("Before this case can close: %(owed)s") % {"owed": " ".join(owed)})
        self.owed = list(owed)


class AlreadyMerged(CaseError):
    """The case goes on in another one, where all changes belong."""

    def __init__(self, number: str, into: str) -> None:
        values = {"number": number, "into": into}
        super().__init__(_("%(number)s is merged into %(into)s. Work there instead.") % values)
        self.into = into


class CannotMerge(CaseError):
    """These two cases cannot become one; the message says why."""


class NotMerged(CaseError):
    """There is no merge to undo."""

    def __init__(self) -> None:
        super().__init__(_("This case is not merged, there is nothing to undo."))


class NoLongerExact(CaseError):
    """So much has happened since a merge that undoing it would have to guess."""


class CannotSplit(CaseError):
    """The messages chosen cannot become a case; the message says why."""


class AlreadyParty(CaseError):
    """An address belongs to the case's own customer."""

    def __init__(self, value: str) -> None:
        super().__init__(_("%(value)s is the customer's own address.") % {"value": value})


class CannotBeOffered(CaseError):
    """The case cannot be offered to this colleague; the message says why."""


class OfferOver(CaseError):
    """The question is answered, withdrawn or over, or was never asked of the actor."""

    def __init__(self) -> None:
        super().__init__(_("This hand-over is settled already. Nothing has changed."))
