"""One worker that sends what stands in the outbox to a local relay, everything included."""

from __future__ import annotations

import contextlib
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from random import Random

from apps.accounts.models import User
from apps.cases.models import Case
from apps.channels.domain import composing, reply
from apps.channels.domain.accounts import save_account
from apps.channels.enums import DeliveryState
from apps.channels.mail.composing import compose
from apps.channels.models import Delivery
from benchmarks.figures import LEAST, Figure, say
from contactcentre.demo.loading import load
from contactcentre.simulate.texts import Writer
from tests.services import find_free_port, wait_until

MAILS = 600
LEAST_RATE = 30.0
SENDER = "support@kestrel-cycles.example"
LOOK_SECONDS = 0.05
PATIENCE_SECONDS = 300


def outgoing(database: str) -> Iterator[Figure]:
    """Answers of an agent wait in the outbox; a worker process starts and sends them all."""
    load()
    with _relay() as (port, ended):
        values = {"address": SENDER, "outgoing": f"smtp://127.0.0.1:{port}"}
        save_account(channel="mail", name="support", values=values)
        say(f"{database}: {MAILS} answers wait in the outbox")
        sent = _answer()
        raws = _bytes(sent)
        limit = _bare_rate(port, raws)
        rate = _drain(sent)
        limit = max(limit, _bare_rate(port, raws))
        distinct, taken = ended()
    bare = 2 * len(raws)
    name = f"{MAILS} answers, one worker"
    yield Figure("outgoing", database, "bare limit S (smtplib, same bytes)", limit, "mails/s")
    yield Figure("outgoing", database, name, rate, "mails/s", LEAST_RATE, LEAST)
    yield Figure("outgoing", database, "S divided by our rate", limit / rate, "")
    yield Figure("outgoing", database, "mails that arrived", distinct, "", MAILS, LEAST)
    yield Figure("outgoing", database, "mails that arrived twice", taken - bare - MAILS, "", 0)


@contextlib.contextmanager
def _relay() -> Iterator[tuple[int, Callable[[], tuple[int, int]]]]:
    port = find_free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.relay", str(port)], stdout=subprocess.PIPE, text=True
    )

    def ended() -> tuple[int, int]:
        process.send_signal(signal.SIGTERM)
        told, _ = process.communicate(timeout=30)
        distinct, taken = told.split()
        return int(distinct), int(taken)

    try:
        wait_until(lambda: _listens(port), "the relay", seconds=20)
        yield port, ended
    finally:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def _answer() -> list[Delivery]:
    """Answers in the cases of the demonstration; their nudges wait with the broker."""
    agent = User.objects.get(username="agent")
    cases = list(
        Case.objects.visible_to(agent).filter(channel="email").values_list("pk", flat=True)
    )
    rnd = Random(1)
    writers = [Writer(language, rnd) for language in ("en", "zh-hans")]
    return [
        reply(
            case_id=cases[n % len(cases)],
            actor=agent,
            text=writers[n % 2].word_of_customer(),
            to=[f"person{n}@mailers.example"],
        ).delivery
        for n in range(MAILS)
    ]


def _bytes(sent: Sequence[Delivery]) -> list[bytes]:
    return [compose(one.account.as_view(), composing.compose(one)) for one in sent]


def _bare_rate(port: int, raws: Sequence[bytes]) -> float:
    """S: the same bytes by the standard library on one connection, mails a second."""
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port, "localhost") as smtp:
        for n, raw in enumerate(raws):
            smtp.sendmail(SENDER, [f"person{n}@mailers.example"], raw)
    return len(raws) / (time.perf_counter() - began)


def _drain(sent: Sequence[Delivery]) -> float:
    """Let a worker send everything; mails a second from the first that is sent on."""
    worker = subprocess.Popen([sys.executable, "-m", "contactcentre.worker"])
    began, first, done = 0.0, 0, 0
    until = time.monotonic() + PATIENCE_SECONDS
    mine = Delivery.objects.filter(pk__in=[one.pk for one in sent], state=DeliveryState.SENT)
    try:
        while (done := mine.count()) < len(sent):
            if time.monotonic() > until:
                raise TimeoutError(f"{done} of {len(sent)}")
            if done and not first:
                began, first = time.perf_counter(), done
            time.sleep(LOOK_SECONDS)
        return (done - first) / (time.perf_counter() - began)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(30)
