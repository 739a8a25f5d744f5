from __future__ import annotations

from typing import NoReturn

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.views import APIView


@extend_schema(exclude=True)
class Nowhere(APIView):
    """Addresses that lead nowhere, the final slash forgotten among them."""

    def initial(self, request: Request, *args: object, **kwargs: object) -> NoReturn:
        super().initial(request, *args, **kwargs)
        if request.path.endswith("/"):
            raise NotFound
        raise NotFound(_("Addresses of this API end with a slash."))
