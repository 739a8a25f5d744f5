"""The strip in the top bar: the next three promises that a person owes, on every page."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.common import prepared
from apps.common.text import excerpt
from apps.desk.rings import Ring, ring_of
from apps.promises.models import Promise

SHOWN = 3
WHO_LENGTH = 14


@dataclass(frozen=True, slots=True)
class Chip:
    """One promise; ``said`` is what a screen reader is told when its time comes."""

    pk: int
    url: str
    ring: Ring
    who: str
    what: str

    @property
    def mark(self) -> SafeString:
        return self.ring.markup(size="s")

    @property
    def left(self) -> SafeString:
        return self.ring.ticking(hidden=True)

    @property
    def said(self) -> str:
        return _("%(what)s, %(who)s") % {"what": self.what, "who": self.who}


def find_chips(user: User) -> list[Chip]:
    """The promises that this person owes and whose clock runs, first due first, in one query."""

    def compose() -> QuerySet[Promise]:
        mine = Promise.objects.owed_by(user).visible_to(user).filter(paused_at=None)
        found = mine.select_related("case__customer").next_first()
        return found.defer("case__need", "case__snippet", "case__subject", "case__customer__about")[
            :SHOWN
        ]

    key = ("strip", user.pk, user.is_superuser, *user.team_ids)
    return [make_chip(promise) for promise in prepared.load(key, compose)]


def make_chip(promise: Promise) -> Chip:
    """Costs no query: a customer without a name is called by the number of the case."""
    case = promise.case
    who = case.customer.form_of_address or case.customer.name or case.number
    return Chip(
        pk=promise.pk,
        url=reverse("desk:case", args=[case.number]),
        ring=ring_of(promise, timezone.now()),
        who=excerpt(who, WHO_LENGTH),
        what=promise.label,
    )
