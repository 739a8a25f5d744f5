"""People, their teams, how they come in and when they work."""

from apps.accounts.models.people import Membership, Team, User, validate_timezone
from apps.accounts.models.signing_in import (
    IdentityProvider,
    Invitation,
    PasswordRequest,
    SignInPolicy,
)
from apps.accounts.models.skills import PersonSkill, Skill
from apps.accounts.models.working import Absence

__all__ = [
    "Absence",
    "IdentityProvider",
    "Invitation",
    "Membership",
    "PasswordRequest",
    "PersonSkill",
    "SignInPolicy",
    "Skill",
    "Team",
    "User",
    "validate_timezone",
]
