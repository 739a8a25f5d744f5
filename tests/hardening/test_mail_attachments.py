"""HTML, SVG and XML that want to be shown from our own origin."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.api.domain import issue_token
from apps.cases.models import Attachment
from tests.hardening.hostile import CLASSES
from tests.hardening.post import office, take

__all__ = ["office"]
MAILS = CLASSES["files"]
PICTURES = {"image/png", "image/gif", "image/jpeg", "image/webp", "application/pdf"}


@pytest.mark.parametrize("name", MAILS)
def test_active_file_is_only_ever_a_download(office, ana_agent, client, name):
    result = take(office, MAILS[name])
    client.force_login(ana_agent)
    files = list(Attachment.objects.filter(interaction=result.interaction))
    assert files
    for file in files:
        for query in ("", "?view=1"):
            answer = client.get(reverse("desk:attachment", args=[file.pk]) + query)
            body = b"".join(answer) if answer.streaming else answer.content
            shown = not answer["Content-Disposition"].startswith("attachment")
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer["Content-Security-Policy"]
            assert "script-src" not in answer["Content-Security-Policy"]
            if shown:
                assert query
                assert answer["Content-Type"] in PICTURES
                assert body.startswith((b"GIF8", b"\x89PNG\r\n"))
            else:
                assert answer["Content-Type"] == "application/octet-stream"


def test_api_gives_files_as_downloads_only(office, ana_agent, client):
    headers = {"Authorization": f"Token {issue_token(user=ana_agent)}"}
    for name in ("html", "svg", "xml", "html_as_png", "html_behind_gif"):
        result = take(office, MAILS[name])
        file = Attachment.objects.get(interaction=result.interaction)
        for query in ("", "?view=1"):
            url = reverse("api:attachment", args=[file.pk]) + query
            answer = client.get(url, headers=headers)
            assert answer["Content-Disposition"].startswith("attachment"), name
            assert answer["Content-Type"] == "application/octet-stream"
            assert answer["X-Content-Type-Options"] == "nosniff"


def test_files_lie_under_random_names(office):
    result = take(office, MAILS["html"])
    file = Attachment.objects.get(interaction=result.interaction)
    assert "page" not in file.file.name
    assert not file.file.name.endswith((".html", ".htm"))


def test_file_of_a_strangers_case_is_not_there(office, client, stranger):
    result = take(office, MAILS["html"])
    file = Attachment.objects.get(interaction=result.interaction)
    client.force_login(stranger)
    assert client.get(reverse("desk:attachment", args=[file.pk])).status_code == 404
