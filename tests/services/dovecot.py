"""A real Dovecot (IMAP, IMAPS, LMTP, submission), unprivileged, all of it in one folder."""

from __future__ import annotations

import contextlib
import grp
import imaplib
import os
import pwd
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.services import (
    accepts,
    find_free_port,
    find_program,
    give_to_nobody,
    unprivileged,
    wait_until,
)
from tests.services.certificates import Certificate, make_certificate

PACKAGE = "dovecot-imapd dovecot-lmtpd dovecot-submissiond"
DOMAIN = "test.local"
PASSWORD = "secret"
USERS = ("service", "zhang", "sales", "li")
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
protocols = imap lmtp submission
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
ssl_dh =
disable_plaintext_auth = no
auth_failure_delay = 0
mail_max_userip_connections = 200
mail_fsync = never
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/passwd
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service submission-login {{
  chroot =
  inet_listener submission {{
    port = {submission}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
submission_relay_host = 127.0.0.1
submission_relay_port = {relay}
submission_relay_trusted = yes
lmtp_save_to_detail_mailbox = no
recipient_delimiter = +
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = subscribe
  }}
  mailbox Processed {{
    auto = create
  }}
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """The running server: its ports, its folder and the certificate to trust."""

    folder: Path
    certificate: Certificate
    imap: int
    imaps: int
    lmtp: int
    submission: int

    def address(self, user: str = "service") -> str:
        return f"{user}@{DOMAIN}"

    def url(self, user: str = "service", scheme: str = "imap") -> str:
        """A mailbox as an account's ``incoming`` value."""
        port = self.imaps if scheme == "imaps" else self.imap
        name = quote(self.address(user), safe="")
        return f"{scheme}://{name}:{PASSWORD}@localhost:{port}"

    def outgoing(self, user: str = "service") -> str:
        """Submission as an account's ``outgoing`` value."""
        name = quote(self.address(user), safe="")
        return f"smtp+starttls://{name}:{PASSWORD}@localhost:{self.submission}"

    def deliver(self, raw: bytes, *, user: str = "service") -> None:
        """Hand one mail over by LMTP, as a mail server would."""
        self.deliver_many([raw], user=user)

    def deliver_many(self, raws: Sequence[bytes], *, user: str = "service") -> None:
        """Hand mails over on one connection."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as lmtp:
            for raw in raws:
                lmtp.sendmail("cleo@example.org", [self.address(user)], raw)

    def seed(self, raws: Sequence[bytes], *, user: str = "service") -> None:
        """Lay many mails into the mailbox's folder at once, without the server's help."""
        new = self.folder / "mail" / self.address(user) / "new"
        with self.box(user):
            pass
        for number, raw in enumerate(raws):
            path = new / f"17000000{number:08d}.M{number}P1.seed"
            path.write_bytes(raw.replace(b"\r\n", b"\n"))
            give_to_nobody(path)

    @contextlib.contextmanager
    def box(self, user: str = "service") -> Iterator[imaplib.IMAP4]:
        """A connection of a person's own mail program, inbox open."""
        with imaplib.IMAP4("localhost", self.imap) as client:
            client.login(self.address(user), PASSWORD)
            client.select("INBOX")
            yield client

    def mails(self, user: str = "service", folder: str = "INBOX") -> list[bytes]:
        """What lies in a folder, oldest first."""
        with self.box(user) as client:
            client.select(folder, readonly=True)
            numbers = client.search(None, "ALL")[1][0].split()
            return [client.fetch(n.decode(), "(BODY.PEEK[])")[1][0][1] for n in numbers]

    def empty(self, user: str = "service") -> None:
        """Remove all mails of a user."""
        with self.box(user) as client:
            for folder in ("INBOX", "Processed"):
                if int(client.select(folder)[1][0] or b"0"):
                    client.store("1:*", "+FLAGS", r"(\Deleted)")
                    client.expunge()

    def change_uidvalidity(self, user: str = "service") -> None:
        """Forget all UIDs, as when a mailbox is restored from a backup."""
        box = self.folder / "mail" / self.address(user)
        for path in [*box.glob("dovecot-uidlist"), *box.glob("dovecot.index*")]:
            path.unlink()

    def drop_connections(self) -> None:
        """Cut off everybody who is logged in."""
        subprocess.run(
            [find_program("doveadm", PACKAGE), "-c", str(self.folder / "dovecot.conf"),
             "kick", "*"],
            check=False, capture_output=True,
        )  # fmt: skip


@contextlib.contextmanager
def running_dovecot(relay: int = 0, users: Sequence[str] = USERS) -> Iterator[Dovecot]:
    """Yield a server with an empty mailbox for each user; ``relay`` takes what is submitted."""
    program = find_program("dovecot", PACKAGE, "/usr/sbin")
    find_program("lmtp", PACKAGE, "/usr/lib/dovecot")
    folder = Path(tempfile.mkdtemp(prefix="dc-"))  # short: socket paths have a limit
    found = Dovecot(folder, make_certificate(folder), *(find_free_port() for _ in range(4)))
    user, group = ("nobody", "nogroup") if unprivileged() else _me()
    values = {
        "folder": folder, "user": user, "group": group, "imap": found.imap, "imaps": found.imaps,
        "lmtp": found.lmtp, "submission": found.submission, "relay": relay or 25,
        "certificate": found.certificate.certificate, "key": found.certificate.key,
    }  # fmt: skip
    (folder / "dovecot.conf").write_text(CONFIGURATION.format(**values))
    lines = [f"{found.address(name)}:{{PLAIN}}{PASSWORD}\n" for name in users]
    (folder / "passwd").write_text("".join(lines))
    for name in ("run", "state", "mail"):
        (folder / name).mkdir()
    for path in [folder, *folder.iterdir()]:
        give_to_nobody(path)
    server = subprocess.Popen([*unprivileged(), program, "-F", "-c", f"{folder}/dovecot.conf"])
    try:
        wait_until(lambda: accepts(found.imap) and accepts(found.lmtp), "Dovecot listening")
        yield found
    finally:
        server.terminate()
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _me() -> tuple[str, str]:
    return pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
