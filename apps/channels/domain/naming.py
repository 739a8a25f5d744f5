"""Which message of ours a stored one answers."""

from __future__ import annotations

from collections.abc import Collection

from apps.cases.models import Interaction
from apps.channels.enums import KeyRole
from apps.channels.models import MessageKey


def nearest_named(said: Interaction, *, among: Collection[int]) -> int | None:
    """The key of the interaction among these which a message names nearest; None for none.

    What it names is what its In-Reply-To and References say (RFC 5322, 3.6.4).
    """
    ours = MessageKey.objects.filter(interaction__in=among, role=KeyRole.OWN)
    known = dict(ours.values_list("key", "interaction_id"))
    named = MessageKey.objects.filter(interaction=said, role=KeyRole.NAMED, key__in=known)
    first = named.order_by("pk").first()
    return known[first.key] if first else None
