"""Children that die with their parent, whatever kills it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> Callable[[], None]:
    """Return what a child runs before its program: the kernel kills it when ``parent`` dies.

    SIGKILL, since a worker may take long to end politely, and nothing relies on its doing so.
    Only Linux can do this; elsewhere the supervisor's own signals have to suffice.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)

    def prepare() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
