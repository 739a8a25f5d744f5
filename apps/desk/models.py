"""What the desk remembers of its own: forms that were sent, words and files that were not yet."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.cases.files import attachment_storage
from apps.cases.models import Case, Interaction
from apps.common.text import excerpt


class Submission(models.Model):
    """A composer that was sent; the same key again is the same press, not a second message.

    ``typed`` is what an undo needs beside the message itself to show the form again.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=36)
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="+")
    interaction = models.ForeignKey(Interaction, models.CASCADE, null=True, related_name="+")
    typed = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="one_submission_per_key")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}"


class Upload(models.Model):
    """A file that waits in somebody's composer until it is sent.

    ``composer`` is the form's prefix. Where a mail is to open its case, ``case`` is None and
    ``draft`` tells one such mail from another. ``content_id`` is set for a picture that stands
    in the text itself.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="+")
    draft = models.CharField(max_length=36, blank=True, default="")
    composer = models.CharField(max_length=10)
    file = models.FileField(storage=attachment_storage, max_length=100)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=150)
    size = models.PositiveBigIntegerField()
    content_id = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["user", "case"], name="upload_waiting")]

    def __str__(self) -> str:
        return self.name


class Draft(models.Model):
    """Words that wait in a composer of one person, for nobody else; files wait as uploads.

    ``composer`` is the form's name and ``draft`` tells mails without a case apart, as for
    Upload. Once sent or cleared the row stays for a while with ``written`` off, so that what
    another window still saves is not taken for something new. ``writer`` is the window that
    saved last and ``stamp`` orders what that window saves.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="+")
    draft = models.CharField(max_length=36, blank=True, default="")
    composer = models.CharField(max_length=10)
    words = models.JSONField(default=dict)
    written = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    writer = models.CharField(max_length=36, blank=True, default="")
    stamp = models.BigIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "case", "composer"],
                condition=models.Q(case__isnull=False),
                name="one_draft_per_composer",
            ),
            models.UniqueConstraint(
                fields=["user", "draft"],
                condition=models.Q(case__isnull=True),
                name="one_draft_per_new_case",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.composer}"

    @property
    def title(self) -> str:
        """What a mail without a case is called in a list."""
        words: dict[str, str] = self.words
        return excerpt(words.get("new-subject") or words.get("new-text", ""), 60)
