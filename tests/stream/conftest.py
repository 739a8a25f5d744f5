"""A stream as the web server meets it: raw ASGI, without a socket."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from functools import wraps
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.test import Client

from apps.accounts.models import User
from apps.live.stream import PATH, Events
from contactcentre.asgi import Doors, Guard, OneHopHandler


class Browser:
    """One open request for the stream."""

    def __init__(self, events: Events, cookies: str, **changes: Any) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.parts: asyncio.Queue[str] = asyncio.Queue()
        self.is_over = self._asked = False
        self._gone = asyncio.Event()
        headers = [(b"host", b"localhost"), (b"cookie", cookies.encode())]
        headers += [(key.encode(), value.encode()) for key, value in changes.pop("headers", [])]
        self._scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "path": PATH,
            "raw_path": PATH.encode(),
            "query_string": b"",
            "root_path": "",
            "scheme": "http",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        } | changes
        self._app = Guard(Doors(OneHopHandler(), events))
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            await self._app(self._scope, self._receive, self._send)
        finally:
            self.is_over = True
            self.parts.put_nowait("")

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            pairs = [(name.decode().lower(), value.decode()) for name, value in message["headers"]]
            self.headers = dict(pairs)
        elif message.get("body"):
            self.parts.put_nowait(message["body"].decode())

    async def heard(self, *, seconds: float = 5) -> list[str]:
        """The data of the next part."""
        part = await asyncio.wait_for(self.parts.get(), seconds)
        lines = part.splitlines()
        return [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]

    async def hears_nothing(self, *, seconds: float = 0.7) -> bool:
        with contextlib.suppress(TimeoutError):
            return await self.heard(seconds=seconds) == [] and self.is_over
        return True

    async def finish(self) -> None:
        """Wait for the answer's end."""
        await asyncio.wait_for(self._task, 10)

    async def close(self) -> None:
        self._gone.set()
        await self.finish()


def cookies_of(user: User) -> str:
    """The cookie header of a fresh session."""
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@contextlib.asynccontextmanager
async def opened(events: Events, user: User, **changes: Any) -> AsyncIterator[Browser]:
    """A stream that has said hello."""
    browser = Browser(events, await sync_to_async(cookies_of)(user), **changes)
    browser.hello = await browser.heard()
    try:
        yield browser
    finally:
        await browser.close()


def in_loop(test: Callable[..., Any]) -> Callable[..., Any]:
    """Run a test that awaits; what it asks of the database runs in its own thread."""

    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        async_to_sync(test)(*args, **kwargs)

    return run


@pytest.fixture
def events() -> Events:
    return Events()
