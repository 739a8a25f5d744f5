"""One watcher of one mailbox: its rate, its memory, and one very large mail."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage

import psutil

from apps.channels.domain.accounts import save_account
from apps.channels.enums import InboundState
from apps.channels.models import InboundMessage
from benchmarks import bare
from benchmarks.figures import Figure, say
from benchmarks.mails import Mailbag
from contactcentre.demo.loading import load
from tests.services.dovecot import Dovecot, running_dovecot

WAITING, WAITING_FULL = 5_000, 50_000
SAMPLE = 1_000
LARGE_BYTES = 18 << 20  # 25 MiB on the wire
LOOK_SECONDS = 0.1
PATIENCE_SECONDS = 1_200
MIB = 1 << 20


def mailboxes(database: str, *, full: bool) -> Iterator[Figure]:
    """Let a new watcher find many mails in a Dovecot mailbox, and then a large one."""
    load()
    number = WAITING_FULL if full else WAITING
    say(f"{database}: {number:,} mails lie in a mailbox")
    raws = [raw for _thread, raw in Mailbag(number).mails]
    sample = raws[:SAMPLE]
    limits = [bare.intake_rate(sample)]
    with running_dovecot() as dovecot:
        dovecot.seed(raws)
        del raws
        values = {"address": "service@test.local", "incoming": dovecot.url()}
        save_account(channel="mail", name="watched", values=values)
        demo = _settled()
        watcher = subprocess.Popen([sys.executable, "manage.py", "mailwatch"])
        try:
            rate, before, peak = _take(watcher.pid, demo, number)
            limits.append(bare.intake_rate(sample))
            name = f"{number:,} waiting mails"
            limit = max(limits)
            yield Figure("mailboxes", database, "bare limit L", limit, "mails/s")
            yield Figure("mailboxes", database, name, rate, "mails/s")
            yield Figure("mailboxes", database, "L divided by our rate", limit / rate, "", 5)
            note = f"from {before / MIB:.0f} MiB"
            growth = (peak - before) / MIB
            yield Figure(
                "mailboxes", database, f"growth over {name}", growth, "MiB", 200, note=note
            )
            yield from _large(database, dovecot, watcher.pid)
        finally:
            watcher.send_signal(signal.SIGTERM)
            watcher.wait(30)


def _take(pid: int, there: int, number: int) -> tuple[float, int, int]:
    """Wait until all are settled; mails a second, and memory at the first mail and at most."""
    process = psutil.Process(pid)  # type: ignore[no-untyped-call]
    began, first, before, peak = 0.0, 0, 0, 0
    until = time.monotonic() + PATIENCE_SECONDS
    while (settled := _settled() - there) < number:
        if time.monotonic() > until:
            raise TimeoutError(f"{settled} of {number}")
        time.sleep(LOOK_SECONDS)
        used = process.memory_info().rss
        peak = max(peak, used)
        if settled and not first:
            began, first, before = time.perf_counter(), settled, used
    return (number - first) / (time.perf_counter() - began), before, peak


def _large(database: str, dovecot: Dovecot, pid: int) -> Iterator[Figure]:
    before = _settled()
    mail = EmailMessage()
    mail["From"], mail["To"] = "big@mailers.example", "service@test.local"
    mail["Subject"], mail["Message-ID"] = "A large file", "<large@mailers.example>"
    mail.set_content("The plan is attached.")
    mail.add_attachment(
        os.urandom(LARGE_BYTES), maintype="application", subtype="pdf", filename="plan.pdf"
    )
    raw = mail.as_bytes()
    began = time.perf_counter()
    dovecot.deliver(raw)
    seconds, peak = 0.0, 0
    process = psutil.Process(pid)  # type: ignore[no-untyped-call]
    while _settled() <= before and seconds < PATIENCE_SECONDS:
        time.sleep(LOOK_SECONDS)
        peak = max(peak, process.memory_info().rss)
        seconds = time.perf_counter() - began
    name = f"a mail of {len(raw) / MIB:.0f} MiB"
    yield Figure("mailboxes", database, f"{name}, from LMTP to its case", seconds, "s", 10)
    yield Figure("mailboxes", database, f"{name}, whole watcher", peak / MIB, "MiB", 400)


def _settled() -> int:
    return InboundMessage.objects.exclude(state=InboundState.RECEIVED).count()
