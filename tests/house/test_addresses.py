from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse


def test_healthz_without_database_answers_ok(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_readyz_migrated_answers_200(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {"ready": True, "database": True, "broker": True},
    )


@pytest.mark.django_db
def test_readyz_with_a_migration_missing_answers_503(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, False)


@pytest.mark.django_db
def test_readyz_without_broker_answers_503(client: Client, settings, tmp_path) -> None:
    settings.CELERY_BROKER_URL = "filesystem://localhost/"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": str(tmp_path / "gone")}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["broker"]) == (503, False)


@pytest.mark.parametrize(
    "name",
    ["account_signup", "account_email", "socialaccount_signup", "socialaccount_connections"],
)
def test_accounts_sign_up_and_mail_pages_have_no_address(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.django_db
def test_log_in_with_foreign_next_stays_local(client: Client, ana_agent) -> None:
    ana_agent.set_password("a password of hers")
    ana_agent.save()
    for target in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        answer = client.post(
            reverse("account_login"),
            {"login": ana_agent.username, "password": "a password of hers", "next": target},
        )
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
        client.logout()


@pytest.mark.django_db
def test_log_in_unknown_name_and_wrong_password_answer_the_same(client: Client, ana_agent) -> None:
    texts = []
    for name in (ana_agent.username, "nobody-at-all"):
        answer = client.post(reverse("account_login"), {"login": name, "password": "wrong"})
        form = answer.context["form"]
        texts.append((answer.status_code, form.errors.as_json()))
    assert texts[0] == texts[1]


@pytest.mark.django_db
def test_admin_log_in_leads_to_the_one_door(client: Client) -> None:
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?")
    assert answer.status_code == 200


@pytest.mark.django_db
def test_log_in_after_many_wrong_passwords_is_slowed_down_there_alone(
    client: Client, ana_agent
) -> None:
    ana_agent.set_password("a password of hers")
    ana_agent.save()
    address, form = reverse("account_login"), {"login": ana_agent.username}
    for _ in range(11):
        client.post(address, form | {"password": "wrong"})
    right = form | {"password": "a password of hers"}
    assert client.post(address, right).status_code == 200
    assert "_auth_user_id" not in client.session
    assert client.post(address, right, REMOTE_ADDR="192.0.2.7").status_code == 302
