from __future__ import annotations

from django.contrib.auth.models import Permission
from django.urls import reverse

from apps.accounts.models import User
from apps.api.domain import issue_token
from apps.api.models import ApiToken

NO_TEAMS = {
    f"{rows}-{count}_FORMS": "0"
    for rows in ("memberships", "skills", "absences")
    for count in ("TOTAL", "INITIAL")
}


def act(client, model: str, action: str, *pks):
    address = reverse(f"admin:{model}_changelist")
    return client.post(address, {"action": action, "_selected_action": pks})


def test_created_user_logs_in(client, root):
    client.force_login(root)
    new = {
        "username": "eve",
        "display_name": "Eve",
        "usable_password": "true",
        "password1": "not-so-common-42",
        "password2": "not-so-common-42",
    }
    answer = client.post(reverse("admin:accounts_user_add"), new | NO_TEAMS)
    assert answer.status_code == 302
    assert client.login(username="eve", password="not-so-common-42")
    assert (User.objects.get(username="eve").is_staff, User.objects.count()) == (False, 2)


def test_changed_password_logs_in_and_old_one_does_not(client, root, ana_agent):
    client.force_login(root)
    address = reverse("admin:auth_user_password_change", args=[ana_agent.pk])
    both = dict.fromkeys(("password1", "password2"), "not-so-common-42")
    assert client.get(address).status_code == 200
    assert client.post(address, {"usable_password": "true"} | both).status_code == 302
    assert client.login(username="ana", password="not-so-common-42")
    assert not client.login(username="ana", password="demo")


def test_password_stands_in_no_page_and_no_history(client, root, ana_agent):
    client.force_login(root)
    pages = [
        client.get(reverse(f"admin:accounts_user_{page}", args=[ana_agent.pk])).content.decode()
        for page in ("change", "history")
    ]
    digest = ana_agent.password.rpartition("$")[2]
    assert not any(digest in page for page in pages)
    assert "password" not in {field.name for field in ana_agent.history.model._meta.fields}


def test_deactivated_user_is_out_and_stands_in_history(client, root, ana_agent):
    client.force_login(root)
    act(client, "accounts_user", "deactivate", ana_agent.pk, root.pk)
    ana_agent.refresh_from_db()
    root.refresh_from_db()
    assert (ana_agent.is_active, root.is_active) == (False, True)
    assert not client.login(username="ana", password="demo")
    assert ana_agent.history.first().is_active is False


def test_nobody_takes_their_own_keys(client, root):
    client.force_login(root)
    address = reverse("admin:accounts_user_change", args=[root.pk])
    answer = client.post(address, {"username": "root", "display_name": "R"} | NO_TEAMS)
    root.refresh_from_db()
    assert answer.status_code == 302
    assert (root.display_name, root.is_active, root.is_superuser) == ("R", True, True)


def test_staff_who_are_no_superuser_hand_out_no_keys(client, ana_agent, ben_agent):
    rights = Permission.objects.filter(codename__in=["change_user", "view_user"])
    ana_agent.is_staff = True
    ana_agent.save()
    ana_agent.user_permissions.set(rights)
    client.force_login(ana_agent)
    address = reverse("admin:accounts_user_change", args=[ben_agent.pk])
    client.post(address, {"username": "ben", "is_superuser": "on", "is_staff": "on"} | NO_TEAMS)
    ben_agent.refresh_from_db()
    assert (ben_agent.is_staff, ben_agent.is_superuser) == (False, False)


def test_revoked_token_opens_nothing(client, root, ana_agent):
    token = issue_token(user=ana_agent)
    client.force_login(root)
    page = client.get(reverse("admin:api_apitoken_changelist")).content.decode()
    act(client, "api_apitoken", "revoke", ApiToken.objects.get().pk)
    client.logout()
    answer = client.get("/api/v1/cases/", headers={"Authorization": f"Token {token}"})
    assert token not in page
    assert answer.status_code == 401
