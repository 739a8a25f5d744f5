"""A running portal with three people, to which mails come as from a mail server."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from tests.services.portal import Portal, running_portal

PEOPLE = """
from apps.accounts.models import *
lamps, pumps = (Team.objects.create(name=name) for name in ("Lamps", "Pumps"))
for name, team in (("ana", lamps), ("ben", lamps), ("stranger", pumps)):
    user = User.objects.create_user(name, password="demo", display_name=name.title())
    Membership.objects.create(user=user, team=team)
"""


@contextlib.contextmanager
def running_office(folder: Path) -> Iterator[Portal]:
    """Ana and Ben of the team Lamps, a stranger of another, and a mail account."""
    with running_portal(folder) as portal:
        made = portal.manage("shell", "-c", PEOPLE)
        assert made.returncode == 0, made.stderr
        address = ("address=support@lamps.example", "outgoing=smtp://127.0.0.1:9")
        made = portal.manage("account", "mail", "support", *address, "team=Lamps", "default=1")
        assert made.returncode == 0, made.stderr
        yield portal


def mail(number: int, subject: str, body: str, **headers: str) -> bytes:
    lines = ["From: Zoe Rider <zoe@rider.example>", "To: support@lamps.example"]
    lines += [f"Subject: {subject}", f"Message-ID: <{number}@rider.example>"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\n".join(lines) + f"\n\n{body}\n").encode()


def receive(portal: Portal, raw: bytes) -> str:
    """Hand a mail to intake as a mail server would; the number of its case."""
    done = portal.manage("receive", "mail", "--account", "support", stdin=raw)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["case"]


def settle(page: Page) -> None:
    """Wait until the stream has told what happened before the page was opened."""
    page.wait_for_timeout(2500)
    page.evaluate("window.unchanged = true")
