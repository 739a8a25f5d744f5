"""What a fault collector is told, and what it is not."""

from __future__ import annotations

import gzip
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from tests.services.portal import ROOT, environment_of

FAULT = """
import django
django.setup()
import logging
def read(letter):
    raise ValueError("the lamp broke")
try:
    read("a customer's secret")
except ValueError:
    logging.getLogger("apps.channels").exception("not sent")
"""


def test_fault_is_reported_without_the_words_around_it(tmp_path: Path) -> None:
    told: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            zipped = self.headers.get("Content-Encoding") == "gzip"
            told.append(gzip.decompress(body) if zipped else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        dsn = f"http://key@127.0.0.1:{server.server_port}/1"
        subprocess.run(
            [sys.executable, "-c", FAULT],
            cwd=ROOT,
            env=environment_of(tmp_path, SENTRY_DSN=dsn),
            check=True,
            timeout=60,
        )
    finally:
        server.shutdown()
    report = b"\n".join(told)
    assert b"the lamp broke" in report
    assert b"customer's secret" not in report
