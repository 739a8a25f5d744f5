"""Names of rules and channels, as they stand in the data, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.cases.enums import Channel

RULES: dict[str, Any] = {
    "copy": _("A copy of a message that came before"),
    "blocked_sender": _("From a blocked sender"),
    "set_aside": _("Set aside by hand"),
    "own_message": _("A message of ours that came back"),
    "own_notice": _("A notice of ours that came back"),
}


def say_rule(reason: str) -> str:
    """The words for a rule by which something was ignored; any other reason as it is."""
    return str(RULES.get(reason, reason))


def channel_label(channel: str) -> str:
    """The name of a channel as pages show it."""
    return str(dict(Channel.choices).get(channel, channel))
