"""Coming in where the test and the pages share a database."""

from __future__ import annotations

from django.test import Client
from playwright.sync_api import Page

from apps.accounts.models import User


def come_in(page: Page, url: str, username: str) -> None:
    """Be logged in on a live server over the test's own database, without the log-in page."""
    client = Client()
    client.force_login(User.objects.get(username=username))
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    page.goto(f"{url}/desk/inbox/")
