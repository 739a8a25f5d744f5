"""Colleagues that a note names with ``@``: who may be named, and who is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from apps.accounts.models import Membership, User
from apps.cases.hearing import readers
from apps.cases.models import Case
from apps.cases.rules import can_restrict

MAX_MENTIONS = 20
OFFERED = 8
MAX_LOOKED_AT = 200
# What stands before the sign in an address is no white space; Chinese needs none.
SIGN = re.compile(r"(?<![A-Za-z0-9._%+-])@")

WORD = re.compile(r"[A-Za-z0-9_]{2}")


@dataclass(frozen=True, slots=True)
class Offer:
    """A colleague who may be named, and the name that a note is to hold after ``@``."""

    user: User
    name: str


def find_mentioned(text: str) -> list[User]:
    """Active colleagues whose log-in or shown name follows an ``@``; the longest name wins."""
    starts = [match.end() for match in SIGN.finditer(text)][:MAX_MENTIONS]
    if not starts:
        return []
    names = _names()
    lowered = text.lower()
    found: dict[int, User] = {}
    for start in starts:
        for name, user in names:
            if lowered.startswith(name, start) and not _goes_on(lowered, start + len(name)):
                found[user.pk] = user
                break
    return list(found.values())


def admissible(case: Case, actor: User, colleagues: Iterable[User]) -> list[User]:
    """Those of these colleagues whom a mention may let see a case.

    That is everybody, but in a restricted case those alone who see it already, unless whoever
    names them decides who may see it.
    """
    wanted = list(colleagues)
    if not wanted or not case.restricted or can_restrict(actor, case):
        return wanted
    may = readers([case.pk], [user.pk for user in wanted])[case.pk]
    return [user for user in wanted if user.pk in may]


def offer(case: Case, actor: User, begun: str) -> list[Offer]:
    """Colleagues to choose from after ``@`` and what was typed so far; those of the team first."""
    named = Q(username__icontains=begun) | Q(display_name__icontains=begun)
    named |= Q(first_name__icontains=begun) | Q(last_name__icontains=begun)
    in_team = Exists(Membership.objects.filter(user=OuterRef("pk"), team=case.team_id))
    people = User.objects.filter(named, is_active=True).exclude(pk=actor.pk)
    near = people.annotate(near=in_team).order_by("-near", "username")
    found = admissible(case, actor, near[:MAX_LOOKED_AT])[:OFFERED]
    taken = _shared({user.name for user in found})
    return [Offer(user, user.username if user.name in taken else user.name) for user in found]


def _shared(names: set[str]) -> set[str]:
    """Which of these shown names stand for more than one colleague, or are a log-in of another."""
    people = User.objects.filter(is_active=True)
    likely = people.filter(
        Q(display_name__in=names)
        | Q(username__in=names)
        | Q(display_name="", first_name__gt="")
        | Q(display_name="", last_name__gt="")
    )
    counted = Counter(name for user in likely for name in {user.username, user.name})
    return {name for name in names if counted[name] > 1}


def _names() -> list[tuple[str, User]]:
    names = [
        (name.lower(), user)
        for user in User.objects.filter(is_active=True)
        for name in (user.username, user.name)
        if name
    ]
    return sorted(names, key=lambda pair: -len(pair[0]))


def _goes_on(text: str, at: int) -> bool:
    """Whether a Latin word goes on here: ``@anaconda`` does not name Ana."""
    return WORD.fullmatch(text[at - 1 : at + 1]) is not None
