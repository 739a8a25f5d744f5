"""Putting files away before the transaction that refers to them begins."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.core.files.uploadedfile import UploadedFile


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that lies in the storage already; its own name is only a label."""

    path: str
    name: str
    content_type: str
    size: int
    content_id: str = ""
    inline: bool = False


def attachment_storage() -> Storage:
    return storages["attachments"]


def store(
    content: bytes | File[bytes],
    *,
    name: str,
    content_type: str,
    content_id: str = "",
    inline: bool = False,
) -> StoredFile:
    """Write a file under a random name, in one of 256 folders; call it outside transactions."""
    body = ContentFile(content) if isinstance(content, bytes) else content
    token = secrets.token_hex(16)
    path = attachment_storage().save(f"{token[:2]}/{token}", body)
    return StoredFile(path, name, content_type, body.size, content_id, inline)


def copy(path: str, *, name: str, content_type: str) -> StoredFile:
    """Put a second copy of a stored file away, for another interaction to own."""
    with attachment_storage().open(path) as file:
        return store(file, name=name, content_type=content_type)


def discard(files: Iterable[StoredFile]) -> None:
    """Remove files whose rows never came to be."""
    for file in files:
        attachment_storage().delete(file.path)


@contextmanager
def stored(uploads: Iterable[UploadedFile[bytes]]) -> Iterator[Sequence[StoredFile]]:
    """Put uploads away before the transaction begins; a failure inside removes them again."""
    kept = [
        store(
            upload,
            name=upload.name or "",
            content_type=upload.content_type or "application/octet-stream",
        )
        for upload in uploads
    ]
    try:
        yield kept
    except Exception:
        discard(kept)
        raise
