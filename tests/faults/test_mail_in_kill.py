"""1,000 mails through IMAP while everything breaks: all stored, none lost, none doubled.

Two watchers and a worker are killed with signal 9 at random moments and started again; now
and then the server forgets all UIDs or cuts every connection.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
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
from tests.services.dovecot import Dovecot
from tests.services.portal import ROOT, environment_of

pytestmark = [pytest.mark.slow, pytest.mark.live]

MAILS = 1000
FAULTS = 40
SETTLE_SECONDS = 240
WATCHER = ("manage.py", "mailwatch")
WORKER = ("-m", "contactcentre.worker")
REPORT = """
from collections import Counter
from apps.cases.models import Interaction
from apps.channels.models import InboundMessage, MessageKey
states = Counter(InboundMessage.objects.values_list("state", flat=True))
ids = MessageKey.objects.filter(role="own").values_list("external_id", flat=True)
print(repr((dict(states), Interaction.objects.count(), sorted(ids))))
"""


@dataclass
class Tree:
    """Processes that come back whenever they are killed."""

    environment: dict[str, str]
    commands: tuple[tuple[str, ...], ...]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        self.running = [self.spawn(command) for command in self.commands]

    def spawn(self, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill_one(self) -> None:
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


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    variables = {}
    if request.param == "postgres":
        variables["DATABASE_URL"] = request.getfixturevalue("postgres_url")
    found = Installation(environment_of(tmp_path / "var", **variables))
    (tmp_path / "var").mkdir()
    found.manage("migrate")
    yield found


def make_faults(dovecot: Dovecot, tree: Tree) -> None:
    """Break something every few seconds."""
    faults: list[Callable[[], None]] = [tree.kill_one] * 6
    faults += [dovecot.drop_connections, dovecot.change_uidvalidity]
    for _ in range(FAULTS):
        time.sleep(random.uniform(0.5, 4))
        random.choice(faults)()


def deliver(dovecot: Dovecot) -> None:
    """Hand the mails over in small lots, all along."""
    for start in range(0, MAILS, 10):
        dovecot.deliver_many([make_mail(n) for n in range(start, start + 10)])
        time.sleep(random.uniform(0, 1))


def test_thousand_mails_survive_kills_cuts_and_forgotten_uids(dovecot, installation):
    dovecot.empty()
    installation.manage(
        "account", "mail", "support", "address=service@test.local", f"incoming={dovecot.url()}"
    )
    tree = Tree(installation.environment, (WATCHER, WATCHER, WORKER))
    tree.start()
    delivering = threading.Thread(target=deliver, args=(dovecot,))
    delivering.start()
    try:
        make_faults(dovecot, tree)
        delivering.join()
        deadline = time.monotonic() + SETTLE_SECONDS
        states: dict[str, int] = {}
        while states != {"accepted": MAILS} and time.monotonic() < deadline:
            time.sleep(2)
            states, interactions, ids = installation.report()
    finally:
        tree.stop()
    assert states == {"accepted": MAILS}
    assert interactions == MAILS
    assert Counter(ids) == Counter(f"mail-{n}@example.org" for n in range(MAILS))
