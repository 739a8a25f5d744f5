"""What the API does beyond the verbs of the layers below it."""

from apps.api.domain.conversations import Deadline, Words, open_with_words, record_by_hand
from apps.api.domain.tokens import find_token, issue_token

__all__ = [
    "Deadline",
    "Words",
    "find_token",
    "issue_token",
    "open_with_words",
    "record_by_hand",
]
