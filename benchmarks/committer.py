"""A worker of its own: commits an interaction to each case, and says when it did.

``python -m benchmarks.committer CASE…`` prints a line for each: its key, the time before COMMIT.
"""

from __future__ import annotations

import sys
import time

import django

NUMBER = 60
PAUSE_SECONDS = 0.2


def main(keys: list[int]) -> None:
    django.setup()
    from django.db import transaction

    from apps.cases import domain
    from apps.cases.domain.events import locked

    word = domain.NewInteraction(channel="email", direction="inbound", text="It rings again.")
    for key in keys:
        with transaction.atomic():
            domain.record_interaction(case=locked(key), new=word)
            at = time.time()
        print(key, at, flush=True)
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main([int(key) for key in sys.argv[1:]])
