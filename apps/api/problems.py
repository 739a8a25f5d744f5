"""Every refusal under /api/ as problem details (RFC 9457), whatever raised it."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions

from apps.accounts.errors import BadPeriod, NotYourTeam
from apps.cases.errors import (
    CannotBeAssigned,
    CannotSplit,
    CaseError,
    NotAllowed,
    NotYoursToChange,
    StillOwed,
)
from apps.channels.errors import (
    BadAddress,
    ChannelError,
    EmptyInput,
    NoAddress,
    NothingSaid,
    Unfilled,
)
from apps.customers.domain import IdentityTaken
from apps.customers.errors import AddressesHidden, CustomerError, NotYoursToKeep
from apps.promises.errors import PromiseError

logger = logging.getLogger("django.request")

CONTENT_TYPE = "application/problem+json"
STILL_OWED = "tag:contact-centre,2026:problem/still-owed"
WHOLE_BODY = "body"


class TooLarge(exceptions.APIException):
    """The body of a request exceeds what its address takes."""

    status_code = 413

    def __init__(self, limit: int) -> None:
        super().__init__(
            _("The body is larger than the %(limit)d bytes taken here.") % {"limit": limit}
        )


class Unavailable(exceptions.APIException):
    """The database is away for a moment; what was asked is not done."""

    status_code = 503
    wait = 5

    def __init__(self) -> None:
        super().__init__(_("The database cannot be reached just now. Try again soon."))


class Conflict(exceptions.APIException):
    """The request does not fit the state in which the object is."""

    status_code = 409


def problem(status: int, detail: str = "", **members: Any) -> dict[str, Any]:
    """Return the members of a problem; ``type`` is about:blank unless given."""
    known = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    return known | ({"detail": detail} if detail else {}) | members


def handle(error: Exception, context: Mapping[str, Any]) -> JsonResponse:
    """Answer what a view of the API raised; the unexpected is logged and becomes a 500."""
    translated = _translate(error)
    if translated is None:
        request = getattr(context.get("request"), "_request", None)
        got_request_exception.send(sender=None, request=request)
        logger.error("the API failed", exc_info=error, extra={"request": request})
        return _respond(problem(500, _("Something went wrong on our side.")))
    if translated.status_code == Unavailable.status_code:
        logger.error("the API waits for the database", exc_info=error)
    return _respond(_describe(translated, error), headers=_headers(translated))


def _translate(error: Any) -> exceptions.APIException | None:
    """Return the exception of the REST framework that says the same."""
    for kinds, translate in TRANSLATIONS:
        if isinstance(error, kinds):
            return translate(error)
    return None


def _about(field: str) -> Callable[[Any], exceptions.APIException]:
    return lambda error: exceptions.ValidationError({field: [str(error)]})


def _describe(translated: exceptions.APIException, error: Exception) -> dict[str, Any]:
    status = translated.status_code
    if isinstance(error, StillOwed):
        return problem(status, str(error), type=STILL_OWED, owed=error.owed)
    if isinstance(translated, exceptions.ValidationError):
        detail = _("The request has errors; “errors” names each field.")
        return problem(status, detail, errors=flatten(translated.detail), **_proposed(error))
    return problem(status, str(translated.detail))


def _of_promise(error: PromiseError) -> exceptions.APIException:
    return _about(error.field)(error) if error.field else Conflict(str(error))


def _proposed(error: Exception) -> dict[str, Any]:
    """The nearest valid value, where a promise can name one."""
    if not isinstance(error, PromiseError) or error.proposal is None:
        return {}
    proposal = error.proposal
    return {"proposal": proposal.isoformat() if isinstance(proposal, datetime) else proposal}


def flatten(detail: Any, name: str = "") -> dict[str, list[str]]:
    """Turn nested errors into ``{"field.0.inner": ["sentence", …]}``."""
    if isinstance(detail, dict):
        parts = [(_join(name, key), value) for key, value in detail.items()]
    elif isinstance(detail, list) and any(isinstance(item, (dict, list)) for item in detail):
        parts = [(_join(name, str(index)), value) for index, value in enumerate(detail) if value]
    else:
        sentences = detail if isinstance(detail, list) else [detail]
        return {name or WHOLE_BODY: [str(sentence) for sentence in sentences]}
    errors: dict[str, list[str]] = {}
    for key, value in parts:
        for field, sentences in flatten(value, key).items():
            errors.setdefault(field, []).extend(sentences)
    return errors


def _join(name: str, key: str) -> str:
    if key == "non_field_errors":
        return name
    return f"{name}.{key}" if name else key


def _fields_of(error: DjangoValidationError) -> Any:
    return error.message_dict if hasattr(error, "error_dict") else error.messages


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    return headers


def _respond(body: dict[str, Any], headers: dict[str, str] | None = None) -> JsonResponse:
    """Answer in JSON, whatever the view's own renderer would make of it."""
    return JsonResponse(
        body,
        status=body["status"],
        headers=headers,
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


# The first line that fits counts, so what is special stands before what is general.
TRANSLATIONS: Sequence[tuple[Any, Callable[[Any], exceptions.APIException]]] = (
    (exceptions.APIException, lambda error: error),
    (Http404, lambda _error: exceptions.NotFound()),
    (NotAllowed, lambda error: exceptions.PermissionDenied(str(error))),
    (NotYoursToChange, lambda error: exceptions.PermissionDenied(str(error))),
    (NotYourTeam, lambda error: exceptions.PermissionDenied(str(error))),
    (DjangoPermissionDenied, lambda _error: exceptions.PermissionDenied()),
    (NotYoursToKeep, lambda error: exceptions.PermissionDenied(str(error))),
    (AddressesHidden, lambda error: exceptions.PermissionDenied(str(error))),
    (CannotBeAssigned, _about("owner")),
    (BadPeriod, _about("ends_at")),
    (CannotSplit, _about("interactions")),
    ((NoAddress, BadAddress), _about("to")),
    ((NothingSaid, EmptyInput, Unfilled), _about(WHOLE_BODY)),
    (PromiseError, _of_promise),
    ((CaseError, ChannelError, CustomerError), lambda error: Conflict(str(error))),
    (IdentityTaken, lambda error: exceptions.ValidationError({"identities": error.messages})),
    (DjangoValidationError, lambda error: exceptions.ValidationError(_fields_of(error))),
    (SuspiciousOperation, lambda _error: exceptions.ParseError()),
    ((OperationalError, InterfaceError), lambda _error: Unavailable()),
)
