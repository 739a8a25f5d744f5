"""File names: cleaned fully before they are checked; files lie under random names."""

from __future__ import annotations

import re
import unicodedata

import pytest
from django.core.files.storage import storages
from django.urls import reverse

from apps.cases.models import Attachment
from tests.hardening.hostile import CLASSES
from tests.hardening.post import office, take

__all__ = ["office"]
MAILS = CLASSES["names"]
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\.|$)")


@pytest.mark.parametrize("name", MAILS)
def test_name_is_one_plain_name(office, ana_agent, client, name):
    result = take(office, MAILS[name])
    (file,) = Attachment.objects.filter(interaction=result.interaction)
    assert 0 < len(file.name) <= 150
    assert not set(file.name) & set('/\\\r\n\0<>:"|?*\u2044\u2215\u29f8\uff0f\uff3c')
    assert not any(unicodedata.category(char).startswith("C") for char in file.name)
    assert unicodedata.is_normalized("NFC", file.name)
    assert not file.name.startswith(".")
    assert not file.name.endswith((".", " "))
    assert not RESERVED.match(file.name)
    assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{32}", file.file.name)
    client.force_login(ana_agent)
    header = client.get(reverse("desk:attachment", args=[file.pk]))["Content-Disposition"]
    assert header.startswith("attachment")
    assert "\n" not in header


def test_nothing_leaves_the_folder_of_files(office):
    for mail in MAILS.values():
        take(office, mail)
    storage = storages["attachments"]
    folders, strays = storage.listdir("")
    assert strays == []
    assert all(re.fullmatch(r"[0-9a-f]{2}", folder) for folder in folders)
