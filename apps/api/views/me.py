from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import domain as accounts
from apps.accounts.enums import Presence
from apps.accounts.models import Absence, User
from apps.api.serializers.me import AbsenceIn, AbsenceOut, MeOut, MePatch, WishOut, WishPatch
from apps.api.views.base import ApiView, ApiViewSet
from apps.notifications import domain as notifications
from apps.notifications.enums import Rhythm


class MeView(ApiView):
    """Whoever asks."""

    queryset = User.objects.none()
    serializer_class = MeOut

    def get(self, request: Request) -> Response:
        """Who you are, and whether you are there."""
        return Response(_myself(self.actor))

    @extend_schema(request=MePatch)
    def patch(self, request: Request) -> Response:
        """Say whether you take work."""
        presence = Presence(self.read(MePatch)["presence"])
        return Response(_myself(accounts.set_presence(user=self.actor, presence=presence)))


class AbsenceViewSet(ApiViewSet):
    """When you are not there: rules give you no case then."""

    queryset = Absence.objects.none()
    serializer_class = AbsenceOut
    orderings = {"begins_at": "begins_at"}
    default_ordering = "begins_at"
    lookup_value_converter = "int"

    def get_queryset(self) -> Any:
        return Absence.objects.filter(user=self.actor)

    def list(self, request: Request) -> Response:
        """Your absences, the earliest first, those that are over among them."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(AbsenceOut(page, many=True).data)

    @extend_schema(request=AbsenceIn, responses={201: AbsenceOut})
    def create(self, request: Request) -> Response:
        """Note that you will not be there."""
        made = accounts.add_absence(user=self.actor, **self.read(AbsenceIn))
        return Response(AbsenceOut(made).data, status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Forget an absence."""
        try:
            accounts.remove_absence(user=self.actor, absence_id=pk)
        except Absence.DoesNotExist as error:
            raise Http404 from error
        return Response(status=204)


class WishView(ApiView):
    """How you want to be told."""

    queryset = User.objects.none()
    serializer_class = WishOut

    def get(self, request: Request) -> Response:
        """How and where you are told, and of what you are not."""
        return Response(_wish(self.actor))

    @extend_schema(request=WishPatch)
    @transaction.atomic
    def patch(self, request: Request) -> Response:
        """Change what is given; the rest stays."""
        wanted = self.read(WishPatch)
        muted = wanted.pop("muted", None)
        if wanted.get("mail", Rhythm.NEVER) != Rhythm.NEVER and not self.actor.email:
            sentence = _("Nobody has entered your mail address yet. Ask an administrator to do so.")
            raise ValidationError({"mail": [sentence]})
        if wanted:
            notifications.change_wish(user=self.actor, **wanted)
        if muted is not None:
            pairs = {(one["place"], one["kind"]) for one in muted}
            notifications.mute(user=self.actor, muted=pairs)
        return Response(_wish(self.actor))


def _myself(user: User) -> Any:
    shown = {name: getattr(user, name) for name in MeOut.Meta.fields if name != "teams"}
    teams = user.teams.order_by("name").values_list("name", flat=True)
    presence = accounts.presence_at(user)
    until = user.presence_until if presence == Presence.WRAP_UP else None
    told = shown | {"teams": list(teams), "presence": presence, "presence_until": until}
    return MeOut(told).data  # type: ignore[arg-type]  # by names, as an object has them


def _wish(user: User) -> Any:
    wish = notifications.wish_of(user)
    names = ("mail", "mail_at", "desktop_words", "desktop_quiet")
    muted = sorted(notifications.muted_by(user))
    told = {name: getattr(wish, name) for name in names}
    return WishOut(told | {"muted": [{"place": place, "kind": kind} for place, kind in muted]}).data
