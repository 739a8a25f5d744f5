"""A real Postfix as the mail server in front (MX): queues, defers and bounces. Needs root."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.services import Absent, accepts, find_free_port, find_program, wait_until
from tests.services.certificates import make_certificate

PACKAGE = "postfix"
FOLDERS = "/usr/sbin"
CONFIGURATION = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.test.local
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
virtual_mailbox_domains = test.local
virtual_mailbox_maps = static:ok
virtual_transport = {transport}
relayhost = {relay}
smtp_tls_security_level = may
smtpd_tls_security_level = may
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_forbid_bare_newline = no
message_size_limit = 41943040
mailbox_size_limit = 0
virtual_mailbox_limit = 0
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}, /var/log
minimal_backoff_time = 2s
maximal_backoff_time = 4s
queue_run_delay = 2s
lmtp_connection_cache_on_demand = no
alias_maps =
local_recipient_maps =
recipient_delimiter = +
"""


@dataclass(frozen=True)
class Postfix:
    """The running server. ``port`` takes mail by SMTP."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Its address as an account's ``outgoing`` value."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        path = self.folder / "mail.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def send(self, raw: bytes, to: str, *, sender: str = "cleo@example.org") -> None:
        """Hand one mail over by SMTP."""
        with smtplib.SMTP("127.0.0.1", self.port) as smtp:
            smtp.sendmail(sender, [to], raw)

    def count_log(self, status: str) -> int:
        """How many deliveries the log calls ``sent``, ``deferred`` or ``bounced``."""
        return self.log.count(f"status={status}")

    def try_again(self) -> None:
        """Try now whatever was deferred."""
        self.run("postqueue", "-f")

    def run(self, command: str, *words: str) -> None:
        program = find_program(command, PACKAGE, FOLDERS)
        subprocess.run([program, "-c", f"{self.folder}/etc", *words], check=True)


@contextlib.contextmanager
def running_postfix(*, transport: str, relay: int = 0) -> Iterator[Postfix]:
    """Yield a server that hands mail for ``test.local`` to ``transport`` (such as
    ``lmtp:inet:127.0.0.1:24``) and everything else to an SMTP server on port ``relay``.
    """
    program = find_program("postfix", PACKAGE, FOLDERS)
    if os.geteuid() != 0:
        raise Absent(f"{PACKAGE}, run as root")
    folder = Path(tempfile.mkdtemp(prefix="pf-"))
    running = Postfix(folder, find_free_port())
    _configure(running, transport, relay)
    try:
        subprocess.run([program, "-c", f"{folder}/etc", "start"], check=True, capture_output=True)
        wait_until(lambda: accepts(running.port), "Postfix listening")
        yield running
    finally:
        subprocess.run([program, "-c", f"{folder}/etc", "stop"], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def _configure(running: Postfix, transport: str, relay: int) -> None:
    folder = running.folder
    folder.chmod(0o755)
    for name in ("etc", "queue", "data"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    made = make_certificate(folder)
    (folder / "etc/main.cf").write_text(
        CONFIGURATION.format(
            folder=folder,
            transport=transport,
            relay=f"[127.0.0.1]:{relay}" if relay else "",
            certificate=made.certificate,
            key=made.key,
        )
    )
    (folder / "etc/master.cf").write_text(_master(running.port))


def _master(port: int) -> str:
    """The distribution's services, SMTP on our port, nothing in a chroot, its own log."""
    places = ("/usr/share/postfix/master.cf.dist", "/etc/postfix/master.cf.proto")
    text = next(Path(place).read_text() for place in places if Path(place).exists())
    text = re.sub(r"(?m)^smtp +inet .*$", f"127.0.0.1:{port} inet n - n - - smtpd", text)
    lines = [_without_chroot(line) for line in text.splitlines()]
    if not any(line.startswith("postlog ") for line in lines):
        lines.append("postlog unix-dgram n - n - 1 postlogd")
    return "\n".join(lines) + "\n"


def _without_chroot(line: str) -> str:
    words = line.split()
    if len(words) >= 8 and words[1] in {"inet", "unix", "fifo", "pass", "unix-dgram"}:
        words[4] = "n"
        return " ".join(words)
    return line
