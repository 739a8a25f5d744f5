"""One hub a process: it tails the outbox and hands each event to whose it is.

Streams hold neither a thread nor a database connection. The hub has one of each, while there
is a stream at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.db import connections

from apps.live import sessions
from apps.live.domain.tailing import Heard, Tail
from apps.live.reading import write_place
from apps.live.wakes import wakes

logger = logging.getLogger(__name__)

QUEUE = 100
PER_USER = 8
AGAIN_SECONDS = 1.0
RESET = b"data: reset\n\n"
END = b""
CHECK = b"check"


def frame(event: Heard) -> bytes:
    """An event as it travels: topic and key, nothing else."""
    return f"id: {write_place(event.id)}\ndata: {event.topic} {event.object_id}\n\n".encode()


class Stream:
    """What waits to be sent to one browser."""

    __slots__ = ("queue", "user_id")

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id
        self.queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE)

    def offer(self, part: bytes) -> None:
        """Queue a part; who cannot keep up is told to fetch everything anew instead."""
        try:
            self.queue.put_nowait(part)
        except asyncio.QueueFull:
            self._only(RESET)
            if part in {CHECK, END}:
                self.queue.put_nowait(part)

    def end(self) -> None:
        """Close the stream; what still waited does not matter any more."""
        self._only(END)

    def _only(self, part: bytes) -> None:
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(part)


class Hub:
    """The streams of this process, by the person who listens."""

    def __init__(self) -> None:
        self.streams: dict[int, set[Stream]] = defaultdict(set)
        self.is_ending = False
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    async def join(self, stream: Stream) -> bool:
        """Let a stream hear what comes from now on; False when its person has too many."""
        if self.is_ending or len(self.streams[stream.user_id]) >= PER_USER:
            return False
        self.streams[stream.user_id].add(stream)
        if self._task is None:
            self._listening.clear()
            self._task = asyncio.create_task(self._run(), name="live hub")
        with contextlib.suppress(TimeoutError):  # without its database the hub tries again
            await asyncio.wait_for(self._listening.wait(), AGAIN_SECONDS)
        return True

    def leave(self, stream: Stream) -> None:
        """Forget a stream; the last one that leaves lets the hub rest."""
        self.streams[stream.user_id].discard(stream)
        if not self.streams[stream.user_id]:
            del self.streams[stream.user_id]
        if not self.streams and self._task is not None:
            self._task.cancel()
            self._task = None

    async def end(self) -> None:
        """End every stream and take no more; the process is about to stop."""
        self.is_ending = True
        task = self._task
        for stream in self._all():
            stream.end()
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    def _all(self) -> list[Stream]:
        return [stream for streams in self.streams.values() for stream in streams]

    async def _run(self) -> None:
        """Tail the outbox until nobody listens; a database that is away is tried again."""
        missed = False
        while True:
            try:
                await self._tail(missed=missed)
            except Exception:
                logger.exception("live events stopped and are tried again")
            missed = True
            await asyncio.sleep(AGAIN_SECONDS)

    async def _tail(self, *, missed: bool) -> None:
        loop, tail = asyncio.get_running_loop(), Tail()
        with _own_thread() as pool:

            async def in_thread(work: Callable[[], Any]) -> Any:
                return await loop.run_in_executor(pool, work)

            async with wakes(in_thread) as wake:
                await in_thread(tail.start)
                self._listening.set()
                if missed:
                    self._reset()
                while True:
                    await wake()
                    read = partial(tail.read, frozenset(self.streams))
                    heard, skipped = await in_thread(read)
                    self._hand_out(heard)
                    if skipped:
                        self._reset()

    def _hand_out(self, heard: Iterable[Heard]) -> None:
        for event in heard:
            if event.topic == sessions.TOPIC:
                self._offer(event.object_id, CHECK)
                continue
            if not event.users:
                continue
            part = frame(event)
            for user_id in event.users:
                self._offer(user_id, part)

    def _offer(self, user_id: int, part: bytes) -> None:
        for stream in self.streams.get(user_id, ()):
            stream.offer(part)

    def _reset(self) -> None:
        for stream in self._all():
            stream.offer(RESET)


@contextlib.contextmanager
def _own_thread() -> Any:
    """A thread of the hub's own, whose database connection ends with it."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="live")
    try:
        yield pool
    finally:
        pool.submit(connections.close_all)
        pool.shutdown(wait=False)
