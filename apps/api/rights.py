"""Who may use the API, and who may read its description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.permissions import BasePermission

from apps.accounts.rules import works_here

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class WorksHere(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return works_here(request.user)


class MayReadSchema(WorksHere):
    """Everybody while DEBUG is on, else people and programs that may use the API."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(settings.DEBUG) or super().has_permission(request, view)
