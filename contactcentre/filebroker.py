"""The broker made of files, with messages and tables that appear as a whole.

kombu creates a file under its final name and writes it afterwards, so that a reader which is
quick takes an empty one and dies of it. Here a file gets its name when it is complete.
"""

from __future__ import annotations

import fcntl
import os
import threading
import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

_BINDING = threading.RLock()


class Channel(filesystem.Channel):
    """Puts messages by renaming, which readers see at once or not at all."""

    def _put(self, queue: str, payload: Any, **_kwargs: Any) -> None:  # type: ignore[override]
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        path = Path(self.data_folder_out) / name
        _put_in_place(path, dumps(payload))

    def queue_bind(self, *args: Any, **kwargs: Any) -> None:
        """Bind a queue, one thread at a time.

        kombu remembers a binding for the whole process before it stands in the table: another
        thread that relied on it would put messages that no queue takes.
        """
        with _BINDING:
            super().queue_bind(*args, **kwargs)  # type: ignore[no-untyped-call]

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        """Add a queue to an exchange's table, one process at a time."""
        bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        file = Path(self._exchange_file(exchange))  # type: ignore[no-untyped-call]
        file.parent.mkdir(exist_ok=True)
        with file.with_name(f"{file.name}.lock").open("w") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)  # closing the file gives it back
            queues = self.get_table(exchange)  # type: ignore[no-untyped-call]
            if bound not in queues:
                _put_in_place(file, dumps([bound, *queues]))


def _put_in_place(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.part")
    draft.write_text(text)
    os.replace(draft, path)  # noqa: PTH105 - the call whose promise we rely on


class Transport(filesystem.Transport):
    """kombu's own, with our channel."""

    Channel = Channel


def register() -> None:
    """Let ``filesystem://`` mean this transport."""
    TRANSPORT_ALIASES["filesystem"] = "contactcentre.filebroker:Transport"
