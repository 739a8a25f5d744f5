"""What can stand in the way of a change to people; each message is a sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _


class AccountError(Exception):
    """Base of all refusals; ``str()`` is translated and says what to do."""


class NotYours(AccountError):
    """The actor does not lead this team."""

    def __init__(self) -> None:
        super().__init__(_("You can invite people into teams that you lead."))


class NotYourTeam(AccountError):
    """The actor may not configure this team."""

    def __init__(self) -> None:
        super().__init__(_("Ask an administrator to change how the team gives cases away."))


class AlreadyHere(AccountError):
    """The address belongs to somebody who has an account."""

    def __init__(self, email: str) -> None:
        super().__init__(
            _("%(email)s has an account already. An administrator can add it to your team.")
            % {"email": email}
        )


class AlreadyInvited(AccountError):
    """The address has an invitation that is neither accepted nor revoked."""

    def __init__(self, email: str) -> None:
        super().__init__(
            _("%(email)s is invited already. Send that invitation again.") % {"email": email}
        )


class InvitationOver(AccountError):
    """It was accepted or revoked, has expired, or a newer mail took its place."""

    def __init__(self) -> None:
        super().__init__(
            _("This invitation is no longer valid. Ask whoever invited you to send it again.")
        )


class BadPeriod(AccountError):
    """An end that does not come after its beginning."""

    def __init__(self) -> None:
        super().__init__(_("The end must come after the beginning."))


class NotTheirLead(AccountError):
    """The actor leads no team of the person."""

    def __init__(self) -> None:
        super().__init__(_("Leads confirm the skills of people in their teams, not their own."))
