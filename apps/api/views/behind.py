from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.serializers.behind import (
    AnswerIn,
    CampaignIn,
    CampaignOut,
    EndIn,
    EstimateIn,
    EstimateOut,
    InquiryIn,
    InquiryOut,
    ReportOut,
)
from apps.api.views.base import ApiViewSet
from apps.api.views.interactions import OfCase
from apps.customers.models import Customer, Identity
from apps.promises import domain
from apps.promises.models import Campaign, Estimate, Inquiry
from apps.promises.models.campaign import CampaignQuerySet


class InquiryList(OfCase):
    """What is asked behind the scenes of a case, the oldest first."""

    queryset = Inquiry.objects.none()
    serializer_class = InquiryOut
    orderings = {"id": "pk"}

    @extend_schema(responses=InquiryOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        """What is asked behind the scenes of the case, the oldest first."""
        asked = Inquiry.objects.filter(promise__case=self.get_case())
        asked = asked.select_related("promise", "waits")
        page = self.paginate_queryset(asked)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=InquiryIn, responses={201: InquiryOut})
    def post(self, request: Request, number: str) -> Response:
        """Ask a crew, a department or a partner, before the customer's promise is due."""
        case, fields = self.get_case(), self.read(InquiryIn)
        question = domain.Question(text=fields.pop("question"), **fields)
        asked = domain.ask(case_id=case.pk, actor=self.actor, question=question)
        return Response(self.get_serializer(asked).data, status=201)


class InquiryAnswer(OfCase):
    """The answer of somebody who was asked behind the scenes, put on record for them."""

    queryset = Inquiry.objects.none()
    serializer_class = InquiryOut

    @extend_schema(request=AnswerIn, responses=InquiryOut)
    def post(self, request: Request, number: str, pk: int) -> Response:
        """Put on record what they said by phone or in person; that keeps the inquiry."""
        asked = Inquiry.objects.filter(promise__case=self.get_case(), pk=pk).first()
        if asked is None:
            raise Http404
        fields = self.read(AnswerIn)
        answered = domain.answer_inquiry(
            inquiry_id=asked.pk, actor=self.actor, text=fields.pop("answer"), **fields
        )
        answered.refresh_from_db()
        return Response(self.get_serializer(answered).data)


class EstimateList(OfCase):
    """When a case's matter was expected to work again, the oldest word first."""

    queryset = Estimate.objects.none()
    serializer_class = EstimateOut
    orderings = {"id": "pk"}

    @extend_schema(responses=EstimateOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        """When the matter was expected to work again, the oldest word first."""
        said = Estimate.objects.filter(case=self.get_case()).select_related("actor")
        page = self.paginate_queryset(said)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=EstimateIn, responses={201: EstimateOut})
    def post(self, request: Request, number: str) -> Response:
        """Say when it works again; the customer is told. The same time again changes nothing."""
        case, fields = self.get_case(), self.read(EstimateIn)
        said = domain.set_estimate(case_id=case.pk, actor=self.actor, **fields)
        return Response(self.get_serializer(said).data, status=201)


class CampaignViewSet(ApiViewSet):
    """Return-visit campaigns of the person's teams."""

    queryset = Campaign.objects.none()
    serializer_class = CampaignOut
    orderings = {"id": "pk", "due_at": "due_at"}
    lookup_value_converter = "int"

    def get_queryset(self) -> CampaignQuerySet:
        return Campaign.objects.visible_to(self.actor).select_related("team", "made_by")

    def list(self, request: Request) -> Response:
        """Return-visit campaigns of your own teams."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: int) -> Response:
        """One campaign."""
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=CampaignIn, responses={201: CampaignOut})
    def create(self, request: Request) -> Response:
        """Promise each of these customers a return visit; for leads of the team."""
        fields = self.read(CampaignIn)
        chosen = self._customers(fields.pop("customers", []), fields.pop("identities", []))
        outcomes = "\n".join(dict.fromkeys(fields.pop("outcomes")))
        plan = domain.Plan(outcomes=outcomes, **fields)
        made = domain.start_campaign(actor=self.actor, plan=plan, customers=chosen)
        return Response(self.get_serializer(made).data, status=201)

    @extend_schema(responses=ReportOut)
    @action(detail=True)
    def report(self, request: Request, pk: int) -> Response:
        """How far it is, and what the customers said."""
        return Response(ReportOut(domain.report_of(self.get_object())).data)

    @extend_schema(request=EndIn, responses=CampaignOut)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: int) -> Response:
        """End it: nobody else of its list is called; for leads of the team."""
        campaign = self.get_object()
        self.read(EndIn)
        domain.end_campaign(campaign_id=campaign.pk, actor=self.actor)
        return Response(self.get_serializer(self.get_object()).data)

    def _customers(
        self, keys: Sequence[int], identities: Sequence[tuple[str, str]]
    ) -> Sequence[Customer]:
        """Those whose addresses the person may read; anybody else is nobody."""
        mine = Customer.objects.standing().identities_visible_to(self.actor)
        found = {one.pk: one for one in mine.filter(pk__in=keys)}
        errors: dict[str, Any] = {}
        if unknown := sorted(set(keys) - set(found)):
            few = ", ".join(map(str, unknown[:10]))
            errors["customers"] = [_("You know no such customers: %(keys)s.") % {"keys": few}]
        values = [value for _kind, value in identities]
        rows = Identity.objects.filter(value__in=values, customer__in=mine.values("pk"))
        known = {(one.kind, one.value): one.customer for one in rows.select_related("customer")}
        if missing := [pair for pair in identities if pair not in known]:
            few = ", ".join(f"{kind}:{value}" for kind, value in missing[:10])
            errors["identities"] = [
                _("Nobody is known by: %(addresses)s. Correct these or take them out.")
                % {"addresses": few}
            ]
        if errors:
            raise ValidationError(errors)
        return [*found.values(), *(known[pair] for pair in identities)]
