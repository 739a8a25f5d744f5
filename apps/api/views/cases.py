from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Team
from apps.accounts.rules import is_in_team
from apps.api.domain import Deadline, open_with_words
from apps.api.domain.moments import read_time, zone_or_site
from apps.api.filters import CaseFilter
from apps.api.serializers.cases import (
    AssignIn,
    CaseIn,
    CaseOut,
    CasePatch,
    CloseIn,
    MergeIn,
    ReopenIn,
    ResolveIn,
    SplitIn,
    UnmergeIn,
)
from apps.api.views.base import ApiViewSet
from apps.api.views.promises import next_promises
from apps.cases.domain import (
    Terms,
    assign_case,
    close_case,
    merge_case,
    reopen_case,
    resolve_case,
    split_case,
    unmerge_case,
    update_case,
)
from apps.cases.models import Case
from apps.cases.models.case import CaseQuerySet
from apps.customers.models import Customer


class CaseViewSet(ApiViewSet):
    """Cases that the person may read, the newest first."""

    queryset = Case.objects.none()
    serializer_class = CaseOut
    filterset_class = CaseFilter
    lookup_field = "number"
    orderings = {"number": "pk", "opened_at": "opened_at", "last_activity_at": "last_activity_at"}
    default_ordering = "-number"

    def get_queryset(self) -> CaseQuerySet:
        return with_relations(Case.objects.visible_to(self.actor))

    def get_object(self) -> Case:
        case = with_relations(
            Case.objects.visible_to(self.actor).by_number(self.kwargs["number"])
        ).first()
        if case is None:
            raise Http404
        return case

    def list(self, request: Request) -> Response:
        """Cases that you may read, the newest first."""
        standing = self.filter_queryset(self.get_queryset().standing())
        page = self.paginate_queryset(standing) or []
        doubtful = {case.customer_id for case in page if not case.reveals_customer}
        return self.get_paginated_response(self._show(page, doubtful))

    def retrieve(self, request: Request, number: str) -> Response:
        """One case, by its number."""
        case = self.get_object()
        doubtful = set() if case.reveals_customer else {case.customer_id}
        return Response(self._show([case], doubtful)[0])

    @extend_schema(request=CaseIn, responses={201: CaseOut})
    def create(self, request: Request) -> Response:
        """Open a case; the body becomes the customer's first word in it."""
        fields = self.read(CaseIn)
        customer = fields["identity"] if "identity" in fields else self._customer(fields)
        case = open_with_words(
            actor=self.actor,
            customer=customer,
            channel=fields["channel"],
            kind=fields["kind"],
            subject=fields["subject"],
            body=fields["body"],
            team=fields["team"] if "team" in fields else self._own_team(),
            **_deadline(fields, "" if "identity" in fields else customer.timezone),
        )
        return self._answer(case, status=201)

    @extend_schema(request=CasePatch)
    def partial_update(self, request: Request, number: str) -> Response:
        """Change subject, kind, priority, need, the customer's deadline or tags."""
        case, fields = self.get_object(), self.read(CasePatch)
        fields |= _deadline(fields, case.customer.timezone)
        return self._answer(update_case(case_id=case.pk, actor=self.actor, **fields))

    @extend_schema(request=AssignIn)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, number: str) -> Response:
        """Give the case to a person, a team or both, or back into the queue.

        Where it then has no owner, the team's rule gives it away.
        """
        case = self.get_object()
        fields = self.read(AssignIn)
        team = fields.get("team")
        stays = case.owner if case.owner and (not team or is_in_team(case.owner, team.pk)) else None
        owner = fields.get("owner", stays)
        given = assign_case(
            case_id=case.pk,
            actor=self.actor,
            owner=owner,
            team=team,
            note=fields.get("note", ""),
        )
        return self._answer(given)

    @extend_schema(request=ResolveIn)
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, number: str) -> Response:
        """Offer the matter as solved."""
        case = self.get_object()
        self.read(ResolveIn)
        return self._answer(resolve_case(case_id=case.pk, actor=self.actor))

    @extend_schema(request=CloseIn)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, number: str) -> Response:
        """Close the case; 409 with “owed” while something is owed on it."""
        case = self.get_object()
        fields = self.read(CloseIn)
        return self._answer(
            close_case(case_id=case.pk, actor=self.actor, outcome=fields["outcome"])
        )

    @extend_schema(request=ReopenIn)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, number: str) -> Response:
        """Take up a resolved or closed case again."""
        case = self.get_object()
        fields = self.read(ReopenIn)
        return self._answer(reopen_case(case_id=case.pk, actor=self.actor, why=fields["why"]))

    @extend_schema(request=MergeIn)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, number: str) -> Response:
        """Let the case go on in another one, which is answered."""
        case, fields = self.get_object(), self.read(MergeIn)
        into = Case.objects.visible_to(self.actor).by_number(fields["into"]).first()
        if into is None:
            raise ValidationError({"into": [_("You know no case with this number.")]})
        terms = Terms(tell=fields["tell"], seat_customer=fields["seat_customer"])
        return self._answer(
            merge_case(case_id=case.pk, into_id=into.pk, actor=self.actor, terms=terms)
        )

    @extend_schema(request=UnmergeIn)
    @action(detail=True, methods=["post"])
    def unmerge(self, request: Request, number: str) -> Response:
        """Take the merge of this case back; 409 when that is not possible exactly any more."""
        case = self.get_object()
        self.read(UnmergeIn)
        return self._answer(unmerge_case(case_id=case.pk, actor=self.actor))

    @extend_schema(request=SplitIn, responses={201: CaseOut})
    @action(detail=True, methods=["post"])
    def split(self, request: Request, number: str) -> Response:
        """Make interactions of the case a new one, linked to it, which is answered."""
        case, fields = self.get_object(), self.read(SplitIn)
        return self._answer(split_case(case_id=case.pk, actor=self.actor, **fields), status=201)

    def _customer(self, fields: dict[str, Any]) -> Customer:
        """A case opens its customer's addresses, so it is not opened for a masked one."""
        readable = Customer.objects.identities_visible_to(self.actor)
        customer = readable.filter(pk=fields["customer"]).first()
        if customer is None:
            raise ValidationError({"customer": [_("You know no customer with this id.")]})
        return customer

    def _own_team(self) -> Team | None:
        return Team.objects.filter(pk__in=self.actor.team_ids).order_by("pk").first()

    def _answer(self, case: Case, status: int = 200) -> Response:
        """Show what the person has just changed, even where it has left their sight."""
        shown = with_relations(Case.objects.filter(pk=case.pk)).get()
        return Response(self._show([shown], {shown.customer_id})[0], status=status)

    def _show(self, cases: Sequence[Case], doubtful: AbstractSet[int]) -> Any:
        """Cases as they are answered; ``doubtful`` customers are masked unless the person knows
        them by another case."""
        masked: AbstractSet[int] = frozenset()
        if doubtful:
            readable = Customer.objects.identities_visible_to(self.actor).filter(pk__in=doubtful)
            masked = doubtful - set(readable.values_list("pk", flat=True))
        merged = [case.merged_into_id for case in cases if case.merged_into_id]
        found = Case.objects.visible_to(self.actor).filter(pk__in=merged)
        context = {
            **self.get_serializer_context(),
            "masked_customers": masked,
            "next_promises": next_promises([case.pk for case in cases]),
            "readable_cases": set(found.values_list("pk", flat=True)) if merged else set(),
        }
        return CaseOut(cases, many=True, context=context).data


def _deadline(fields: Mapping[str, Any], zone: str) -> Deadline:
    """What is given of the customer's deadline, in UTC; raises SkippedHour."""
    found = Deadline()
    if "needed_by" in fields:
        by = fields["needed_by"]
        found["needed_by"] = by and read_time(by, zone_or_site(zone), "needed_by")
    if "needed_by_said" in fields:
        found["needed_by_said"] = fields["needed_by_said"]
    return found


def with_relations(cases: CaseQuerySet) -> CaseQuerySet:
    """Fetch what the shape of a case shows, in a fixed number of queries."""
    joined = cases.select_related("customer", "owner", "team")
    return joined.prefetch_related("tags", "customer__identities")
