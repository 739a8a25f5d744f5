"""What can be found of cases, and what narrows a search by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Prefetch, Q, QuerySet, TextChoices, prefetch_related_objects
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.cases import enums, signals
from apps.cases.models import Attachment, Case, CaseFollower, CaseGrant, Interaction
from apps.cases.models.case import NUMBER, full_number
from apps.search import domain, registry
from apps.search.registry import Document, Shown, Source

CASE, INTERACTION = "case", "interaction"
HAS = frozenset({"attachment", "attachments", "file", "files", "附件", "文件"})
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


def interaction_document(
    case: Case, interaction: Interaction, files: Sequence[str] = ()
) -> Document:
    """A message; the names of its files stand first, so that no long text pushes them out."""
    return Document(
        source=INTERACTION,
        object_id=interaction.pk,
        at=interaction.received_at,
        title=interaction.subject,
        body="\n".join([*files, interaction.text]),
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
    for interaction in known.prefetch_related(_files()).iterator(chunk_size=1000):
        yield interaction_document(interaction.case, interaction, _names(interaction))


def load_interactions(user: User, ids: Sequence[int]) -> Mapping[int, Shown]:
    found = Interaction.objects.filter(pk__in=ids).defer("html", "text_folded")
    people = ("case__customer", "case__owner", "author")
    loaded = list(found.select_related(*people).prefetch_related(_files()))
    # Asked apart, since databases plan the rights of few cases better than those of a join.
    theirs = Case.objects.visible_to(user).filter(pk__in={one.case_id for one in loaded})
    readable = set(theirs.values_list("pk", flat=True))
    return {
        interaction.pk: Shown(
            source=INTERACTION,
            object_id=interaction.pk,
            object=interaction,
            title=interaction.subject or interaction.case.subject,
            body="\n".join([interaction.text, *_names(interaction)]),
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
    """The case whose number stands in the box alone, as ``CC-000047``, ``47`` or ``#47``."""
    number = full_number(typed)
    if not NUMBER.fullmatch(number):
        return []
    found = Case.objects.visible_to(user).by_number(number).select_related("customer", "owner")
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


def _recorded(
    *, interactions: Sequence[Interaction], files: Mapping[int, Sequence[str]], **_kwargs: Any
) -> None:
    told = (interaction_document(one.case, one, files[one.pk]) for one in interactions)
    domain.put(told, new=True)


def _joined(*, other: Case, interactions: Sequence[Interaction], **_kwargs: Any) -> None:
    domain.remove(CASE, [other.pk])
    _split(interactions=interactions)


def _unmerged(*, other: Case, interactions: Sequence[Interaction], **_kwargs: Any) -> None:
    _opened(cases=[other])
    _split(interactions=interactions)


def _split(*, interactions: Sequence[Interaction], **_kwargs: Any) -> None:
    prefetch_related_objects(list(interactions), _files())
    domain.put(interaction_document(one.case, one, _names(one)) for one in interactions)


def _files() -> Prefetch[Any]:
    """Files that came along, without pictures that stand in the text."""
    shown = Attachment.objects.filter(inline=False).only("interaction_id", "name").order_by("pk")
    return Prefetch("attachments", shown, to_attr="files")


def _names(interaction: Interaction) -> list[str]:
    """The names of files that ``_files`` fetched."""
    return [file.name for file in getattr(interaction, "files", ())]


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


def _by_owner(user: User, typed: str) -> Q | None:
    match typed.casefold():
        case "me" | "我":
            return _in(Case.objects.filter(owner=user))
        case "none" | "无":
            return _in(Case.objects.filter(owner=None))
    named = User.objects.filter(Q(username__iexact=typed) | Q(display_name__iexact=typed))
    owners = list(named.values_list("pk", flat=True))
    return _in(Case.objects.filter(owner__in=owners)) if owners else None


def _by_team(_user: User, typed: str) -> Q | None:
    team = Team.objects.filter(name__iexact=typed).first()
    return _in(Case.objects.filter(team=team)) if team else None


def _has(_user: User, typed: str) -> Q | None:
    """Messages with something, and the cases that they stand in."""
    if typed.casefold() not in HAS:
        return None
    files = Attachment.objects.filter(inline=False)
    return Q(source=INTERACTION, object_id__in=files.values("interaction_id")) | Q(
        source=CASE, case_id__in=files.values("interaction__case_id")
    )


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
    "has": lambda: ["attachment / 附件"],
}
FILTERS: dict[tuple[str, ...], Callable[[User, str], Q | None]] = {
    ("kind", "类型"): _by_choice(enums.Kind, "kind"),
    ("status", "状态"): _by_choice(enums.Status, "status"),
    ("priority", "优先级"): _by_choice(enums.Priority, "priority"),
    ("channel", "渠道"): _by_channel,
    ("owner", "负责人"): _by_owner,
    ("team", "小组", "团队"): _by_team,
    ("tag", "标签"): _by_tag,
    ("has", "包含", "有"): _has,
}
