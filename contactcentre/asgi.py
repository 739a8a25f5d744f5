"""The door through which uvicorn enters."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Any, cast

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcentre.settings")

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

BODY_LIMIT = 40 * 1024 * 1024
# Answers made before any middleware runs (a broken request) are no pages.
BARE_HEADERS = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
]


class OneHopHandler(ASGIHandler):
    """Runs middleware and view in one go in the request's thread.

    All of them are synchronous; Django's own handler would change threads at each of them.
    """

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request in one thread, from the first middleware to the view and back."""
        response = await sync_to_async(self.get_response, thread_sensitive=True)(request)
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            # Else Django would read the whole file into memory before the first byte leaves.
            parts = cast("Iterator[bytes]", response.streaming_content)
            response.streaming_content = _read_in_threads(parts)
        return response


async def _read_in_threads(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    def read() -> bytes | None:
        return next(parts, None)

    while (part := await sync_to_async(read, thread_sensitive=False)()) is not None:
        yield part


class Doors:
    """The stream of live events stands before Django; everything else is Django's."""

    def __init__(self, django: Application, events: Application) -> None:
        self.django = django
        self.events = events

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        is_stream = scope["type"] == "http" and scope["path"] == PATH
        await (self.events if is_stream else self.django)(scope, receive, send)


class TooLargeError(Exception):
    """A body grew beyond ``BODY_LIMIT``."""


class Guard:
    """Refuses bodies beyond ``BODY_LIMIT`` and gives every answer a policy."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        taken = 0

        async def take() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > BODY_LIMIT:
                raise TooLargeError
            return message

        async def answer(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                names = {name.lower() for name, _value in message["headers"]}
                missing = [pair for pair in BARE_HEADERS if pair[0] not in names]
                message = {**message, "headers": [*message["headers"], *missing]}
            await send(message)

        if _declared_length(scope) > BODY_LIMIT:
            await _refuse(scope, answer)
            return
        try:
            await self.application(scope, take, answer)
        except TooLargeError:
            await _refuse(scope, answer)


async def _refuse(scope: dict[str, Any], answer: Send) -> None:
    """Answer 413; the API's clients get what RFC 9457 asks for."""
    kind, body = b"text/plain", b"The request is too large.\n"
    if scope["path"].startswith("/api/"):
        kind = b"application/problem+json"
        body = b'{"type": "about:blank", "title": "Content Too Large", "status": 413}'
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await answer({"type": "http.response.start", "status": 413, "headers": headers})
    await answer({"type": "http.response.body", "body": body})


def _declared_length(scope: dict[str, Any]) -> int:
    for name, value in scope.get("headers", ()):
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


django.setup(set_prefix=False)
from apps.live.stream import PATH, Events  # noqa: E402 - its models need the settings

events = Events()
application = Guard(Doors(OneHopHandler(), events))
