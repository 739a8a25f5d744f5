"""Every page of the administration opens, for superusers who are staff and nobody else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import IdentityProvider, Invitation, Membership, SignInPolicy, Skill, Team
from apps.api.domain import issue_token
from apps.cases.models import CannedReply, Tag
from apps.channels.domain import receive, reply
from apps.channels.mail.enums import Fate
from apps.channels.mail.models import LedgerEntry, MailboxState
from apps.channels.models import Account, SenderRule
from apps.customers.domain import note_preference
from apps.customers.models import Organisation
from apps.promises.models import Calendar, CalendarTeam, Holiday, ServiceLevel
from tests.api.test_inbound import MAIL

PAGES: list[Any] = sorted(admin.site._registry, key=lambda model: model._meta.label)
AUDIT = {
    "cases.CaseEvent",
    "contact_channels.InboundMessage",
    "contact_channels.Delivery",
    "customers.Preference",
}
MAILBOXES = {"channel_mail.LedgerEntry", "channel_mail.MailboxState"}
NEVER_DELETED = AUDIT | {
    "accounts.Invitation",
    "accounts.SignInPolicy",
    "accounts.User",
    "contact_channels.Account",
    "customers.Organisation",
}


def url(model, page: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def filled(db, ana_agent, lamps, cleo_case):
    """One row of everything that the administration shows."""
    account = Account.objects.create(
        channel="email", name="support", address="help@lamps.example", team=lamps, is_default=True
    )
    receive(account, MAIL, "message/rfc822")
    mailbox = MailboxState.objects.create(account=account)
    LedgerEntry.objects.create(mailbox=mailbox, uid=1, mark="1", fate=Fate.REFUSED, reason="No.")
    reply(case_id=cleo_case.pk, actor=ana_agent, text="Good news.")
    issue_token(user=ana_agent)
    Skill.objects.create(name="Valves")
    note_preference(
        customer_id=cleo_case.customer_id, actor=ana_agent, kind="other", text="Likes tea."
    )
    Tag.objects.create(name="urgent")
    CannedReply.objects.create(name="Hello", text_en="Hello.", team=lamps)
    SenderRule.objects.create(value="spam.example")
    Organisation.objects.create(name="Lamps & Sons")
    calendar = Calendar.objects.create(name="Office", hours="Mon-Fri 09:00-18:00")
    CalendarTeam.objects.create(calendar=calendar, team=lamps)
    Holiday.objects.create(calendar=calendar, day=date(2026, 12, 24), name="Christmas Eve")
    ServiceLevel.objects.create(kind="complaint", first_reply=20)
    SignInPolicy.objects.create()
    IdentityProvider.objects.create(slug="home", name="Home", issuer="https://id.example.org")
    Invitation.objects.create(email="dan@example.org", team=lamps, expires_at=timezone.now())


@pytest.fixture
def chief(client, root):
    client.force_login(root)
    return client


def test_no_model_of_work_is_administered():
    labels = {model._meta.label for model in PAGES}
    assert labels == {
        "accounts.IdentityProvider",
        "accounts.Invitation",
        "accounts.SignInPolicy",
        "accounts.User",
        "accounts.Team",
        "accounts.Membership",
        "accounts.Skill",
        "api.ApiToken",
        "cases.CannedReply",
        "cases.CaseEvent",
        "cases.Tag",
        "channel_mail.LedgerEntry",
        "channel_mail.MailboxState",
        "contact_channels.Account",
        "contact_channels.Delivery",
        "contact_channels.InboundMessage",
        "contact_channels.SenderRule",
        "customers.Organisation",
        "customers.Preference",
        "promises.Calendar",
        "promises.Holiday",
        "promises.ServiceLevel",
    }


@pytest.mark.parametrize("model", PAGES, ids=lambda model: model._meta.label)
def test_pages_of_each_model_open(chief, filled, model):
    admin_of: Any = admin.site._registry[model]
    row = model.objects.order_by("pk").first()
    for address in (url(model, "changelist"), url(model, "change", row.pk)):
        assert chief.get(address).status_code == 200
    assert chief.get(url(model, "changelist"), {"q": "a"}).status_code == 200
    may_add = model._meta.label not in AUDIT | MAILBOXES | {
        "accounts.SignInPolicy",  # there is one
        "api.ApiToken",
    }
    assert chief.get(url(model, "add")).status_code == (200 if may_add else 403)
    assert chief.get(url(model, "history", row.pk)).status_code == 200
    for spec in admin_of.list_filter:
        name = spec if isinstance(spec, str) else getattr(spec, "parameter_name", "") or spec[0]
        narrowed = chief.get(url(model, "changelist"), {f"{name}__isnull": "1"})
        assert narrowed.status_code in {200, 302}


@pytest.mark.parametrize("label", sorted(NEVER_DELETED))
def test_what_others_refer_to_is_never_deleted(chief, filled, label):
    model = next(model for model in PAGES if model._meta.label == label)
    row = model.objects.order_by("pk").first()
    assert chief.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    chief.post(url(model, "changelist"), chosen)
    assert model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("label", sorted(AUDIT))
def test_audit_cannot_be_written(chief, filled, label):
    model = next(model for model in PAGES if model._meta.label == label)
    row = model.objects.values().order_by("pk").first()
    assert chief.post(url(model, "change", row["id"]), {"state": "sent"}).status_code == 403
    assert model.objects.values().get(pk=row["id"]) == row


@pytest.mark.parametrize("model", PAGES, ids=lambda model: model._meta.label)
def test_agents_leads_and_staff_without_rights_stay_outside(
    client, filled, ana_agent, sam_supervisor, model
):
    address = url(model, "changelist")
    anonymous = client.get(address)
    codes = [anonymous.status_code]
    for user in (ana_agent, sam_supervisor):
        client.force_login(user)
        codes.append(client.get(address, follow=True).status_code)
    sam_supervisor.is_staff = True
    sam_supervisor.save()
    codes.append(client.get(address, follow=True).status_code)
    assert codes == [302, 403, 403, 403]


def test_team_is_made_with_its_members(chief, ana_agent, sam_supervisor):
    rows = {
        "name": "Bells",
        "assignment_rule": "knows_customer",
        "assignment_fallback": "least_loaded",
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-user": ana_agent.pk,
        "memberships-0-role": "lead",
    }
    assert chief.post(url(Team, "add"), rows).status_code == 302
    assert Team.objects.get(name="Bells").assignment_rule == "knows_customer"
    assert list(Membership.objects.filter(team__name="Bells").values_list("user", "role")) == [
        (ana_agent.pk, "lead")
    ]


def test_change_stands_in_history_with_its_author(chief, root, lamps):
    rows = {"name": "Lights", "memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    rows |= {"assignment_rule": "none", "assignment_fallback": "least_loaded"}
    chief.post(url(Team, "change", lamps.pk), rows)
    newest = lamps.history.first()
    assert (newest.name, newest.history_user) == ("Lights", root)
    page = chief.get(url(Team, "history", lamps.pk)).content.decode()
    assert "Lamps" in page
    assert "Lights" in page


def test_older_state_is_shown_and_never_brought_back_by_it(chief, lamps):
    lamps.name = "Lights"
    lamps.save()
    oldest = lamps.history.last()
    address = url(Team, "simple_history", lamps.pk, oldest.pk)
    assert chief.get(address).status_code == 200
    assert chief.post(address, {"name": "Lamps"}).status_code == 403


def test_mail_that_could_not_be_fetched_is_tried_again_on_request(chief, filled):
    entry = LedgerEntry.objects.get()
    chosen = {"action": "try_again", "_selected_action": [entry.pk]}
    assert chief.post(url(LedgerEntry, "changelist"), chosen).status_code == 302
    assert not LedgerEntry.objects.exists()
