"""Inviting somebody into a team, by a link that opens one account once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.accounts import links, rules, system_mail
from apps.accounts.enums import Role
from apps.accounts.errors import AlreadyHere, AlreadyInvited, InvitationOver, NotYours
from apps.accounts.models import Invitation, Membership, SignInPolicy, Team, User

_signer = signing.Signer(salt="apps.accounts.invitation")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What somebody who accepts says of themselves; the form has checked it."""

    username: str
    display_name: str
    password: str
    language: str = ""
    timezone: str = ""


@transaction.atomic
def invite(
    *, actor: User, email: str, team: Team | None, role: str = Role.AGENT, language: str = ""
) -> Invitation:
    """Invite an address and queue the mail with its link.

    Raises NotYours unless the actor leads the team (superusers invite anywhere), AlreadyHere,
    AlreadyInvited, or system_mail.NoWay where no mail can leave.
    """
    if not rules.leads(actor, team.pk if team else None):
        raise NotYours
    email = email.strip().lower()
    if User.objects.filter(email__iexact=email).exists():
        raise AlreadyHere(email)
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                email=email,
                team=team,
                role=role,
                language=language,
                invited_by=actor,
                expires_at=_expiry(),
            )
    except IntegrityError as error:
        raise AlreadyInvited(email) from error
    _send(invitation)
    return invitation


@transaction.atomic
def resend_invitation(*, invitation_id: int, actor: User) -> Invitation:
    """Send a new link that is valid from now on; the one before is dead.

    Raises NotYours, InvitationOver once it is accepted or revoked, or system_mail.NoWay.
    """
    invitation = _locked(invitation_id, actor)
    invitation.serial += 1
    invitation.sent_at, invitation.expires_at = timezone.now(), _expiry()
    invitation.save(update_fields=["serial", "sent_at", "expires_at"])
    _send(invitation)
    return invitation


@transaction.atomic
def revoke_invitation(*, invitation_id: int, actor: User) -> Invitation:
    """Make the link worthless. Raises NotYours, or InvitationOver when it is so already."""
    invitation = _locked(invitation_id, actor)
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    return invitation


def find_invitation(token: str) -> Invitation:
    """The open invitation that a link names; changes nothing. Raises InvitationOver."""
    try:
        number, serial = _signer.unsign_object(token)
    except (signing.BadSignature, ValueError) as error:
        raise InvitationOver from error
    found = Invitation.objects.open(at=timezone.now()).filter(pk=number, serial=serial)
    invitation = found.select_related("team", "invited_by").first()
    if invitation is None:
        raise InvitationOver
    return invitation


@transaction.atomic
def accept_invitation(*, token: str, person: NewPerson) -> User:
    """Make the account that the link was sent for, with its team; works once.

    Raises InvitationOver, or AlreadyHere when the address got an account in another way.
    """
    invitation = find_invitation(token)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if find_invitation(token) != invitation:  # read again under the lock
        raise InvitationOver
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise AlreadyHere(invitation.email)
    user = User(
        username=person.username,
        display_name=person.display_name,
        email=invitation.email,
        language=person.language,
        timezone=person.timezone,
    )
    user.set_password(person.password)
    user.save()
    settle(invitation, user)
    return user


def settle(invitation: Invitation, user: User) -> None:
    """Give the new person what they were invited to, inside the caller's transaction."""
    if invitation.team_id:
        Membership.objects.get_or_create(
            user=user, team_id=invitation.team_id, defaults={"role": invitation.role}
        )
    invitation.accepted_at, invitation.user = timezone.now(), user
    invitation.save(update_fields=["accepted_at", "user"])


def _locked(invitation_id: int, actor: User) -> Invitation:
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("team", "invited_by")
        .get(pk=invitation_id)
    )
    if not rules.leads(actor, invitation.team_id):
        raise NotYours
    if invitation.accepted_at or invitation.revoked_at:
        raise InvitationOver
    return invitation


def _expiry() -> datetime:
    return timezone.now() + timedelta(days=SignInPolicy.current().invitation_days)


def _send(invitation: Invitation) -> None:
    token = _signer.sign_object([invitation.pk, invitation.serial])
    with translation.override(invitation.language or settings.LANGUAGE_CODE):
        until = timezone.localtime(invitation.expires_at, timezone.get_default_timezone())
        values = {
            "inviter": invitation.invited_by.name if invitation.invited_by else _("Somebody"),
            "team": invitation.team.name if invitation.team else "",
            "link": links.absolute("account_invitation_link", token=token),
            "until": date_format(until, "DATETIME_FORMAT"),
        }
        if invitation.team:
            asked = _("%(inviter)s invites you to the team “%(team)s” of the contact centre.")
        else:
            asked = _("%(inviter)s invites you to the contact centre.")
        text = "\n\n".join(
            [
                _("Hello,"),
                asked % values,
                _("Choose your name and password here:"),
                values["link"],
                _("The link works once, until %(until)s.") % values,
                _("If you did not expect this, do nothing."),
            ]
        )
        subject = _("Your invitation to the contact centre")
    system_mail.send(system_mail.Message(invitation.email, "", subject, f"{text}\n"))
