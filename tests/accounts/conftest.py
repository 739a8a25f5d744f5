from __future__ import annotations

import re

import pytest
from django.conf import settings

from apps.channels.models import Account, SystemMail


@pytest.fixture
def mailbox(db):
    """The default mail account, by which the portal's own mail leaves."""
    return Account.objects.create(
        channel="email", name="support", address="support@portal.example", is_default=True
    )


@pytest.fixture
def newest_link(mailbox):
    """Returns the path of the link in the newest system mail."""

    def find() -> str:
        mail = SystemMail.objects.order_by("-pk").first()
        assert mail is not None, "no mail was queued"
        return re.search(re.escape(settings.BASE_URL) + r"(\S+)", mail.text)[1]

    return find
