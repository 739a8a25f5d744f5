"""Codes and keys beside the password, and who must have them."""

import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from apps.accounts.domain import second_factor
from apps.accounts.enums import Role
from apps.accounts.models import SignInPolicy
from apps.live.sessions import find_listener

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
INBOX = "/desk/inbox/"


@pytest.fixture(autouse=True)
def _no_limits_of_other_tests():
    cache.clear()


def code_of(secret=SECRET, step=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def log_in(client):
    return client.post(reverse("account_login"), {"login": "ana", "password": "demo"})


def confirm(client):
    """Give the password once more, as every change of a factor asks for."""
    return client.post(reverse("account_reauthenticate"), {"password": "demo"})


@pytest.fixture
def guarded(ana_agent):
    """Ana, with an authenticator app and recovery codes."""
    TOTP.activate(ana_agent, SECRET)
    RecoveryCodes.activate(ana_agent)
    return ana_agent


def test_app_is_set_up_and_asked_for(client, ana_agent):
    log_in(client)
    asked = client.get(reverse("mfa_activate_totp"))
    assert asked.url.startswith(reverse("account_reauthenticate"))
    confirm(client)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer.url == reverse("mfa_view_recovery_codes")
    codes = client.get(answer.url)
    assert codes.content.decode().count("<code>") == 10
    assert Authenticator.objects.filter(user=ana_agent).count() == 2
    other = Client()
    assert log_in(other).url == reverse("mfa_authenticate")
    assert other.get(INBOX).status_code == 302
    other.post(reverse("mfa_authenticate"), {"code": code_of(secret, step=1)})
    assert other.get(INBOX).status_code == 200


def test_seed_is_encrypted_at_rest(guarded):
    assert SECRET not in str(list(Authenticator.objects.values_list("data", flat=True)))


def test_seed_that_no_key_opens_lets_nobody_in(client, guarded, settings):
    from apps.accounts.adapters import SecondFactorAdapter

    settings.SECRET_KEY = "another"
    adapter = SecondFactorAdapter()
    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    read = {adapter.decrypt(stored) for _time in range(2)}
    assert len(read) == 2  # a secret that nobody knows, a new one each time
    assert SECRET not in read


def test_wrong_code_and_used_code_let_nobody_in(client, guarded):
    log_in(client)
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    code = code_of()
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    other = Client()
    log_in(other)
    other.post(reverse("mfa_authenticate"), {"code": code})
    assert other.get(INBOX).status_code == 302


def test_recovery_code_works_once(guarded):
    code = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap()
    code = code.get_unused_codes()[0]
    inside = []
    for _time in range(2):
        client = Client()
        log_in(client)
        client.post(reverse("mfa_authenticate"), {"code": code})
        inside.append(client.get(INBOX).status_code)
    assert inside == [200, 302]


def test_guessing_codes_is_slowed_wherever_it_comes_from(guarded):
    for number in range(20):
        client = Client(REMOTE_ADDR=f"198.51.100.{number}")
        log_in(client)
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    client = Client(REMOTE_ADDR="198.51.100.99")
    log_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of()})
    assert client.get(INBOX).status_code == 302


@pytest.mark.parametrize(
    ("rule", "role", "due"),
    [
        ("team", Role.AGENT, True),
        ("leads", Role.LEAD, True),
        ("leads", Role.AGENT, False),
        ("superusers", Role.AGENT, False),
        ("", Role.LEAD, False),
    ],
)
def test_rules_say_who_needs_one(ana_agent, lamps, rule, role, due):
    ana_agent.memberships.update(role=role)
    lamps.requires_second_factor = rule == "team"
    lamps.save()
    SignInPolicy.objects.create(
        leads_need_second_factor=rule == "leads", superusers_need_second_factor=rule == "superusers"
    )
    assert second_factor.is_due(ana_agent) is due


def test_superuser_needs_one_when_told(root):
    SignInPolicy.objects.create(superusers_need_second_factor=True)
    assert second_factor.is_due(root)


def test_nobody_who_owes_one_gets_past_its_page(client, ana_agent, lamps, cleo_case):
    lamps.requires_second_factor = True
    lamps.save()
    log_in(client)
    answer = client.get(INBOX)
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, reverse("mfa_index"))
    assert "asks for a second step" in client.get(answer.url).content.decode()
    assert client.get("/api/v1/cases/").status_code == 403
    fragment = client.get(INBOX, headers={"hx-request": "true"})
    assert fragment.headers["HX-Redirect"] == reverse("mfa_index")
    taken = client.post(reverse("desk:take", args=[cleo_case.number]))
    cleo_case.refresh_from_db()
    assert (taken.status_code, cleo_case.owner) == (302, None)
    confirm(client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert client.get(INBOX).status_code == 200


def test_who_owes_one_hears_no_events(client, ana_agent, lamps):
    heard = []
    for required in (False, True):
        lamps.requires_second_factor = required
        lamps.save()
        log_in(client)
        heard.append(find_listener(client.cookies.output(header="", sep=";")) is not None)
        client.logout()
    assert heard == [True, False]


def test_rule_reaches_who_is_logged_in_within_five_minutes(client, ana_agent, lamps):
    import time_machine
    from django.utils import timezone

    log_in(client)
    lamps.requires_second_factor = True
    lamps.save()
    assert client.get(INBOX).status_code == 200
    with time_machine.travel(timezone.localtime() + timedelta(minutes=6)):
        assert client.get(INBOX).status_code == 302


def test_administrator_takes_a_lost_factor_away(client, root, guarded):
    elsewhere = Client()
    log_in(elsewhere)
    elsewhere.post(reverse("mfa_authenticate"), {"code": code_of()})
    client.force_login(root)
    chosen = {"action": "remove_second_factor", "_selected_action": [guarded.pk]}
    client.post(reverse("admin:accounts_user_changelist"), chosen)
    assert not Authenticator.objects.filter(user=guarded).exists()
    assert elsewhere.get(INBOX).status_code == 302
    log_in(elsewhere)
    assert elsewhere.get(INBOX).status_code == 200


def test_key_of_somebody_else_is_not_there(client, ana_agent, ben_agent):
    key = Authenticator.objects.create(
        user=ben_agent, type=Authenticator.Type.WEBAUTHN, data={"name": "Ben's", "credential": {}}
    )
    log_in(client)
    confirm(client)
    for page in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.post(reverse(page, args=[key.pk]), {"name": "x"}).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()
