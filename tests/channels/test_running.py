"""The running portal sends what stands in its outbox, nudged or not."""

from __future__ import annotations

import pytest

from tests.services import wait_until

pytestmark = pytest.mark.live

MAIL = b"From: Cleo <cleo@example.org>\nTo: help@example.com\nSubject: Lamp\n\nIt broke.\n"
REPLY = """
from apps.accounts.models import User
from apps.cases.models import Case
from apps.channels import domain
root, _new = User.objects.get_or_create(username="root", is_superuser=True)
domain.reply(case_id=Case.objects.get().pk, actor=root, text="We shall look at it.")
"""
LOST_NUDGE = "from apps.channels import nudges; nudges.after_commit_deliver = lambda _id: None\n"


def test_reply_leaves_the_running_portal(portal, smtp_relay):
    settings = ["address=help@example.com", "default=1", f"outgoing={smtp_relay.url}"]
    assert portal.manage("account", "mail", "support", *settings).returncode == 0
    taken = portal.manage("receive", "mail", stdin=MAIL)
    assert (taken.returncode, taken.stderr) == (0, b"")
    for number, script in enumerate((REPLY, LOST_NUDGE + REPLY), start=1):
        assert portal.manage("shell", "--verbosity=0", "-c", script).returncode == 0
        wait_until(lambda n=number: len(smtp_relay.to("cleo@example.org")) == n, "the answer")
