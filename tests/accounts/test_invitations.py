"""Inviting, and accepting once."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts import domain, system_mail
from apps.accounts.enums import Role
from apps.accounts.errors import AlreadyHere, AlreadyInvited, InvitationOver, NotYours
from apps.accounts.models import Invitation, Membership, User
from apps.channels.models import SystemMail

DAN = "dan@example.org"
PERSON = {
    "display_name": "Dan",
    "username": "dan",
    "password": "correct-horse-7",
    "language": "zh-hans",
    "timezone": "Europe/Berlin",
}


def invite(actor, team, **values):
    return domain.invite(actor=actor, email=values.pop("email", DAN), team=team, **values)


def test_invited_person_gets_account_team_and_settings(client, sam_supervisor, lamps, newest_link):
    invite(sam_supervisor, lamps)
    page = client.get(newest_link(), follow=True)
    assert "Lamps" in page.content.decode()
    answer = client.post(reverse("account_invitation"), PERSON)
    dan = User.objects.get(username="dan")
    assert answer.status_code == 302
    assert (dan.email, dan.name, dan.language, dan.timezone) == (
        DAN, "Dan", "zh-hans", "Europe/Berlin",
    )  # fmt: skip
    assert list(dan.memberships.values_list("team", "role")) == [(lamps.pk, Role.AGENT)]
    assert client.session["_auth_user_id"] == str(dan.pk)
    assert dan.check_password("correct-horse-7")


def test_mail_is_in_the_language_asked_for_and_by_our_own_address(
    sam_supervisor, lamps, mailbox, settings
):
    settings.BASE_URL = "https://desk.example.com"
    invite(sam_supervisor, lamps)
    mail = SystemMail.objects.get()
    assert (mail.address, mail.delivery.account, mail.delivery.automatic) == (DAN, mailbox, True)
    assert "Sam invites you to the team “Lamps”" in mail.text
    assert "https://desk.example.com/accounts/invitation/" in mail.text


def test_fetching_the_link_changes_nothing(sam_supervisor, lamps, newest_link):
    invite(sam_supervisor, lamps)
    before = list(Invitation.objects.values())
    for _time in range(3):
        assert Client().get(newest_link(), follow=True).status_code == 200
    assert list(Invitation.objects.values()) == before
    assert not User.objects.filter(email=DAN).exists()


def test_address_of_the_form_shows_no_token(client, sam_supervisor, lamps, newest_link):
    invite(sam_supervisor, lamps)
    answer = client.get(newest_link())
    assert answer.url == reverse("account_invitation")


def test_link_works_once(client, sam_supervisor, lamps, newest_link):
    invite(sam_supervisor, lamps)
    link = newest_link()
    client.get(link)
    client.post(reverse("account_invitation"), PERSON)
    other = Client()
    other.get(link)
    answer = other.post(reverse("account_invitation"), PERSON | {"username": "dan2"})
    assert answer.status_code == 410
    assert User.objects.filter(email=DAN).count() == 1


@pytest.mark.parametrize("after", ["revoke", "resend", "expire", "forge"])
def test_dead_link_opens_nothing(client, sam_supervisor, lamps, newest_link, after):
    invitation = invite(sam_supervisor, lamps)
    link = newest_link()
    now = timezone.now()
    if after == "revoke":
        domain.revoke_invitation(invitation_id=invitation.pk, actor=sam_supervisor)
    elif after == "resend":
        domain.resend_invitation(invitation_id=invitation.pk, actor=sam_supervisor)
    elif after == "expire":
        now += timedelta(days=7, seconds=1)
    else:
        link = link[:-4] + "xyz/"
    with time_machine.travel(now):
        assert client.get(link, follow=True).status_code == 410
        assert client.post(reverse("account_invitation"), PERSON).status_code == 410
    assert not User.objects.filter(username="dan").exists()


def test_resent_link_works(client, sam_supervisor, lamps, newest_link):
    invitation = invite(sam_supervisor, lamps)
    domain.resend_invitation(invitation_id=invitation.pk, actor=sam_supervisor)
    client.get(newest_link())
    assert client.post(reverse("account_invitation"), PERSON).status_code == 302


def test_token_of_another_purpose_is_none(sam_supervisor, lamps, mailbox):
    from django.core import signing

    made = invite(sam_supervisor, lamps)
    foreign = signing.Signer(salt="something else").sign_object([made.pk, made.serial])
    with pytest.raises(InvitationOver):
        domain.find_invitation(foreign)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"password": "password"}, "password"),
        ({"password": ""}, "password"),
        ({"username": "SAM"}, "username"),
        ({"username": "da n"}, "username"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"display_name": ""}, "display_name"),
    ],
)
def test_bad_value_is_told_at_its_field(client, sam_supervisor, lamps, newest_link, change, field):
    invite(sam_supervisor, lamps)
    client.get(newest_link())
    answer = client.post(reverse("account_invitation"), PERSON | change)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}


def test_lead_invites_into_own_teams_only(sam_supervisor, ana_agent, root, lamps, pumps, mailbox):
    for actor, team in ((sam_supervisor, pumps), (ana_agent, lamps), (sam_supervisor, None)):
        with pytest.raises(NotYours):
            invite(actor, team)
    assert invite(root, None).team is None


def test_known_address_is_not_invited(sam_supervisor, ana_agent, lamps, mailbox):
    ana_agent.email = "ana@example.org"
    ana_agent.save()
    with pytest.raises(AlreadyHere):
        invite(sam_supervisor, lamps, email="Ana@Example.org")
    invite(sam_supervisor, lamps)
    with pytest.raises(AlreadyInvited):
        invite(sam_supervisor, lamps, email="DAN@example.org")


def test_nothing_is_kept_where_no_mail_can_leave(sam_supervisor, lamps):
    with pytest.raises(system_mail.NoWay):
        invite(sam_supervisor, lamps)
    assert not Invitation.objects.exists()


def test_account_made_meanwhile_stops_the_link(client, sam_supervisor, lamps, newest_link):
    invite(sam_supervisor, lamps)
    client.get(newest_link())
    User.objects.create_user("dan", email=DAN)
    answer = client.post(reverse("account_invitation"), PERSON | {"username": "other"})
    assert answer.status_code == 410
    assert not Membership.objects.filter(user__email=DAN).exists()


def test_desk_page_invites_resends_and_revokes(client, sam_supervisor, lamps, mailbox):
    client.force_login(sam_supervisor)
    page = reverse("desk:people")
    new = {"email": DAN, "team": lamps.pk, "role": "lead", "language": "en"}
    assert client.post(page, new).status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.invited_by) == (Role.LEAD, sam_supervisor)
    assert DAN in client.get(page).content.decode()
    assert client.post(page, new).status_code == 422
    for deed in ("resend", "revoke"):
        client.post(reverse("desk:invitation", args=[invitation.pk, deed]))
    invitation.refresh_from_db()
    assert (invitation.serial, invitation.revoked_at is None) == (2, False)
    assert DAN not in client.get(page).content.decode()


def test_desk_page_is_for_leads_and_their_own(client, stranger, sam_supervisor, lamps, mailbox):
    invitation = invite(sam_supervisor, lamps)
    client.force_login(stranger)
    assert client.get(reverse("desk:people")).status_code == 403
    answer = client.post(reverse("desk:invitation", args=[invitation.pk, "revoke"]))
    assert answer.status_code == 404
    stranger.memberships.update(role=Role.LEAD)
    assert DAN not in client.get(reverse("desk:people")).content.decode()
    answer = client.post(reverse("desk:invitation", args=[invitation.pk, "revoke"]))
    assert answer.status_code == 404
    answer = client.post(
        reverse("desk:people"), {"email": "x@example.org", "team": lamps.pk, "role": "agent"}
    )
    assert answer.status_code == 422
    invitation.refresh_from_db()
    assert invitation.revoked_at is None


def test_list_costs_the_same_for_one_and_three(client, sam_supervisor, lamps, mailbox):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(sam_supervisor)
    counts = []
    for wanted in (1, 3):
        while Invitation.objects.count() < wanted:
            invite(sam_supervisor, lamps, email=f"p{Invitation.objects.count()}@example.org")
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("desk:people"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_superuser_invites_in_the_administration(client, root, lamps, mailbox):
    client.force_login(root)
    add = reverse("admin:accounts_invitation_add")
    new = {"email": DAN, "team": lamps.pk, "role": "agent", "language": ""}
    assert client.post(add, new).status_code == 302
    assert SystemMail.objects.get().address == DAN
    assert client.post(add, new).status_code == 200  # told at the field
    chosen = {"action": "revoke", "_selected_action": [Invitation.objects.get().pk]}
    client.post(reverse("admin:accounts_invitation_changelist"), chosen)
    assert Invitation.objects.get().revoked_at


def test_administration_tells_why_no_mail_can_leave(client, root, lamps):
    client.force_login(root)
    add = reverse("admin:accounts_invitation_add")
    answer = client.post(add, {"email": DAN, "role": "agent", "language": ""}, follow=True)
    assert "default mail account" in answer.content.decode()
    assert not Invitation.objects.exists()
