"""Several files in one field of a form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

MAX_FILES = 20
MAX_TOTAL = 20 * 1024 * 1024


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files up to a common size."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        cleaned = [super(FilesField, self).clean(file, initial) for file in files]
        if not cleaned and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        check_files([file.size or 0 for file in cleaned])
        return cleaned


def check_files(sizes: Sequence[int], *, most: int = MAX_FILES) -> None:
    """Raise ValidationError when these are too many files, or too large together."""
    if len(sizes) > most:
        raise ValidationError(_("Attach at most %(count)d files.") % {"count": most})
    if max(sizes, default=0) > MAX_TOTAL:
        raise ValidationError(too_large())
    if sum(sizes) > MAX_TOTAL:
        raise ValidationError(
            _("The files are larger than 20 MB together. Send some of them later.")
        )


def too_large() -> str:
    """What is said of one file that no mail can carry."""
    return _(
        "This file is larger than 20 MB and cannot be sent by mail. Send a link to it instead."
        " Your text is kept."
    )
