"""Pages by key: a page costs the same wherever it stands, and nothing is shown twice."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.db.models import Model, Q
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

DEFAULT_LIMIT, MAX_LIMIT = 50, 200
SALT = "apps.api.pagination"


class KeysetPagination(BasePagination):
    """``{"next", "previous", "results"}``; the view's ``orderings`` say how to sort.

    ``orderings`` maps the values of ``?ordering=`` to a field that is never empty; a minus
    turns it round, and ``pk`` decides between equals. ``default_ordering`` is one of them.
    """

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        orderings: dict[str, str] = getattr(view, "orderings", {"id": "pk"})
        limit = _limit(request)
        self.ordering = _ordering(request, orderings, getattr(view, "default_ordering", "id"))
        self.field = orderings[self.ordering.removeprefix("-")]
        self.url = request.build_absolute_uri()
        backwards, after = self._position(request)
        rising = self.ordering.startswith("-") == backwards
        if after is not None:
            queryset = queryset.filter(_beyond(self.field, after, rising=rising))
        keys = dict.fromkeys([self.field, "pk"])
        rows = list(queryset.order_by(*(key if rising else f"-{key}" for key in keys))[: limit + 1])
        more, page = len(rows) > limit, rows[:limit]
        if backwards:
            page.reverse()
        self.has_next = more or backwards
        self.has_previous = more if backwards else after is not None
        self.page = page
        return page

    def get_paginated_response(self, data: Any) -> Response:
        following = self._link("n", self.page[-1]) if self.page and self.has_next else None
        preceding = self._link("p", self.page[0]) if self.page and self.has_previous else None
        return Response({"next": following, "previous": preceding, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        names = [f"{sign}{name}" for name in getattr(view, "orderings", {}) for sign in ("", "-")]
        limit = {"type": "integer", "minimum": 1, "default": DEFAULT_LIMIT}
        return [
            _parameter("limit", f"Rows on a page; more than {MAX_LIMIT} means that.", limit),
            _parameter("cursor", "Position, from “next” or “previous”.", {"type": "string"}),
            _parameter("ordering", "Order of the rows.", {"type": "string", "enum": names}),
        ]

    def _position(self, request: Request) -> tuple[bool, list[Any] | None]:
        """Return whether to walk backwards, and the keys of the row to start beyond."""
        text = request.query_params.get("cursor")
        if not text:
            return False, None
        try:
            direction, ordering, *keys = signing.loads(text, salt=SALT)
        except (signing.BadSignature, ValueError) as error:
            raise _bad("cursor", _("This cursor is not one of ours.")) from error
        if ordering != self.ordering:
            raise _bad("cursor", _("This cursor belongs to another ordering."))
        return direction == "p", keys

    def _link(self, direction: str, row: Model) -> str:
        value = row.pk if self.field == "pk" else getattr(row, self.field)
        key = value.isoformat() if isinstance(value, datetime) else value
        cursor = signing.dumps([direction, self.ordering, key, row.pk], salt=SALT)
        return replace_query_param(self.url, "cursor", cursor)


def _beyond(field: str, after: list[Any], *, rising: bool) -> Q:
    key, pk = after
    side = "gt" if rising else "lt"
    if field == "pk":
        return Q(**{f"pk__{side}": pk})
    return Q(**{f"{field}__{side}": key}) | Q(**{field: key, f"pk__{side}": pk})


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", "")
    if not text:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdecimal() and int(text[:9]) > 0):
        raise _bad("limit", _("Give a whole number of at least 1."))
    return min(int(text[:9]), MAX_LIMIT)


def _ordering(request: Request, orderings: dict[str, str], default: str) -> str:
    value = request.query_params.get("ordering", "") or default
    if value.removeprefix("-") not in orderings:
        names = ", ".join(orderings)
        raise _bad("ordering", _("Order by one of: %(names)s.") % {"names": names})
    return value


def _bad(name: str, sentence: str) -> ValidationError:
    return ValidationError({name: [sentence]})


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
    }
