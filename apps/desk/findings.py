"""Search results as their page shows them: each hit with the way to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.cases.models import Case, Interaction
from apps.common.icons import icon_markup
from apps.customers.models import Customer
from apps.desk.rows import STATUS_TINTS, channel_icon, channel_label
from apps.search import registry
from apps.search.domain import Hit, Results, named
from apps.search.domain import find as search

PAGE = 20
EXAMPLES = (
    (
        "status:open  kind:complaint  priority:high",
        gettext_lazy("By status, kind, priority"),
    ),
    ("owner:me  owner:none  owner:ana", gettext_lazy("Whose case it is")),
    ("team:Support  tag:fibre", gettext_lazy("Team and tag; quote a name of two words")),
    ("channel:email  channel:phone", gettext_lazy("How it was said")),
    ("after:2026-11-01  before:today", gettext_lazy("From a day on, and before a day")),
    ("has:attachment  invoice.pdf", gettext_lazy("With a file, or by the name of a file")),
    ("47  CC-000047", gettext_lazy("A case by its number")),
    ("状态:处理中  负责人:我  晚于:昨天", gettext_lazy("All filters have Chinese names, too")),
)
"""What can be typed, for the help below the box."""

type Parts = Iterable[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Found:
    """One hit. ``title`` and ``snippet`` are pieces (text, is a match)."""

    url: str
    channel: str
    channel_label: str
    glyph: SafeString
    title: Parts
    snippet: Parts
    number: str
    status: str
    status_tint: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class Findings:
    total: int
    tabs: list[Tab]
    direct: list[Found]
    hits: list[Found]
    more: str
    problems: list[str]


def find(user: User, text: str, *, source: str = "", after: str = "") -> Findings:
    """Search as this person; the text is what stands in the box."""
    known = source if source in registry.sources() else ""
    results = search(user, text, source=known or None, page_size=PAGE, after=after or None)
    direct = [hit for hit in results.direct if known in {"", hit.source}]
    shown = {(hit.source, hit.object_id) for hit in direct}
    return Findings(
        total=results.total,
        tabs=_tabs(text, known, _counted(results)),
        direct=[_found(hit) for hit in direct],
        hits=[_found(one) for one in results.hits if (one.source, one.object_id) not in shown],
        more=_address(text, known, str(results.next)) if results.next else "",
        problems=list(results.problems),
    )


def find_named(user: User, text: str, source: str) -> list[Found]:
    """What the text names exactly, of one kind."""
    return [_found(hit) for hit in named(user, text) if hit.source == source]


def _counted(results: Results) -> dict[str, int]:
    """Totals by kind; what the box names exactly counts, too, unless the words found it."""
    counts = dict(results.counts)
    listed = {(hit.source, hit.object_id) for hit in results.hits}
    for hit in results.direct:
        if (hit.source, hit.object_id) not in listed:
            counts[hit.source] = counts.get(hit.source, 0) + 1
    return counts


def _address(text: str, source: str, after: str = "") -> str:
    values = {"q": text, "in": source, "after": after}
    query = urlencode({key: value for key, value in values.items() if value})
    return f"{reverse('desk:search')}?{query}"


def _tabs(text: str, source: str, counts: dict[str, int]) -> list[Tab]:
    everything = Tab(_("Everything"), _address(text, ""), sum(counts.values()), not source)
    kinds = [
        Tab(str(kind.label), _address(text, name), counts.get(name, 0), name == source)
        for name, kind in registry.sources().items()
    ]
    return [everything, *kinds]


def _found(hit: Hit) -> Found:
    match hit.object:
        case Interaction() as interaction:
            anchor = f"?before={interaction.pk + 1}#ix{interaction.pk}"
            return _of_case(hit, interaction.case, interaction.channel, anchor)
        case Case() as case:
            return _of_case(hit, case, case.last_channel or case.channel, "")
        case Customer() as customer:
            return _of_customer(hit, customer)
    raise TypeError(f"the desk cannot show a {hit.source}")


def _of_case(hit: Hit, case: Case, channel: str, anchor: str) -> Found:
    return Found(
        url=reverse("desk:case", args=[case.number]) + anchor,
        channel=channel,
        channel_label=channel_label(channel),
        glyph=channel_icon(channel),
        title=hit.title
        if any(piece for piece, _match in hit.title)
        else ((_("(no subject)"), False),),
        snippet=hit.snippet,
        number=case.number,
        status=str(case.get_status_display()),
        status_tint=STATUS_TINTS[case.status],
        who=case.customer.name,
        at=hit.at,
    )


def _of_customer(hit: Hit, customer: Customer) -> Found:
    return Found(
        url=reverse("desk:customer", args=[customer.pk]),
        channel="",
        channel_label=_("Customer"),
        glyph=icon_markup("user"),
        title=hit.title,
        snippet=hit.snippet,
        number="",
        status="",
        status_tint="",
        who=customer.form_of_address,
        at=hit.at,
    )
