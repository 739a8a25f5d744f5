"""The list pane: tabs, channels, groups and rows of the inbox as its template shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.cases.enums import Channel
from apps.common.icons import icon_markup
from apps.desk import inbox
from apps.desk.inbox import Counts, Cursor, Group, Reader, Scope
from apps.desk.rings import RingState
from apps.desk.rooms import bounded
from apps.desk.rows import Row, channel_icon, channel_label, make_rows

CHANNELS = tuple(channel for channel in Channel.values if channel != Channel.INTERNAL)
BESIDE_A_CASE = 15


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person asked the list to show."""

    scope: Scope = Scope.MINE
    channel: str = ""
    after: Cursor | None = None

    def query(self, **other: str) -> str:
        """The query string of this choice, with other values for some of its parts."""
        values = {"tab": str(self.scope), "channel": self.channel} | other
        if values["tab"] == Scope.MINE:
            values["tab"] = ""
        kept = {key: value for key, value in values.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    count: str
    current: bool


@dataclass(frozen=True, slots=True)
class Chip:
    channel: str
    label: str
    icon: SafeString
    url: str
    current: bool
    count: str = ""


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many promises of a page are late, or due soon; the first due stand first."""

    state: str
    count: int
    label: str


@dataclass(frozen=True, slots=True)
class GroupView:
    label: str
    icon: SafeString
    count: str
    rows: list[SafeString]
    states: list[StateCount] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Queue:
    """The whole pane."""

    url: str
    groups: list[GroupView]
    more: str
    restart: str
    empty_hint: str
    tabs: list[Tab] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.groups and not self.restart


def build(user: User, choice: Choice, *, current: str = "", size: int = inbox.PAGE) -> Queue:
    """The list with its tabs: at most seven queries, whatever the tables hold."""
    reader = Reader.of(user)
    counts = inbox.count(reader, choice.channel)
    return _build(reader, choice, counts, current, size)


def _build(reader: Reader, choice: Choice, counts: Counts, current: str, size: int) -> Queue:
    page = inbox.page(reader, choice.scope, channel=choice.channel, after=choice.after, size=size)
    url = reverse("desk:inbox")
    following = f"{url}{choice.query(after=str(page.following))}" if page.following else ""
    few = counts.of(choice.scope) < inbox.SAMPLE
    return Queue(
        url=url + choice.query(),
        groups=_groups(page, reader.user, choice, counts, current),
        more=following,
        restart=url + choice.query() if choice.after else "",
        empty_hint=_hint(choice),
        tabs=_tabs(url, choice, counts),
        chips=_chips(url, choice, inbox.count_channels(reader, choice.scope) if few else {}),
    )


def _groups(
    page: inbox.Page, user: User, choice: Choice, counts: Counts, current: str
) -> list[GroupView]:
    labels = {
        Group.DUE: (_("Promises due"), icon_markup("clock-heart", "i-s")),
        Group.US: (_("Waiting for us"), icon_markup("arrow-back-up", "i-s")),
        Group.THEM: (_("Waiting for the customer"), icon_markup("hourglass-low", "i-s")),
    }
    base = reverse("desk:case", args=["_"]).removesuffix("_/")
    suffix = choice.query()
    groups = []
    for group, cases in page.cases.items():
        if not cases:
            continue
        label, icon = labels[group]
        continued = choice.after is not None and choice.after.group is group
        rows = make_rows(cases, group, user)
        groups.append(
            GroupView(
                label="" if continued else label,
                icon=icon,
                count=bounded(counts.values[choice.scope, group]),
                rows=[row.markup(base, suffix, current) for row in rows],
                states=_states(rows),
            )
        )
    return groups


def _states(rows: Iterable[Row]) -> list[StateCount]:
    found = Counter(row.ring.state for row in rows if row.ring)
    late, soon = found[RingState.LATE], found[RingState.SOON]
    said = {
        RingState.LATE: (late, ngettext("%(count)d late", "%(count)d late", late)),
        RingState.SOON: (soon, ngettext("%(count)d due soon", "%(count)d due soon", soon)),
    }
    return [
        StateCount(state, count, label % {"count": count})
        for state, (count, label) in said.items()
        if count
    ]


def _tabs(url: str, choice: Choice, counts: Counts) -> list[Tab]:
    labels = {
        Scope.MINE: _("Mine"),
        Scope.TEAM: _("Team"),
        Scope.UNASSIGNED: _("Unassigned"),
    }
    return [
        Tab(
            label,
            url + choice.query(tab=str(scope)),
            bounded(counts.of(scope)),
            scope is choice.scope,
        )
        for scope, label in labels.items()
    ]


def _chips(url: str, choice: Choice, counts: Mapping[str, int]) -> list[Chip]:
    """One chip a channel; the chosen one leads back to all of them."""
    return [
        Chip(
            channel,
            channel_label(channel),
            channel_icon(channel),
            url + choice.query(channel="" if channel == choice.channel else channel),
            channel == choice.channel,
            bounded(counts[channel]) if channel in counts else "",
        )
        for channel in CHANNELS
    ]


def _hint(choice: Choice) -> str:
    if choice.channel:
        return _("No case of this channel. Choose another, or show all of them.")
    hints = {
        Scope.MINE: _("Every case of yours is answered. The unassigned ones may need you."),
        Scope.TEAM: _("Your team has no open case."),
        Scope.UNASSIGNED: _("Every case has somebody who cares for it."),
    }
    return hints[choice.scope]
