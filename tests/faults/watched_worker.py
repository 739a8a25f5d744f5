"""The portal's worker, beat included, which touches a file when it takes tasks.

``python -m tests.faults.watched_worker FILE``
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from celery.signals import worker_ready

from contactcentre import worker


def _touch(**_: Any) -> None:
    Path(sys.argv[1]).touch()


if __name__ == "__main__":
    worker_ready.connect(_touch, weak=False)
    worker.main()
