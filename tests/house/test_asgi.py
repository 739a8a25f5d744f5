"""What the web server meets before any of Django's middleware."""

from __future__ import annotations

import asyncio
from typing import Any

from contactcentre.asgi import BODY_LIMIT, application


def ask(body: list[bytes], **changes: Any) -> tuple[int, dict[str, str]]:
    """Send a raw request; return the status and the headers."""
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/healthz",
        "raw_path": b"/healthz",
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    } | changes
    parts = [{"type": "http.request", "body": part, "more_body": True} for part in body]
    messages = [*parts, {"type": "http.request", "body": b"", "more_body": False}]
    answers: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Any) -> None:
        answers.append(dict(message))

    asyncio.run(application(scope, receive, send))
    headers = {name.decode().lower(): value.decode() for name, value in answers[0]["headers"]}
    return answers[0]["status"], headers


def test_request_declared_too_large_is_refused_unread() -> None:
    status, headers = ask([], headers=[(b"content-length", str(BODY_LIMIT + 1).encode())])
    assert (status, headers["x-frame-options"]) == (413, "DENY")


def test_request_that_grows_too_large_is_refused() -> None:
    part = b"x" * (8 << 20)
    status, headers = ask([part] * (BODY_LIMIT // len(part) + 1), path="/api/v1/cases/")
    assert (status, headers["content-type"]) == (413, "application/problem+json")


def test_request_broken_gets_an_answer_with_policy() -> None:
    status, headers = ask([], query_string=b"\xff")
    assert status == 400
    assert headers["content-security-policy"].startswith("default-src 'none'")
