"""A local relay in a process of its own: ``python -m benchmarks.relay PORT``.

Takes mail until it is told to end, then prints how many distinct Message-IDs it took, and how
many mails.
"""

from __future__ import annotations

import signal
import sys
import threading
from email.parser import BytesHeaderParser

from tests.services.smtp import running_relay


def main(port: str) -> None:
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with running_relay(int(port)) as relay:
        ended.wait()
        parse = BytesHeaderParser().parsebytes
        ids = {parse(mail.raw)["Message-ID"] for mail in relay.received}
        print(len(ids), len(relay.received), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
