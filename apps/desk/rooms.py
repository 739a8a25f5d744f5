"""The rooms of the desk and what waits in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.cases.models import Case
from apps.channels.domain.reporting import down
from apps.channels.models import Account
from apps.common import prepared
from apps.common.icons import icon_markup
from apps.desk import owed
from apps.desk.inbox import CAP, CountUpTo
from apps.desk.stuck import quarantined, unsent
from apps.notifications.enums import Place
from apps.notifications.models import Notification


@dataclass(frozen=True, slots=True)
class Room:
    name: str
    url: str
    icon: SafeString
    label: str
    count: str = ""
    count_label: str = ""
    hot: bool = False


@dataclass(frozen=True, slots=True)
class Badges:
    """``down`` says that accounts do not work, where the person is concerned."""

    rooms: list[Room]
    down: str = ""


def bounded(number: int) -> str:
    """A counter: exact below the cap, then ``99+``."""
    return f"{CAP - 1}+" if number >= CAP else str(number)


def find_badges(user: User) -> Badges:
    """Build the rail: what everybody has, and trouble where the person may see any."""
    waiting, trouble, down, unread, owing = _count(user)
    today = Room("today", reverse("desk:today"), icon_markup("sun-high", "i-l"), _("Today"))
    promises = _counting(
        "promises",
        "phone-calling",
        _("Callbacks"),
        owing,
        ngettext("%(count)s promise is yours", "%(count)s promises are yours", owing),
    )
    inbox = _counting(
        "inbox",
        "inbox",
        _("Inbox"),
        waiting,
        ngettext("%(count)s waits for you", "%(count)s wait for you", waiting),
    )
    people = Room(
        "customers", reverse("desk:customers"), icon_markup("user-heart", "i-l"), _("Customers")
    )
    search = Room("search", reverse("desk:search"), icon_markup("search", "i-l"), _("Search"))
    attention = _counting(
        "attention",
        "alert-triangle",
        _("Attention"),
        trouble,
        ngettext("%(count)s needs a decision", "%(count)s need a decision", trouble),
        hot=True,
    )
    notices = _counting(
        "notifications",
        "bell",
        _("Notices"),
        unread,
        ngettext("%(count)s is unread", "%(count)s are unread", unread),
    )
    rooms = [today, inbox, promises, notices, people, search, attention]
    return Badges(rooms, _banner(down))


def _counting(
    name: str, icon: str, label: str, number: int, said: str, *, hot: bool = False
) -> Room:
    """A room with a counter; ``said`` tells what it counts, with a place for ``count``."""
    shown = bounded(number)
    return Room(
        name,
        reverse(f"desk:{name}"),
        icon_markup(icon, "i-l"),
        label,
        shown if number else "",
        said % {"count": shown},
        hot=hot,
    )


def _banner(down: int) -> str:
    if not down:
        return ""
    return ngettext(
        "%(count)d account does not work. Nothing is lost: what waits goes on by itself.",
        "%(count)d accounts do not work. Nothing is lost: what waits goes on by itself.",
        down,
    ) % {"count": down}


def _count(user: User) -> tuple[int, int, int, int, int]:
    """What waits for the person, what is in trouble, which accounts are, what they have not
    read yet and what they have promised, in one query.
    """

    def compose() -> QuerySet[Any]:
        own = Case.objects.of_owner(user).writable_by(user)
        broken = down(Account.objects.visible_to(user))
        unread = Notification.objects.unread().visible_to(user).wanted(Place.PAGE)
        promised = own.promised().filter(waiting_since__isnull=False)
        parts = (promised, own.waiting_for_us(), quarantined(user), unsent(user))
        owing = owed.promises_in(owed.Tab.MINE, user)
        columns = map(CountUpTo, (*parts, broken, unread, owing))
        return User.objects.filter(pk=user.pk).values_list(*columns)

    row = prepared.fetch(("badges", CAP, user.pk, user.is_superuser, *user.team_ids), compose)[0]
    return row[0] + row[1], row[2] + row[3], row[4], row[5], row[6]
