"""Coming in by an identity provider: whose account it is, and who may get a new one."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.invitations import settle
from apps.accounts.errors import InvitationOver
from apps.accounts.models import IdentityProvider, Invitation, Membership, User

NotInvited = InvitationOver


def find_person(addresses: Sequence[str]) -> User | None:
    """The one active person who has one of these confirmed addresses."""
    for address in addresses:
        found = list(User.objects.filter(email__iexact=address, is_active=True)[:2])
        if len(found) == 1:
            return found[0]
    return None


def may_join(*, provider: IdentityProvider, addresses: Sequence[str]) -> bool:
    """Whether somebody without an account may get one: by an invitation, or by their domain."""
    if any(User.objects.filter(email__iexact=one).exists() for one in addresses):
        return False
    return bool(_invitation(addresses) or _in_domains(provider, addresses))


@transaction.atomic
def join(*, user: User, provider: IdentityProvider, addresses: Sequence[str]) -> User:
    """Put a new person into the team of their invitation, else into the provider's.

    Raises NotInvited when the reason to let them in has gone meanwhile.
    """
    invitation = _invitation(addresses)
    if invitation is not None:
        settle(invitation, user)
    elif not _in_domains(provider, addresses):
        raise NotInvited
    elif provider.sign_up_team_id:
        Membership.objects.create(user=user, team_id=provider.sign_up_team_id)
    return user


def _invitation(addresses: Sequence[str]) -> Invitation | None:
    return Invitation.objects.open(at=timezone.now()).filter(email__in=addresses).first()


def _in_domains(provider: IdentityProvider, addresses: Sequence[str]) -> bool:
    return any(one.rpartition("@")[2] in provider.domains for one in addresses)
