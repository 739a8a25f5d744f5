"""Coming in with Chromium: passkeys by its virtual authenticator, codes of an app, presence."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from playwright.sync_api import Page, expect

from apps.accounts import domain
from apps.accounts.models import Team, User
from tests.e2e.rooms import PASSWORD, log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _no_limits_of_other_tests():
    cache.clear()


@pytest.fixture
def url(live_server) -> str:
    """Passkeys need a name, and a secure place: localhost is one without TLS."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def key(page: Page) -> Iterator[str]:
    """A platform authenticator that holds passkeys and says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield made["authenticatorId"]
    session.detach()


def confirm(page: Page) -> None:
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Go on").click()


def log_out(page: Page, url: str) -> None:
    page.goto(f"{url}/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Log out").click()
    page.wait_for_url(f"{url}/accounts/login/")


def code_of(secret: str, step: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def add_passkey(page: Page, url: str) -> None:
    page.goto(f"{url}/accounts/2fa/webauthn/add/")
    confirm(page)
    page.fill("[name=name]", "My laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def test_passkey_is_added_and_opens_the_desk_without_a_password(
    page: Page, url: str, key: str, ana_agent: User
):
    log_in(page, url, "ana")
    add_passkey(page, url)
    assert ana_agent.authenticator_set.get(type="webauthn").data["name"] == "My laptop"
    log_out(page, url)
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url(f"{url}/desk/today/")
    page.goto(f"{url}/accounts/2fa/webauthn/")
    expect(page.get_by_text("My laptop")).to_be_visible()


def test_want_of_a_passkey_is_said_in_one_line(page: Page, url: str, ana_agent: User):
    log_in(page, url, "ana")
    page.goto(f"{url}/accounts/2fa/webauthn/")
    said = page.get_by_text("You have no passkey yet.").bounding_box()
    assert said is not None
    assert said["height"] < 40


def test_passkey_is_the_second_step_after_a_password(
    page: Page, url: str, key: str, ana_agent: User
):
    log_in(page, url, "ana")
    add_passkey(page, url)
    log_out(page, url)
    page.fill("[name=login]", "ana")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{url}/desk/today/")


def test_app_is_set_up_and_asked_for(page: Page, url: str, ana_agent: User):
    log_in(page, url, "ana")
    page.goto(f"{url}/accounts/2fa/totp/activate/")
    confirm(page)
    expect(page.get_by_alt_text("QR code for the authenticator app")).to_be_visible()
    secret = page.locator("#totp-secret").inner_text()
    page.fill("[name=code]", code_of(secret))
    page.get_by_role("button", name="Switch on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    log_out(page, url)
    page.fill("[name=login]", "ana")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.fill("[name=code]", code_of(secret, step=1))
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{url}/desk/today/")
    assert Authenticator.objects.filter(user=ana_agent).count() == 2


def test_presence_is_set_from_the_menu(page: Page, url: str, ana_agent: User, lamps: Team):
    log_in(page, url, "ana")
    page.locator("details.menu > summary.presence").click()
    page.get_by_role("button", name="Busy").click()
    expect(page.locator("summary.presence .dot[data-presence=busy]")).to_be_visible()
    assert domain.available(lamps) == []
