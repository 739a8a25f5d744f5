"""An identity provider (OpenID Connect Core 1.0, code flow with PKCE) that signs real tokens.

``person`` is who is logged in there; ``None`` refuses. What it was told is checked: client,
secret, redirect address, verifier.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "portal", "secret-of-the-portal"


@dataclass
class Provider:
    """The running provider: its issuer, who is logged in there, and what was asked of it."""

    issuer: str
    person: dict[str, Any] | None = None
    claims: dict[str, Any] = field(default_factory=dict)  # put into every token beside the rest
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )

    def describe(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [public | {"kid": "1", "use": "sig", "alg": "RS256"}]}

    def authorise(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        back = query["redirect_uri"]
        if self.person is None or query["client_id"] != CLIENT:
            return f"{back}?{urlencode({'error': 'access_denied', 'state': query['state']})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{back}?{urlencode({'code': code, 'state': query['state']})}"

    def redeem(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The tokens for a code, once; nothing when anything does not fit."""
        if authorization.startswith("Basic "):
            client, _colon, secret = base64.b64decode(authorization[6:]).decode().partition(":")
        else:
            client, secret = form.get("client_id", ""), form.get("client_secret", "")
        query = self.codes.pop(form.get("code", ""), None)
        if query is None or (client, secret) != (CLIENT, SECRET):
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if form["redirect_uri"] != query["redirect_uri"] or challenge != query["code_challenge"]:
            return None
        token, now = secrets.token_urlsafe(16), int(time.time())
        self.tokens[token] = dict(self.person or {})
        identity = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300,
            **(self.person or {}), **self.claims,
        }  # fmt: skip
        signed = jwt.encode(identity, self.key, algorithm="RS256", headers={"kid": "1"})
        return {"access_token": token, "token_type": "Bearer", "id_token": signed}


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.provider.asked.append(parts.path)
        match parts.path:
            case "/.well-known/openid-configuration":
                self._json(self.provider.describe())
            case "/keys":
                self._json(self.provider.keys())
            case "/userinfo":
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                self._json(self.provider.tokens.get(token), wrong=401)
            case "/authorize":
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("Location", self.provider.authorise(query))
                self.end_headers()
            case _:
                self._json(None)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        answer = self.provider.redeem(form, self.headers.get("Authorization", ""))
        self._json(answer, wrong=400)

    def _json(self, answer: dict[str, Any] | None, wrong: int = 404) -> None:
        body = json.dumps({"error": "invalid_request"} if answer is None else answer).encode()
        self.send_response(wrong if answer is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Keep quiet."""


@contextlib.contextmanager
def running_provider() -> Iterator[Provider]:
    """Start a provider on a free port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = type("Handler", (_Handler,), {"provider": provider})
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
