"""Who works in a running portal, and how they come in."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.services.portal import Portal

MAKE_ANA = """
from apps.accounts.models import *
team = Team.objects.create(name="Lamps")
user = User.objects.create_user("ana", password="demo", display_name="Ana")
Membership.objects.create(user=user, team=team)
"""


def make_ana(portal: Portal) -> None:
    """An agent of the team Lamps."""
    done = portal.manage("shell", "-c", MAKE_ANA)
    assert done.returncode == 0, done.stderr


def log_in(page: Page, portal: Portal) -> None:
    """Let Ana in, to the page of today."""
    page.goto(f"{portal.url}/accounts/login/")
    page.fill("[name=login]", "ana")
    page.fill("[name=password]", "demo")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/desk/today/**")
