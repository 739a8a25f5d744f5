"""What the command palette offers beside the deeds of the open page: rooms, cases, customers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.search import CASE
from apps.common.icons import icon_markup
from apps.customers.search import CUSTOMER
from apps.desk import findings
from apps.desk.rooms import find_badges
from apps.search.domain import recent

FOUND = 6


@dataclass(frozen=True, slots=True)
class Option:
    """One place to go to."""

    label: str
    url: str
    icon: SafeString
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    label: str
    options: list[Option]


def find(user: User, typed: str) -> list[Group]:
    """All that fits what was typed; every room where nothing was."""
    groups = [Group("rooms", _("Go to"), _rooms(user, typed))]
    if not typed:
        groups.append(Group("recent", _("Recent searches"), _recent(user)))
    else:
        groups = [
            Group(CASE, _("Cases"), _found(user, typed, CASE)),
            Group(CUSTOMER, _("Customers"), _found(user, typed, CUSTOMER)),
            *groups,
            Group("search", _("Search"), [_everywhere(typed)]),
        ]
    return [group for group in groups if group.options]


def _rooms(user: User, typed: str) -> list[Option]:
    places = [Option(room.label, room.url, room.icon) for room in find_badges(user).rooms]
    more = [
        (_("New case"), "desk:new_case", "plus"),
        (_("Canned replies"), "desk:canned", "messages"),
        (_("Accounts"), "desk:accounts", "mail"),
        (_("Spam"), "desk:spam", "flag"),
        (_("Who can help"), "desk:who_can_help", "user-question"),
        (_("Profile"), "desk:profile", "user"),
    ]
    if user.led_team_ids or user.is_superuser:
        more.append((_("Invitations"), "desk:people", "user-plus"))
    if user.is_staff:
        more.append((_("Administration"), "admin:index", "settings"))
    places += [Option(label, reverse(name), icon_markup(icon)) for label, name, icon in more]
    words = typed.casefold().split()
    return [one for one in places if all(word in one.label.casefold() for word in words)]


def _recent(user: User) -> list[Option]:
    icon = icon_markup("history")
    return [Option(one.typed, _search_for(one.typed), icon) for one in recent(user)]


def _found(user: User, typed: str, source: str) -> list[Option]:
    found = findings.find(user, _begun(typed), source=source)
    hits = [*findings.find_named(user, typed, source), *found.hits]
    options = {hit.url: _option(hit) for hit in hits}
    return list(options.values())[:FOUND]


def _begun(typed: str) -> str:
    """The last word may go on: it is still being typed."""
    last = typed.rsplit(maxsplit=1)[-1]
    return f"{typed}*" if last.isalnum() and last.isascii() and len(last) > 1 else typed


def _option(hit: findings.Found) -> Option:
    title = _plain(hit.title)
    detail = " · ".join(part for part in (hit.number, hit.who if hit.number else "") if part)
    return Option(title, hit.url, hit.glyph, detail)


def _plain(pieces: Iterable[tuple[str, bool]]) -> str:
    return "".join(text for text, _match in pieces)


def _everywhere(typed: str) -> Option:
    label = _("Search everything for “%(words)s”") % {"words": typed}
    return Option(label, _search_for(typed), icon_markup("search"))


def _search_for(typed: str) -> str:
    return f"{reverse('desk:search')}?{urlencode({'q': typed})}"
