"""A certificate for localhost that signs itself; clients trust it through SSL_CERT_FILE."""

from __future__ import annotations

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.services import find_program


@dataclass(frozen=True)
class Certificate:
    """Where certificate and key lie, as PEM."""

    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """What a server speaks TLS with."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.key)
        return context


def make_certificate(folder: Path) -> Certificate:
    """Make one for localhost and 127.0.0.1, valid for a month."""
    made = Certificate(folder / "cert.pem", folder / "key.pem")
    subprocess.run(
        [find_program("openssl", "openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes",
         "-days", "30", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", str(made.key), "-out", str(made.certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    return made
