from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.core.exceptions import ValidationError as NoNumber
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.domain.moments import Times, check_zone, read_times, zone_or_site
from apps.api.filters import PromiseFilter
from apps.api.serializers.promises import (
    AttemptIn,
    AttemptMadeOut,
    AttemptOut,
    KeepIn,
    PromiseIn,
    PromiseMadeOut,
    PromiseOut,
    RenegotiateIn,
    WithdrawIn,
)
from apps.api.views.base import ApiView, ApiViewSet
from apps.cases.models import Case
from apps.customers import identities
from apps.customers.enums import IdentityKind
from apps.promises.domain import (
    Booked,
    NewTime,
    book_callback,
    keep_promise,
    make_promise,
    record_attempt,
    renegotiate_promise,
    room_warnings,
    warnings,
    withdraw_promise,
)
from apps.promises.enums import Kind, State
from apps.promises.models import Attempt, Promise
from apps.promises.models.promise import PromiseQuerySet


class PromiseViewSet(ApiViewSet):
    """Promises of cases that the person may read, the one that is due first in front."""

    queryset = Promise.objects.none()
    serializer_class = PromiseOut
    filterset_class = PromiseFilter
    lookup_value_converter = "int"
    orderings = {"due_at": "due_at", "id": "pk"}
    default_ordering = "due_at"

    def get_queryset(self) -> PromiseQuerySet:
        return with_relations(Promise.objects.visible_to(self.actor))

    def list(self, request: Request) -> Response:
        """Promises of cases that you may read, the one that is due first in front."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: int) -> Response:
        """One promise."""
        return self._answer(self._find(pk))

    @extend_schema(request=PromiseIn, responses={201: PromiseMadeOut})
    def create(self, request: Request) -> Response:
        """Promise something in a case, for any time to come.

        A callback can be asked for as soon as possible: then it is for the first time at which
        the team has room. For a time at which nobody has, it is made with a warning (`slot_full`)
        that proposes the next one.
        """
        fields = self.read(PromiseIn)
        case = Case.objects.visible_to(self.actor).by_number(fields.pop("case"))
        found = case.select_related("customer").first()
        if found is None:
            raise ValidationError({"case": [_("You know no case with this number.")]})
        if "timezone" in fields:
            check_zone(fields["timezone"])
        zone = fields.setdefault("timezone", zone_or_site(found.customer.timezone))
        if "address" in fields:
            fields["address"] = _number(fields["address"])
        if fields.pop("as_soon_as_possible"):
            return self._book(found, fields)
        times = read_times(fields, zone)
        made = make_promise(
            case_id=found.pk,
            actor=self.actor,
            due_at=times.due_at,
            window_end=times.window_end,
            **fields,
        )
        return self._answer(made, times, _room(made), status=201)

    def _book(self, case: Case, fields: dict[str, Any]) -> Response:
        """Promise a call for the first time at which the team has room."""
        known = {name: fields[name] for name in ("text", "address", "timezone") if name in fields}
        booked = book_callback(
            case_id=case.pk, actor=self.actor, preferred=fields.get("owner"), **known
        )
        return self._answer(booked.promise, status=201, booked=booked)

    @extend_schema(request=KeepIn)
    @action(detail=True, methods=["post"])
    def keep(self, request: Request, pk: int) -> Response:
        """Say that it is done; after its time that is late, and it stays broken."""
        promise = self._find(pk)
        self.read(KeepIn)
        return self._answer(keep_promise(promise_id=promise.pk, actor=self.actor))

    @extend_schema(request=RenegotiateIn)
    @action(detail=True, methods=["post"])
    def renegotiate(self, request: Request, pk: int) -> Response:
        """End it since the customer agreed to another time; its successor is answered."""
        promise, fields = self._find(pk), self.read(RenegotiateIn)
        times = read_times(fields, zone_or_site(promise.timezone))
        successor = renegotiate_promise(
            promise_id=promise.pk,
            actor=self.actor,
            due_at=times.due_at,
            window_end=times.window_end,
            **fields,
        )
        return self._answer(successor, times, _room(successor))

    @extend_schema(request=WithdrawIn)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: int) -> Response:
        """Take it back, with a reason; what is broken already stays owed (409)."""
        promise, fields = self._find(pk), self.read(WithdrawIn)
        return self._answer(
            withdraw_promise(promise_id=promise.pk, actor=self.actor, reason=fields["reason"])
        )

    def _find(self, pk: int) -> Promise:
        promise = self.get_queryset().filter(pk=pk).first()
        if promise is None:
            raise Http404
        return promise

    def _answer(
        self,
        promise: Promise,
        times: Times | None = None,
        told: Sequence[warnings.PromiseWarning] = (),
        status: int = 200,
        booked: Booked | None = None,
    ) -> Response:
        """Show a promise with what speaks against its time, as long as it can be moved."""
        shown = with_relations(Promise.objects.filter(pk=promise.pk))
        shown = shown.select_related("owner", "case__customer", "case__team")
        one = shown.get()
        found = [*(times.told if times else ()), *told]
        if one.state == State.OPEN:
            found += warnings.warnings_for(
                one.case,
                kind=one.kind,
                due_at=one.due_at,
                window_end=one.window_end,
                channel=one.channel,
                within=times.within if times else None,
                moved=one,
            )
        context = {**self.get_serializer_context(), "warnings": {one.pk: found}, "booked": booked}
        shape = PromiseMadeOut if booked else PromiseOut
        return Response(shape(one, context=context).data, status=status)


class AttemptList(ApiView):
    """The attempts to reach the customer of a callback, the oldest first."""

    queryset = Attempt.objects.none()
    serializer_class = AttemptOut
    orderings = {"id": "pk"}

    @extend_schema(responses=AttemptOut(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """The attempts to reach the customer, the oldest first."""
        attempts = self._promise().attempts.select_related("actor")
        page = self.paginate_queryset(attempts)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=AttemptIn, responses={201: AttemptMadeOut})
    def post(self, request: Request, pk: int) -> Response:
        """Note an attempt; what follows from its outcome is done."""
        promise, fields = self._promise(), self.read(AttemptIn)
        times = new_time = None
        if fields.keys() & {"due_at", "in_minutes"}:
            times = read_times(fields, zone_or_site(promise.timezone))
            new_time = NewTime(due_at=times.due_at, window_end=times.window_end)
        attempt = record_attempt(
            promise_id=promise.pk, actor=self.actor, new_time=new_time, **fields
        )
        told = warnings.warnings_for_attempt(attempt.promise.case, attempt.outcome)
        if times:
            told += self._against(promise, times)
        context = {**self.get_serializer_context(), "warnings": told}
        return Response(AttemptMadeOut(attempt, context=context).data, status=201)

    def _against(self, promise: Promise, times: Times) -> list[warnings.PromiseWarning]:
        """What speaks against the time that was agreed on in a call."""
        successors = Promise.objects.select_related("case__customer", "case__team")
        made = successors.get(predecessor=promise)
        said = warnings.warnings_for(
            made.case,
            kind=made.kind,
            due_at=made.due_at,
            window_end=made.window_end,
            channel=made.channel,
            within=times.within,
            moved=made,
        )
        return [*times.told, *said, *_room(made)]

    def _promise(self) -> Promise:
        visible = Promise.objects.visible_to(self.actor)
        promise = visible.filter(pk=self.kwargs["pk"]).first()
        if promise is None:
            raise Http404
        return promise


def with_relations(promises: QuerySet[Promise]) -> PromiseQuerySet:
    """Fetch what the shape of a promise shows, in a fixed number of queries."""
    joined = promises.select_related("owner").prefetch_related("attempts__actor")
    return cast("PromiseQuerySet", joined)


def next_promises(case_ids: Sequence[int]) -> dict[int, Promise]:
    """The promise of each of these cases that breaks first, by the case's key."""
    running = with_relations(Promise.objects.owed().filter(case__in=case_ids, paused_at=None))
    found: dict[int, Promise] = {}
    for promise in running.next_first():
        found.setdefault(promise.case_id, promise)
    return found


def _room(promise: Promise) -> list[warnings.PromiseWarning]:
    """What the team's other calls say against the time of a callback, in its opening hours."""
    if promise.kind != Kind.CALLBACK:
        return []
    due_at, window_end = promise.due_at, promise.window_end
    said = warnings.warnings_for(
        promise.case, kind=promise.kind, due_at=due_at, window_end=window_end
    )
    return room_warnings(
        promise.case, said, due_at=due_at, window_end=window_end, without=promise.pk
    )


def _number(value: str) -> str:
    """A phone number as it is stored; raises ValidationError about ``address``."""
    try:
        return identities.normalise(IdentityKind.PHONE, value)
    except NoNumber as error:
        raise ValidationError({"address": error.messages}) from error
