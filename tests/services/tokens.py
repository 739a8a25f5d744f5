"""An OAuth 2 token endpoint (RFC 6749, section 6) that a test can script."""

from __future__ import annotations

import contextlib
import json
import threading
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class TokenEndpoint:
    """``access_tokens`` are handed out one after the other, the last one for ever."""

    url: str = ""
    refresh_tokens: set[str] = field(default_factory=lambda: {"first-grant"})
    access_tokens: list[str] = field(default_factory=lambda: ["ticket-1"])
    expires_in: int = 3600
    next_refresh_token: str = ""
    status: int = 200
    requests: list[dict[str, str]] = field(default_factory=list)

    def answer(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        self.requests.append(form)
        if self.status != 200:
            return self.status, {"error": "temporarily_unavailable"}
        if form.get("refresh_token") not in self.refresh_tokens:
            return 400, {"error": "invalid_grant"}
        token = self.access_tokens.pop(0) if len(self.access_tokens) > 1 else self.access_tokens[0]
        found: dict[str, object] = {"access_token": token, "expires_in": self.expires_in}
        if self.next_refresh_token:
            found["refresh_token"] = self.next_refresh_token
            self.refresh_tokens = {self.next_refresh_token}
        return 200, found


@contextlib.contextmanager
def running_token_endpoint() -> Iterator[TokenEndpoint]:
    """Yield an endpoint that listens on the loopback interface."""
    endpoint = TokenEndpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            form = dict(urllib.parse.parse_qsl(self.rfile.read(length).decode()))
            status, answer = endpoint.answer(form)
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint.url = f"http://127.0.0.1:{server.server_port}/token"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
