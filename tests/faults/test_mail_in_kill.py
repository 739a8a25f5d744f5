"""1,000 mails while everything breaks: all stored, none lost, none doubled, none answered twice.

Watchers, listener, worker and sender are killed with signal 9 at random moments and started
again; now and then the mail server forgets all UIDs or cuts every connection.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.channels.mail.imap import make_mail
from tests.services import find_free_port
from tests.services.dovecot import Dovecot
from tests.services.portal import ROOT, environment_of

pytestmark = [pytest.mark.slow, pytest.mark.live]

MAILS = 1000
FAULTS = 40
SETTLE_SECONDS = 900
SENDING_THREADS = 4
WATCHER = ("manage.py", "mailwatch")
WORKER = ("-m", "contactcentre.worker")
ANSWERER = ("-m", "tests.faults.answering")
SWEEP = """
import time
import django
django.setup()
from apps.channels.domain.sweeping import sweep
while True:
    sweep()
    time.sleep(0.2)
"""
SENDER = ("-c", SWEEP)
REPORT = """
from collections import Counter
from apps.cases.models import Interaction
from apps.channels.models import InboundMessage, MessageKey
# A mail server that is cut off before its answer gets a mail twice: we know the copy.
taken = InboundMessage.objects.exclude(state="ignored", reason="copy")
states = Counter(taken.values_list("state", flat=True))
keys = MessageKey.objects.filter(role="own", interaction__direction="inbound")
ids = keys.values_list("external_id", flat=True)
inbound = Interaction.objects.filter(direction="inbound").count()
print(repr((dict(states), inbound, sorted(ids))))
"""
SENT = """
from apps.channels.models import Delivery
print(repr(list(Delivery.objects.values_list("message_id", "state"))))
"""


@dataclass
class Tree:
    """Processes that come back whenever they are killed."""

    environment: dict[str, str]
    commands: tuple[tuple[str, ...], ...]
    log: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    kills: int = 0

    def start(self) -> None:
        self.running = [self.spawn(command) for command in self.commands]

    def spawn(self, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.log.open("ab"),
            start_new_session=True,
        )

    def kill_one(self) -> None:
        self.kills += 1
        number = random.randrange(len(self.running))
        self.end(self.running[number])
        self.running[number] = self.spawn(self.commands[number])

    def stop(self) -> None:
        for process in self.running:
            self.end(process)

    @staticmethod
    def end(process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


@dataclass
class Installation:
    """A portal's folder and database."""

    environment: dict[str, str]

    def manage(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def report(self) -> tuple[dict[str, int], int, list[str]]:
        """Inputs by state, the number of interactions, and the Message-IDs of all."""
        found = eval(self.manage("shell", "--no-imports", "-c", REPORT))
        return found[0], found[1], found[2]

    def deliveries(self) -> dict[str, str]:
        """The state of every message of ours by its Message-ID."""
        return dict(eval(self.manage("shell", "--no-imports", "-c", SENT)))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    variables = {}
    if request.param == "postgres":
        variables["DATABASE_URL"] = request.getfixturevalue("postgres_url")
    found = Installation(environment_of(tmp_path / "var", **variables))
    (tmp_path / "var").mkdir()
    found.manage("migrate")
    found.manage("flush", "--no-input")  # the server is that of the whole session
    yield found


def everything() -> tuple[dict[str, int], int, list[str]]:
    """The report of an installation in which every mail became one message."""
    return {"accepted": MAILS}, MAILS, sorted(f"mail-{n}@example.org" for n in range(MAILS))


def wait_for_all(installation: Installation) -> tuple[dict[str, int], int, list[str]]:
    """Wait until every mail has its fate, as long as that may take; returns the report."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while (found := installation.report())[0] != {"accepted": MAILS}:
        if time.monotonic() > deadline:
            break
        time.sleep(2)
    return found


def wait_for_answers(installation: Installation) -> dict[str, str]:
    """Wait until every message has left or is known to be unknown; leases run out by then."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        found = installation.deliveries()
        if len(found) == MAILS and not {"queued", "sending", "held"} & set(found.values()):
            break
        time.sleep(2)
    return found


def make_faults(dovecot: Dovecot, tree: Tree) -> None:
    """Break something every few seconds."""
    faults: list[Callable[[], None]] = [tree.kill_one] * 6
    faults += [dovecot.drop_connections, dovecot.change_uidvalidity]
    for _ in range(FAULTS):
        time.sleep(random.uniform(0.5, 4))
        random.choice(faults)()


def deliver(dovecot: Dovecot) -> None:
    """Hand the mails over in small lots, all along, each until the server has it: it refuses
    one for the moment when its folder's index is taken away.
    """
    waiting = [make_mail(n) for n in range(MAILS)]
    while waiting:
        with (
            contextlib.suppress(OSError, smtplib.SMTPException),
            smtplib.LMTP("127.0.0.1", dovecot.lmtp, timeout=20) as lmtp,
        ):
            for _lot in range(min(10, len(waiting))):
                lmtp.sendmail("cleo@example.org", [dovecot.address()], waiting[-1])
                waiting.pop()
        time.sleep(random.uniform(0, 1))


def test_thousand_mails_survive_kills_cuts_and_forgotten_uids(
    dovecot, installation, smtp_relay, tmp_path
):
    dovecot.empty()
    installation.manage(
        "account", "mail", "support", "address=service@test.local", f"incoming={dovecot.url()}",
        f"outgoing={smtp_relay.url}", "default=1",
    )  # fmt: skip
    tree = Tree(
        installation.environment, (WATCHER, WATCHER, WORKER, SENDER, ANSWERER), tmp_path / "log"
    )
    tree.start()
    delivering = threading.Thread(target=deliver, args=(dovecot,))
    delivering.start()
    try:
        make_faults(dovecot, tree)
        delivering.join()
        found = wait_for_all(installation)
        told = wait_for_answers(installation)
    finally:
        tree.stop()
    assert found == everything()
    arrived = Counter(str(mail.message["Message-ID"])[1:-1] for mail in smtp_relay.received)
    assert set(arrived.values()) == {1}
    sent = {message_id for message_id, state in told.items() if state == "sent"}
    unknown = {message_id for message_id, state in told.items() if state == "unknown"}
    assert len(told) == MAILS == len(sent) + len(unknown)
    assert sent <= arrived.keys() <= sent | unknown
    assert len(unknown) <= tree.kills * SENDING_THREADS


def hand_over(port: int) -> None:
    """Hand every mail over by LMTP until it is taken, as a mail server does."""
    waiting = [make_mail(n) for n in range(MAILS)]
    while waiting:
        with (
            contextlib.suppress(OSError, smtplib.SMTPException),
            smtplib.LMTP("127.0.0.1", port, timeout=20) as lmtp,
        ):
            while waiting:
                lmtp.sendmail("cleo@example.org", ["service@test.local"], waiting[-1])
                waiting.pop()
                time.sleep(random.uniform(0, 0.05))  # so that many kills fall in between
        time.sleep(0.2)


def test_what_the_listener_says_it_has_survives_its_death(installation, tmp_path):
    installation.manage("account", "mail", "support", "address=service@test.local")
    port = find_free_port()
    listener = ("manage.py", "maild", "--lmtp", f"127.0.0.1:{port}")
    tree = Tree(installation.environment, (listener, WORKER), tmp_path / "log")
    tree.start()
    handing_over = threading.Thread(target=hand_over, args=(port,))
    handing_over.start()
    try:
        while handing_over.is_alive():
            time.sleep(random.uniform(2, 6))
            tree.kill_one()
        found = wait_for_all(installation)
    finally:
        tree.stop()
    assert found == everything()
