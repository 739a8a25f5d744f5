"""The verbs of people: inviting, coming in, being there."""

from apps.accounts.domain.invitations import (
    NewPerson,
    accept_invitation,
    find_invitation,
    invite,
    resend_invitation,
    revoke_invitation,
)
from apps.accounts.domain.passwords import answer_password_requests, ask_for_password
from apps.accounts.domain.presence import (
    add_absence,
    available,
    hours_of,
    on_duty,
    presence_at,
    remove_absence,
    set_presence,
    takes_work,
    works_at,
)
from apps.accounts.domain.sessions import end_session, end_sessions
from apps.accounts.domain.skills import confirm_skill, declare_skill, drop_skill
from apps.accounts.domain.teams import set_assignment_rule

__all__ = [
    "NewPerson",
    "accept_invitation",
    "add_absence",
    "answer_password_requests",
    "ask_for_password",
    "available",
    "confirm_skill",
    "declare_skill",
    "drop_skill",
    "end_session",
    "end_sessions",
    "find_invitation",
    "hours_of",
    "invite",
    "on_duty",
    "presence_at",
    "remove_absence",
    "resend_invitation",
    "revoke_invitation",
    "set_assignment_rule",
    "set_presence",
    "takes_work",
    "works_at",
]
