"""Tags of the desk's pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override

from apps.accounts.domain import presence_at
from apps.accounts.enums import Presence
from apps.accounts.models import User
from apps.common import filefields
from apps.desk.keys import keys_for
from apps.desk.rings import NOTHING, Ring
from apps.desk.rooms import Badges, find_badges
from apps.desk.strip import Chip, find_chips

register = template.Library()

UNDOING = {
    "undo": "desk:undo",
    "unmerge": "desk:unmerge",
    "part": "desk:unmerge_customer",
    "promise": "desk:reopen_promise",
    "callback": "desk:undo_callback",
}


@register.filter
def of(things: Mapping[str, str], name: str) -> str:
    """What a name stands for among others; "" for nothing."""
    return things.get(name, "") if things else ""


@register.simple_tag
def most_bytes() -> str:
    """How much a mail can carry, as a script reads it."""
    return str(filefields.MAX_TOTAL)


@register.simple_tag
def too_large() -> str:
    return filefields.too_large()


@register.simple_tag
def desk_help(user: User) -> SafeString:
    """The sheet of shortcuts, the choosers and the toasts for faults.

    They are the same for everybody of a language who has single keys on, or off.
    """
    return _help_in(get_language(), single=user.keyboard_shortcuts)


@lru_cache
def _help_in(language: str | None, *, single: bool) -> SafeString:
    with override(language):
        context = {"keys": keys_for(single=single), "single": single}
        return render_to_string("desk/_help.html", context)


@register.simple_tag(takes_context=True)
def desk_badges(context: template.Context) -> Badges:
    """The rooms of the rail with their counters, read in one query."""
    user = context["request"].user
    assert isinstance(user, User)  # noqa: S101 - agent_required stands before every page
    return find_badges(user)


@register.simple_tag(takes_context=True)
def promise_chips(context: template.Context) -> list[Chip]:
    """The next promises that the reader owes, read in one query."""
    user = context["request"].user
    assert isinstance(user, User)  # noqa: S101 - agent_required stands before every page
    return find_chips(user)


@register.simple_tag
def ring_mark(
    ring: Ring, size: str = "", icon: str = "", channel: str = "", inside: SafeString = NOTHING
) -> SafeString:
    """A ring with an icon, or something else, in it."""
    return ring.markup(size=size, icon=icon, channel=channel, inside=inside)


@register.simple_tag
def now_in_ms() -> int:
    """The server's clock, by which browsers count down: milliseconds since 1970."""
    return round(timezone.now().timestamp() * 1000)


@register.simple_tag
def presence_dot(user: User) -> SafeString:
    """A dot in the colour of one's presence, with its word for who cannot see it."""
    now = presence_at(user)
    return format_html(
        '<span class="dot" data-presence="{}"></span><span class="vh">{}</span>', now, now.label
    )


@register.simple_tag
def presence_choices(user: User) -> list[dict[str, Any]]:
    """What one may be, and which of it one is."""
    now = presence_at(user)
    return [{"value": one.value, "label": one.label, "chosen": one == now} for one in Presence]


@register.filter
def undoable(message: Message) -> str:
    """The address that takes back what a toast tells, by its tag: ``undo-12``, a delivery."""
    word, _dash, key = (message.extra_tags or "").partition("-")
    name = UNDOING.get(word)
    return reverse(name, args=[key]) if name else ""
