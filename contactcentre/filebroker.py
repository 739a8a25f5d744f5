"""The broker made of files, with messages that appear as a whole.

kombu creates a message's file under its final name and writes it afterwards, so that a reader
which is quick takes an empty one and dies of it. Here the file gets its name when it is complete.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Puts messages by renaming, which readers see at once or not at all."""

    def _put(self, queue: str, payload: Any, **_kwargs: Any) -> None:  # type: ignore[override]
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        path = Path(self.data_folder_out) / name
        draft = path.with_name(f"{name}.part")
        draft.write_text(dumps(payload))
        os.replace(draft, path)  # noqa: PTH105 - the call whose promise we rely on


class Transport(filesystem.Transport):
    """kombu's own, with our channel."""

    Channel = Channel


def register() -> None:
    """Let ``filesystem://`` mean this transport."""
    TRANSPORT_ALIASES["filesystem"] = "contactcentre.filebroker:Transport"
