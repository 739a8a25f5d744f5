"""What the README tells a reader to type."""

from __future__ import annotations

import re
import shlex

import pytest
from django.core.management import call_command

from apps.channels.models import Account
from tests.services.portal import ROOT


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["README.md", "docs/operate.md"])
def test_first_mailbox_is_made_where_nothing_is_yet(page, capsys):
    text = (ROOT / page).read_text().replace("\\\n", " ")
    [line] = re.findall(
        r"^\S*python manage\.py (account mail support address.*)$", text, re.MULTILINE
    )
    call_command(*shlex.split(line))
    account = Account.objects.get()
    assert (account.address, account.is_default) == ("support@example.org", True)
    assert "created" in capsys.readouterr().out
