"""The pages that checks and pictures visit, over the demonstration data."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.services.portal import Portal

PASSWORD = "demo"


@dataclass(frozen=True)
class Room:
    """A page: its address, and what to press there first."""

    name: str
    address: str
    press: str = ""


BEFORE_LOG_IN = [
    Room("login", "/accounts/login/"),
    Room("forgotten", "/accounts/password/reset/"),
    Room("reset", "/accounts/password/reset/key/1-x-y/"),
    Room("help", "/help/"),
]
FIRST_CASE = "first case"
ROOMS = [
    Room("today", "/desk/today/"),
    Room("callbacks", "/desk/promises/"),
    Room("callbacks-team", "/desk/promises/?tab=team"),
    Room("callbacks-missed", "/desk/promises/?tab=missed"),
    Room("callbacks-week", "/desk/promises/?range=week"),
    Room("callbacks-calendar", "/desk/promises/?view=calendar"),
    Room("plan", "/desk/promises/plan/"),
    Room("inbox", "/desk/inbox/"),
    Room("team", "/desk/inbox/?tab=team"),
    Room("nothing", "/desk/inbox/?tab=unassigned&channel=bbs"),
    Room("case", FIRST_CASE),
    Room("note", f"{FIRST_CASE}?compose=note"),
    Room("call", f"{FIRST_CASE}?compose=call"),
    Room("edit", f"{FIRST_CASE}edit/"),
    Room("promise", f"{FIRST_CASE}promise/"),
    Room("assign", f"{FIRST_CASE}assign/"),
    Room("close", f"{FIRST_CASE}close/"),
    Room("restrict", f"{FIRST_CASE}restrict/"),
    Room("ask", f"{FIRST_CASE}ask/"),
    Room("estimate", f"{FIRST_CASE}estimate/"),
    Room("senior", f"{FIRST_CASE}senior/"),
    Room("campaigns", "/desk/campaigns/"),
    Room("campaign", "/desk/campaigns/1/"),
    Room("campaign-new", "/desk/campaigns/new/"),
    Room("menu", FIRST_CASE, press="details.menu > summary[aria-label]"),
    Room("side", f"{FIRST_CASE}?pane=side"),
    Room("help", "/desk/inbox/", press="[data-act=help]"),
    Room("palette", FIRST_CASE, press="[data-act=palette]"),
    Room("canned", "/desk/canned/"),
    Room("canned-edit", "/desk/canned/new/"),
    Room("pick", f"{FIRST_CASE}canned/"),
    Room("insert", FIRST_CASE, press="[data-act=canned]"),
    Room("search", "/desk/search/"),
    Room("found", "/desk/search/?q=%E6%82%A8"),
    Room("lost", "/desk/search/?q=zeppelin"),
    Room("attention", "/desk/attention/"),
    Room("accounts", "/desk/accounts/"),
    Room("spam", "/desk/spam/"),
    Room("notifications", "/desk/notifications/"),
    Room("unread", "/desk/notifications/?show=unread"),
    Room("customers", "/desk/customers/"),
    Room("customers-found", "/desk/customers/?q=a"),
    Room("customer", "/desk/customers/1/"),
    Room("new", "/desk/cases/new/"),
    Room("profile", "/desk/profile/"),
    Room("password", "/accounts/password/change/"),
    Room("presence", "/desk/inbox/", press="summary.presence"),
    Room("people", "/desk/people/"),
    Room("helpers", "/desk/people/who-can-help/"),
    Room("remember", f"{FIRST_CASE}remember/"),
    Room("remembered", "/desk/customers/1/remember/"),
    Room("sessions", "/accounts/sessions/"),
    Room("factors", "/accounts/2fa/"),
    Room("app", "/accounts/2fa/totp/activate/"),
    Room("again", "/accounts/reauthenticate/"),
    Room("uikit", "/ui-kit/"),
    Room("passkeys", "/accounts/2fa/webauthn/"),
]


SIGN = """
from django.utils import timezone
from apps.cases.domain import resolve_case
from apps.cases.models import Case
from apps.helpcentre.domain.entering import sign
owned = Case.objects.exclude(owner=None).exclude(customer__name="").order_by("pk")
case = owned.filter(status="{status}").first()
if case is None and "{status}" == "resolved":  # the last one was reopened, or closed by the clock
    case = owned.filter(status="open").first()
    case = resolve_case(case_id=case.pk, actor=case.owner)
print(sign(case, timezone.now()))
"""


def sign_link(portal: Portal, status: str) -> str:
    """The link by which the customer of a case in this status follows it, as a mail has it."""
    made = portal.manage("shell", "-v", "0", "-c", SIGN.format(status=status))
    assert made.returncode == 0, made.stderr
    return made.stdout.decode().split()[-1]


def log_in(page: Page, url: str, username: str) -> None:
    """Come in by the log-in page, and go on to the inbox."""
    page.goto(f"{url}/accounts/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{url}/desk/today/")
    page.goto(f"{url}/desk/inbox/")


def find_case(page: Page, url: str) -> str:
    """The address of the first case by email of the person's team."""
    page.goto(f"{url}/desk/inbox/?tab=team&channel=email")
    href = page.locator("a.case").first.get_attribute("href")
    assert href
    return href.partition("?")[0]


def enter(page: Page, url: str, room: Room, first_case: str) -> None:
    """Open a page and bring it into the state that the room names."""
    page.goto(url + room.address.replace(FIRST_CASE, first_case))
    button = page.locator(room.press).first if room.press else None
    if button is not None and button.is_visible():
        button.click()
