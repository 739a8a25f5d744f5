"""What can be found of cases, and what narrows a search by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet, TextChoices
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.cases import enums, signals
from apps.cases.models import Case, CaseFollower, CaseGrant, Interaction
from apps.cases.models.case import NUMBER
from apps.search import domain, registry
from apps.search.registry import Document, Shown, Source

if TYPE_CHECKING:
    from apps.accounts.models import User

CASE, INTERACTION = "case", "interaction"
RIGHTS = frozenset({"team", "restricted"})
WORDS = frozenset({"subject", "need"})


def register() -> None:
    """Called once, when the app is ready."""
    registry.register_source(
        Source(INTERACTION, _("Messages"), load_interactions, interaction_documents)
    )
    registry.register_source(Source(CASE, _("Cases"), load_cases, case_documents))
    registry.register_access(followed_or_named)
    registry.register_direct(by_number)
    for names, condition in FILTERS.items():
        registry.register_filter(names, condition, VALUES.get(names[0], tuple))
    signals.cases_opened.connect(_opened)
    signals.case_changed.connect(_changed)
    signals.interactions_recorded.connect(_recorded)
    signals.case_joined.connect(_joined)
    signals.case_merged.connect(_joined)
    signals.case_unmerged.connect(_unmerged)
    signals.case_split.connect(_split)


def case_document(case: Case) -> Document:
    return Document(
        source=CASE,
        object_id=case.pk,
        at=case.opened_at,
        title=case.subject,
        body=case.need,
        case_id=case.pk,
        customer_id=case.customer_id,
        team_id=case.team_id,
        restricted=case.restricted,
        channel=case.channel,
    )


def interaction_document(case: Case, interaction: Interaction) -> Document:
    return Document(
        source=INTERACTION,
        object_id=interaction.pk,
        at=interaction.received_at,
        title=interaction.subject,
        body=interaction.text,
        case_id=case.pk,
        customer_id=case.customer_id,
        team_id=case.team_id,
        restricted=case.restricted,
        channel=interaction.channel,
    )


def case_documents() -> Iterator[Document]:
    for case in Case.objects.standing().order_by("pk").iterator(chunk_size=1000):
        yield case_document(case)


def interaction_documents() -> Iterator[Document]:
    known = Interaction.objects.select_related("case").defer("html", "text_folded").order_by("pk")
    for interaction in known.iterator(chunk_size=1000):
        yield interaction_document(interaction.case, interaction)


def load_interactions(user: User, ids: Sequence[int]) -> Mapping[int, Shown]:
    found = Interaction.objects.filter(pk__in=ids).defer("html", "text_folded")
    loaded = list(found.select_related("case__customer", "case__owner", "author"))
    # Asked apart, since databases plan the rights of few cases better than those of a join.
    theirs = Case.objects.visible_to(user).filter(pk__in={one.case_id for one in loaded})
    readable = set(theirs.values_list("pk", flat=True))
    return {
        interaction.pk: Shown(
            source=INTERACTION,
            object_id=interaction.pk,
            object=interaction,
            title=interaction.subject or interaction.case.subject,
            body=interaction.text,
            at=interaction.received_at,
            case_id=interaction.case_id,
            customer_id=interaction.case.customer_id,
        )
        for interaction in loaded
        if interaction.case_id in readable
    }


def load_cases(user: User, ids: Sequence[int]) -> Mapping[int, Shown]:
    found = Case.objects.visible_to(user).filter(pk__in=ids)
    return {case.pk: _shown(case) for case in found.select_related("customer", "owner")}


def by_number(user: User, typed: str) -> list[Shown]:
    """The case whose number stands in the box alone."""
    if not NUMBER.fullmatch(typed.strip()):
        return []
    found = Case.objects.visible_to(user).by_number(typed).select_related("customer", "owner")
    return [_shown(case) for case in found]


def followed_or_named(user: User) -> Q:
    """What a person finds beyond the cases of their teams (``apps.cases.rules``)."""
    followed = CaseFollower.objects.filter(user=user).values("case_id")
    named = CaseGrant.objects.filter(Q(user=user) | Q(team_id__in=user.team_ids)).values("case_id")
    return Q(case_id__in=followed) | Q(restricted=True, case_id__in=named)


def _shown(case: Case) -> Shown:
    return Shown(
        source=CASE,
        object_id=case.pk,
        object=case,
        title=case.subject,
        body=case.need or case.snippet,
        at=case.opened_at,
        case_id=case.pk,
        customer_id=case.customer_id,
    )


def _opened(*, cases: Sequence[Case], **_kwargs: Any) -> None:
    told = [case_document(case) for case in cases if case.subject or case.need]
    domain.put(told, new=True)


def _changed(*, case: Case, changed: frozenset[str], **_kwargs: Any) -> None:
    if changed & RIGHTS:
        domain.move_case(case.pk, team_id=case.team_id, restricted=case.restricted)
    if changed & WORDS:
        domain.put([case_document(case)])


def _recorded(*, interactions: Sequence[Interaction], **_kwargs: Any) -> None:
    domain.put((interaction_document(one.case, one) for one in interactions), new=True)


def _joined(*, other: Case, interactions: Sequence[Interaction], **_kwargs: Any) -> None:
    domain.remove(CASE, [other.pk])
    _split(interactions=interactions)


def _unmerged(*, other: Case, interactions: Sequence[Interaction], **_kwargs: Any) -> None:
    _opened(cases=[other])
    _split(interactions=interactions)


def _split(*, interactions: Sequence[Interaction], **_kwargs: Any) -> None:
    domain.put(interaction_document(one.case, one) for one in interactions)


def _in(cases: QuerySet[Case]) -> Q:
    return Q(case_id__in=cases.order_by().values("pk"))


def _chosen(choices: type[TextChoices], typed: str) -> str | None:
    """The value that somebody means by its name in data or by its label in any language."""
    wanted = typed.casefold()
    for code in ("en", "zh-hans"):
        with translation.override(code):
            for value, label in choices.choices:
                if wanted in {value, str(label).casefold()}:
                    return str(value)
    return None


def _by_choice(choices: type[TextChoices], field: str) -> registry.Filter:
    def condition(_user: User, typed: str) -> Q | None:
        value = _chosen(choices, typed)
        return None if value is None else _in(Case.objects.filter(**{field: value}))

    return condition


def _by_channel(_user: User, typed: str) -> Q | None:
    value = _chosen(enums.Channel, typed)
    return None if value is None else Q(channel=value)


def _by_owner(user: User, typed: str) -> Q:
    match typed.casefold():
        case "me" | "我":
            return _in(Case.objects.filter(owner=user))
        case "none" | "无":
            return _in(Case.objects.filter(owner=None))
    return _in(
        Case.objects.filter(Q(owner__username__iexact=typed) | Q(owner__display_name__iexact=typed))
    )


def _by_team(_user: User, typed: str) -> Q:
    return _in(Case.objects.filter(team__name__iexact=typed))


def _by_tag(_user: User, typed: str) -> Q:
    return _in(Case.objects.filter(tags__name__iexact=typed))


def _labels(choices: type[TextChoices]) -> registry.Values:
    """The names of choices as people type them; English ones as they stand in the data."""

    def values() -> list[str]:
        english = (translation.get_language() or "en").startswith("en")
        return [value if english else str(label) for value, label in choices.choices]

    return values


VALUES: dict[str, registry.Values] = {
    "kind": _labels(enums.Kind),
    "status": _labels(enums.Status),
    "priority": _labels(enums.Priority),
    "channel": _labels(enums.Channel),
}
FILTERS: dict[tuple[str, ...], Callable[[User, str], Q | None]] = {
    ("kind", "类型"): _by_choice(enums.Kind, "kind"),
    ("status", "状态"): _by_choice(enums.Status, "status"),
    ("priority", "优先级"): _by_choice(enums.Priority, "priority"),
    ("channel", "渠道"): _by_channel,
    ("owner", "负责人"): _by_owner,
    ("team", "团队"): _by_team,
    ("tag", "标签"): _by_tag,
}
