"""Model fields that keep what they hold from whoever reads the database."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    TextField = models.TextField[str, str]
else:
    TextField = models.TextField


class EncryptedTextField(TextField):
    """Text that is encrypted at rest with a key derived from SECRET_KEY (Fernet).

    Old keys stay readable through SECRET_KEY_FALLBACKS. A value that no key opens reads as
    an empty text, so that a lost key shows as a missing setting and not as a crash.
    """

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return encrypt_text(text) if text else text

    def from_db_value(
        self, value: str | None, expression: Any, connection: BaseDatabaseWrapper
    ) -> str | None:
        return decrypt_text(value) if value else value


def encrypt_text(text: str) -> str:
    """Encrypt as the field does, for what others keep in fields of their own."""
    return _box().encrypt(text.encode()).decode()


def decrypt_text(text: str) -> str:
    """The counterpart of ``encrypt_text``; empty when no key opens it."""
    try:
        return _box().decrypt(text.encode()).decode()
    except InvalidToken:
        return ""


def _box() -> MultiFernet:
    return _boxes((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _boxes(secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derive(secret)) for secret in secrets])


def _derive(secret: str) -> bytes:
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"contactcentre.fields")
    return base64.urlsafe_b64encode(kdf.derive(secret.encode()))
