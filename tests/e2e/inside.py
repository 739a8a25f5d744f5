"""Coming in where the test and the pages share a database."""

from __future__ import annotations

from django.test import Client
from playwright.sync_api import Page

from apps.accounts.models import User


def come_in(page: Page, url: str, username: str) -> None:
    """Be logged in on a live server over the test's own database, without the log-in page."""
    client = Client()
    client.force_login(User.objects.get(username=username))
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}
    page.context.add_cookies([cookie])
    page.goto(f"{url}/desk/inbox/")
