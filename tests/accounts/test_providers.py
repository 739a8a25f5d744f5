"""Coming in by an identity provider that really signs."""

from urllib.parse import urlsplit

import jwt
import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from apps.accounts import domain
from apps.accounts.models import IdentityProvider, SignInPolicy, User
from tests.services.oidc import CLIENT, SECRET, running_provider

DAN = {
    "sub": "dan-1", "email": "dan@example.org", "email_verified": True,
    "name": "Dan Field", "given_name": "Dan", "family_name": "Field",
    "preferred_username": "dan",
}  # fmt: skip
INBOX = "/desk/inbox/"


@pytest.fixture(autouse=True)
def _no_limits_of_other_tests():
    cache.clear()


@pytest.fixture
def home():
    """The provider, at which Dan is logged in."""
    with running_provider() as provider:
        provider.person = dict(DAN)
        yield provider


@pytest.fixture
def configured(home, db):
    return IdentityProvider.objects.create(
        slug="home", name="Home", issuer=home.issuer, client_id=CLIENT, secret=SECRET
    )


def come(client):
    """Go to the provider and back, as a browser does."""
    begun = client.get(reverse("openid_connect_login", kwargs={"provider_id": "home"}))
    assert begun.status_code == 302, begun.content
    back = requests.get(begun.url, allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    return client.get(f"{parts.path}?{parts.query}")


def test_person_with_the_confirmed_address_comes_in_again_and_again(client, configured, ana_agent):
    ana_agent.email = "Dan@Example.org"
    ana_agent.save()
    for one in (client, Client()):
        assert come(one).url == "/"
        assert one.session["_auth_user_id"] == str(ana_agent.pk)
    assert SocialAccount.objects.get().user == ana_agent
    ana_agent.refresh_from_db()
    assert ana_agent.check_password("demo")  # both ways stay open


def test_link_survives_a_changed_address(client, configured, home, ana_agent):
    ana_agent.email = DAN["email"]
    ana_agent.save()
    come(client)
    home.person["email"] = "new@example.org"
    other = Client()
    come(other)
    assert other.session["_auth_user_id"] == str(ana_agent.pk)


@pytest.mark.parametrize("verified", [False, None, "true"])
def test_unconfirmed_address_opens_nobodys_account(client, configured, home, ana_agent, verified):
    ana_agent.email = DAN["email"]
    ana_agent.save()
    home.person["email_verified"] = verified
    answer = come(client)
    assert "No account here yet" in answer.content.decode()
    assert client.get(INBOX).status_code == 302
    assert not SocialAccount.objects.exists()


def test_provider_that_is_trusted_need_not_say_confirmed(client, configured, home, ana_agent):
    ana_agent.email = DAN["email"]
    ana_agent.save()
    IdentityProvider.objects.update(trusts_addresses=True)
    del home.person["email_verified"]
    assert come(client).url == "/"


def test_stranger_gets_no_account(client, configured):
    answer = come(client)
    assert "No account here yet" in answer.content.decode()
    assert not User.objects.exists()


def test_invited_person_gets_account_and_team(client, configured, sam_supervisor, lamps, mailbox):
    made = domain.invite(actor=sam_supervisor, email=DAN["email"], team=lamps)
    assert come(client).url == "/"
    dan = User.objects.get(email=DAN["email"])
    made.refresh_from_db()
    assert (dan.name, dan.team_ids, made.user) == ("Dan Field", [lamps.pk], dan)
    assert not dan.has_usable_password()
    assert client.get(INBOX).status_code == 200


def test_allowed_domain_signs_up_into_its_team(client, configured, pumps):
    IdentityProvider.objects.update(sign_up_domains="Example.ORG", sign_up_team=pumps)
    assert come(client).url == "/"
    assert User.objects.get(email=DAN["email"]).team_ids == [pumps.pk]


@pytest.mark.parametrize("domains", ["ample.org", "example.org.evil.net", "sub.example.org"])
def test_domain_must_be_the_whole_one(client, configured, domains):
    IdentityProvider.objects.update(sign_up_domains=domains)
    come(client)
    assert not User.objects.exists()


def test_inactive_person_gets_no_second_account(client, configured, ana_agent):
    ana_agent.email, ana_agent.is_active = DAN["email"], False
    ana_agent.save()
    IdentityProvider.objects.update(sign_up_domains="example.org")
    come(client)
    assert User.objects.count() == 1
    assert client.get(INBOX).status_code == 302


def test_second_factor_is_asked_for_all_the_same(client, configured, ana_agent, lamps):
    ana_agent.email = DAN["email"]
    ana_agent.save()
    lamps.requires_second_factor = True
    lamps.save()
    come(client)
    assert client.get(INBOX).url.startswith(reverse("mfa_index"))


@pytest.mark.parametrize(
    "claims", [{"aud": "somebody else"}, {"iss": "https://evil.example"}, {"exp": 1}]
)
def test_token_for_others_is_refused(client, configured, home, ana_agent, claims):
    ana_agent.email = DAN["email"]
    ana_agent.save()
    home.claims = claims
    answer = come(client)
    assert "did not work" in answer.content.decode()
    assert client.get(INBOX).status_code == 302


def test_wrong_secret_forged_state_and_refusal_let_nobody_in(client, configured, home, ana_agent):
    ana_agent.email = DAN["email"]
    ana_agent.save()
    IdentityProvider.objects.update(secret="wrong")
    assert "did not work" in come(client).content.decode()
    configured.save()  # the right one again
    callback = reverse("openid_connect_callback", kwargs={"provider_id": "home"})
    assert "did not work" in client.get(f"{callback}?code=x&state=forged").content.decode()
    home.person = None
    refused = come(client)
    assert refused.url == reverse("socialaccount_login_cancelled")
    assert client.get(refused.url).status_code == 200
    assert client.get(INBOX).status_code == 302


def test_disabled_provider_is_not_there(client, configured):
    IdentityProvider.objects.update(is_enabled=False)
    page = client.get(reverse("account_login")).content.decode()
    begun = client.get(reverse("openid_connect_login", kwargs={"provider_id": "home"}))
    assert "Log in with Home" not in page
    assert begun.status_code == 404


def test_log_in_page_offers_it_and_keeps_next(client, configured):
    page = client.get(reverse("account_login") + "?next=/desk/profile/").content.decode()
    assert "/accounts/oidc/home/login/?next=%2Fdesk%2Fprofile%2F" in page


def test_secret_goes_in_and_never_comes_out(client, root, configured):
    client.force_login(root)
    page = reverse("admin:accounts_identityprovider_change", args=[configured.pk])
    values = {
        "name": "Home", "slug": "home", "issuer": "https://id.example.org", "client_id": "x",
        "sign_up_domains": "example.org", "is_enabled": "on", "new_secret": "",
    }  # fmt: skip
    assert client.post(page, values).status_code == 302
    configured.refresh_from_db()
    assert (configured.secret, configured.issuer) == (SECRET, "https://id.example.org")
    client.post(page, values | {"new_secret": "newer"})
    configured.refresh_from_db()
    assert configured.secret == "newer"
    shown = client.get(page).content.decode()
    kept = str(list(configured.history.values()))
    assert "newer" not in shown
    assert "newer" not in kept
    assert "/accounts/oidc/home/login/callback/" in shown
    for bad in ("http://id.example.org", "http://localhost.example.org", "id.example.org"):
        wrong = client.post(page, values | {"issuer": bad})
        assert set(wrong.context["adminform"].form.errors) == {"issuer"}


def test_rules_are_one_row_in_the_administration(client, root):
    client.force_login(root)
    add = reverse("admin:accounts_signinpolicy_add")
    values = {"leads_need_second_factor": "on", "invitation_days": "3"}
    assert client.post(add, values).status_code == 302
    assert client.get(add).status_code == 403
    assert SignInPolicy.current().invitation_days == 3


def test_keys_of_the_test_provider_sign_for_real(home):
    """Guards the tests above against a provider whose tokens nobody could tell from forged."""
    token = jwt.encode({"sub": "x"}, home.key, algorithm="RS256")
    assert jwt.decode(token, home.key.public_key(), algorithms=["RS256"])["sub"] == "x"
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, other.public_key(), algorithms=["RS256"])
