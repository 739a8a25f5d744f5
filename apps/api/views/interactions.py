from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.domain import Words, record_by_hand
from apps.api.serializers.cases import EventOut
from apps.api.serializers.interactions import InteractionIn, InteractionOut
from apps.api.views.base import ApiView
from apps.cases.enums import Direction, Visibility
from apps.cases.linking import readable_numbers
from apps.cases.models import Case, CaseEvent, Interaction
from apps.channels import registry
from apps.channels.domain import reply
from apps.channels.errors import BadAddress


class OfCase(ApiView):
    """A list below a case that the person may read."""

    def get_case(self) -> Case:
        case = Case.objects.visible_to(self.actor).by_number(self.kwargs["number"]).first()
        if case is None:
            raise Http404
        return case


class InteractionList(OfCase):
    """What was said in a case, the oldest first."""

    queryset = Interaction.objects.none()
    serializer_class = InteractionOut
    orderings = {"received_at": "received_at"}
    default_ordering = "received_at"

    @extend_schema(responses=InteractionOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        """What was said in the case, the oldest first."""
        page = self.paginate_queryset(with_relations(self.get_case().interactions.all()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=InteractionIn, responses={201: InteractionOut})
    def post(self, request: Request, number: str) -> Response:
        """Send a message, put on record what was said elsewhere, or leave a note."""
        interaction = self._record(self.get_case(), InteractionIn)
        shown = with_relations(Interaction.objects.filter(pk=interaction.pk)).get()
        return Response(self.get_serializer(shown).data, status=201)

    def _record(self, case: Case, shape: type[InteractionIn]) -> Interaction:
        fields = self.read(shape)
        words = Words(text=fields.pop("body"), **fields)
        is_ours = words.direction == Direction.OUTBOUND and words.visibility == Visibility.PUBLIC
        if not is_ours or not registry.has(words.channel):
            return record_by_hand(case_id=case.pk, actor=self.actor, words=words)
        try:
            return reply(
                case_id=case.pk,
                actor=self.actor,
                text=words.text,
                to=fields.get("to"),
                cc=words.cc,
                subject=fields.get("subject"),
                channel=words.channel,
            )
        except BadAddress as error:
            field = "cc" if error.value in words.cc else "to"
            raise ValidationError({field: [str(error)]}) from error


class EventList(OfCase):
    """The story of a case, the oldest first."""

    queryset = CaseEvent.objects.none()
    serializer_class = EventOut
    orderings = {"id": "pk"}

    @extend_schema(responses=EventOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        """What happened to the case, the oldest first."""
        events = self.get_case().events.select_related("actor")
        page = self.paginate_queryset(events) or []
        readable = readable_numbers(self.actor, page)
        context = {**self.get_serializer_context(), "readable_numbers": readable}
        return self.get_paginated_response(EventOut(page, many=True, context=context).data)


def with_relations(interactions: QuerySet[Interaction]) -> QuerySet[Interaction]:
    """Fetch what the shape of an interaction shows, in a fixed number of queries."""
    joined = interactions.select_related("case", "author", "delivery", "inbound__account")
    return joined.prefetch_related("attachments")
