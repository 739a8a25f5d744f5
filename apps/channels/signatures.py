"""What stands below our answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.channels.models import Account

if TYPE_CHECKING:
    from apps.accounts.models import User


def signature_of(account: Account, author: User | None) -> str:
    """The author's own lines, then those of the account; empty where neither has any."""
    own = author.signature.strip() if author else ""
    return "\n".join(lines for lines in (own, account.signature.strip()) if lines)
