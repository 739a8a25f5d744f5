"""``/events/`` as a raw ASGI application: one open answer a browser, before Django's own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.db import DatabaseError, connections
from django.http import QueryDict
from django.utils import timezone

from apps.live.domain.tailing import Replay, replay
from apps.live.hub import CHECK, END, RESET, Hub, Stream, frame
from apps.live.reading import read_place, write_place
from apps.live.sessions import Listener, find_listener

PATH = "/events/"
COMMENT_SECONDS = 15.0
CHECK_AFTER = timedelta(minutes=3)
AT_ONCE = 8  # sessions looked at together, when all browsers come back after a restart
COMMENT = b":\n\n"
HELLO = b"retry: 3000\ndata: hello\n\n"
GOODBYE = b"data: end\n\n"

type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class Events:
    """The streams of one process."""

    def __init__(self) -> None:
        self.hub = Hub()
        self._doors = asyncio.Semaphore(AT_ONCE)

    async def end(self) -> None:
        """End all streams, so that the server may stop."""
        await self.hub.end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            await _refuse(send, 405, (b"allow", b"GET"))
            return
        cookies = _header(scope, b"cookie")
        try:
            listener = await self._find(cookies)
        except DatabaseError:
            await _refuse(send, 503, (b"retry-after", b"10"))
            return
        if listener is None:
            await _refuse(send, 401)
            return
        stream = Stream(listener.user_id)
        if not await self.hub.join(stream):
            await _refuse(send, 429, (b"retry-after", b"30"))
            return
        watcher = asyncio.create_task(_watch(receive, stream))
        try:
            await self._serve(scope, send, stream, listener, cookies)
        finally:
            watcher.cancel()
            self.hub.leave(stream)

    async def _serve(
        self, scope: Scope, send: Send, stream: Stream, listener: Listener, cookies: str
    ) -> None:
        await _start(send, 200, (b"content-type", b"text/event-stream; charset=utf-8"))
        missed = await self._in_thread(lambda: replay(listener.user_id, _after(scope)))
        await _send(send, HELLO + _told(missed))
        check_at = _next_check(listener)
        while (part := await _next(stream, check_at)) != END:
            if part == CHECK or timezone.now() >= check_at:
                found = await self._find(cookies)
                if found is None or found.user_id != listener.user_id:
                    await _send(send, GOODBYE)
                    break
                check_at = _next_check(found)
            if part != CHECK:
                await _send(send, part)
        await send({"type": "http.response.body", "body": b""})

    async def _find(self, cookies: str) -> Listener | None:
        found: Listener | None = await self._in_thread(lambda: find_listener(cookies))
        return found

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        """Ask the database in a thread that ends right after, its connection with it."""

        def asked() -> Any:
            try:
                return work()
            finally:
                connections.close_all()

        async with self._doors, ThreadSensitiveContext():
            return await sync_to_async(asked, thread_sensitive=True)()


async def _next(stream: Stream, check_at: Any) -> bytes:
    """The next part, a comment when there is none for a while."""
    left = (check_at - timezone.now()).total_seconds()
    try:
        async with asyncio.timeout(max(0.0, min(COMMENT_SECONDS, left))):
            return await stream.queue.get()
    except TimeoutError:
        return COMMENT


async def _watch(receive: Receive, stream: Stream) -> None:
    """End the stream when the browser has gone."""
    with contextlib.suppress(Exception):
        while (await receive())["type"] != "http.disconnect":
            pass
    stream.end()


def _next_check(listener: Listener) -> Any:
    return min(timezone.now() + CHECK_AFTER, listener.expires_at)


def _told(missed: Replay) -> bytes:
    """What was missed; the id lets the browser come back from here."""
    here = f"id: {write_place(missed.last)}\ndata: hello\n\n".encode()
    if missed.reset:
        return here + RESET
    return b"".join([frame(event) for event in missed.events]) + here


def _after(scope: Scope) -> int | None:
    """The last event that this browser has heard of, by the standard's header or by the query."""
    query = QueryDict(scope.get("query_string", b"").decode("latin-1"))
    return read_place(_header(scope, b"last-event-id") or query.get("after", ""))


def _header(scope: Scope, name: bytes) -> str:
    joiner = b"; " if name == b"cookie" else b","
    found = [value for key, value in scope.get("headers", ()) if key == name]
    return joiner.join(found).decode("latin-1")


async def _start(send: Send, status: int, *headers: tuple[bytes, bytes]) -> None:
    """Begin an answer with the headers that all of ours carry; ``Guard`` adds the policy."""
    always = [
        (b"cache-control", b"no-store, no-transform"),
        (b"x-accel-buffering", b"no"),
        (b"referrer-policy", settings.SECURE_REFERRER_POLICY.encode()),
        (b"vary", b"Cookie"),
    ]
    if settings.SECURE_HSTS_SECONDS:
        age = b"max-age=%d" % settings.SECURE_HSTS_SECONDS
        always.append((b"strict-transport-security", age))
    start = {"type": "http.response.start", "status": status, "headers": [*headers, *always]}
    await send(start)


async def _send(send: Send, part: bytes) -> None:
    await send({"type": "http.response.body", "body": part, "more_body": True})


async def _refuse(send: Send, status: int, *headers: tuple[bytes, bytes]) -> None:
    await _start(send, status, (b"content-type", b"text/plain"), *headers)
    await send({"type": "http.response.body", "body": b""})
