"""An object store that speaks as much of S3 over HTTP as keeping files takes."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit


@dataclass
class ObjectStore:
    """Where it answers, and what it keeps under ``/bucket/key``."""

    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)


@contextlib.contextmanager
def running_object_store() -> Iterator[ObjectStore]:
    """Yield a store on a free port of this machine."""
    store = ObjectStore()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _path(self) -> str:
            return unquote(urlsplit(self.path).path)

        def _answer(self, status: int, body: bytes = b"", *, length: int | None = None) -> None:
            self.send_response(status)
            self.send_header("ETag", '"0"')
            self.send_header("Content-Length", str(len(body) if length is None else length))
            self.end_headers()
            self.wfile.write(body)

        def do_PUT(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            store.objects[self._path()] = self.rfile.read(length)
            self._answer(200)

        def do_HEAD(self) -> None:
            body = store.objects.get(self._path())
            self._answer(404) if body is None else self._answer(200, length=len(body))

        def do_GET(self) -> None:
            body = store.objects.get(self._path())
            self._answer(404) if body is None else self._answer(200, body)

        def do_DELETE(self) -> None:
            store.objects.pop(self._path(), None)
            self._answer(204)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    store.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
