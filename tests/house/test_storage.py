"""Attachments in S3-compatible storage, by settings alone."""

from __future__ import annotations

import pytest
from django.core.files.storage import storages

from apps.cases import files
from contactcentre import environment
from tests.services.objects import running_object_store


def test_attachments_lie_in_a_bucket_when_one_is_named(monkeypatch, settings, tmp_path):
    with running_object_store() as store:
        monkeypatch.setenv("AWS_STORAGE_BUCKET_NAME", "care-files")
        monkeypatch.setenv("AWS_S3_ENDPOINT_URL", store.url)
        monkeypatch.setenv("AWS_S3_REGION_NAME", "eu-central-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        described = environment.read_attachments(tmp_path)
        settings.STORAGES = settings.STORAGES | {"attachments": described}
        kept = files.store(b"lamp" * 1000, name="lamp.png", content_type="image/png")
        assert store.objects == {f"/care-files/{kept.path}": b"lamp" * 1000}
        with storages["attachments"].open(kept.path) as file:
            assert file.read() == b"lamp" * 1000
        second = files.copy(kept.path, name="lamp.png", content_type="image/png")
        assert second.path != kept.path
        files.discard([kept, second])
        assert store.objects == {}


def test_attachments_lie_beside_the_database_when_no_bucket_is_named(monkeypatch, tmp_path):
    monkeypatch.delenv("AWS_STORAGE_BUCKET_NAME", raising=False)
    described = environment.read_attachments(tmp_path)
    assert described["OPTIONS"]["location"] == tmp_path / "attachments"


@pytest.mark.parametrize("name", ["ab", "-care", "care_files", "Care"])
def test_no_bucket_has_such_a_name(monkeypatch, tmp_path, name):
    monkeypatch.setenv("AWS_STORAGE_BUCKET_NAME", name)
    with pytest.raises(environment.BadEnvironment, match="AWS_STORAGE_BUCKET_NAME"):
        environment.read_attachments(tmp_path)
