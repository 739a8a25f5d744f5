"""An IMAP connection in which no wait is endless: imaplib with reading of our own.

imaplib's own reading has one time limit for each call to the socket: a server that sends a
byte now and then holds its caller for ever. Here every wait is cut into slices of a second,
between which ``pulse`` may end it, and silence and whole commands have limits of their own.
"""

from __future__ import annotations

import imaplib
import io
import socket
import ssl
import time
from collections.abc import Callable

from apps.channels.mail.mailbox.settings import Settings

CONNECT_SECONDS = 20
SLICE_SECONDS = 1.0
SILENCE_SECONDS = 30
FIRST_SILENCE_SECONDS = 8
COMMAND_SECONDS = 60
SLOWEST_BYTES_PER_SECOND = 20_000
LONGEST_LINE = 1 << 20
LARGEST_LITERAL = 64 << 20
AT_ONCE = 1 << 16


class Connection(imaplib.IMAP4):
    """One connection, encrypted as ``settings`` say. Raises OSError and imaplib's errors.

    ``pulse`` is called before every wait, at least once a second; what it raises ends
    whatever is going on.
    """

    def __init__(self, settings: Settings, pulse: Callable[[], None]) -> None:
        self._settings = settings
        self._pulse = pulse
        self._buffer = bytearray()
        self._silence: float = SILENCE_SECONDS
        self._deadline = time.monotonic() + COMMAND_SECONDS
        super().__init__(settings.host, settings.port)
        if settings.scheme == "imap+starttls":
            self._encrypt()

    def allow(self, expected_bytes: int = 0, *, silence: float = SILENCE_SECONDS) -> None:
        """Give the next command its time: a minute, and more for what is large."""
        self._silence = silence
        seconds = COMMAND_SECONDS + expected_bytes / SLOWEST_BYTES_PER_SECOND
        self._deadline = time.monotonic() + seconds

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Connect; imaplib calls this."""
        self.host, self.port = host, port
        self.sock = socket.create_connection((host, port), timeout or CONNECT_SECONDS)
        if self._settings.scheme == "imaps":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=host)

    def _encrypt(self) -> None:
        answer, _data = self.xatom("STARTTLS")
        if answer != "OK":
            raise self.error("STARTTLS refused")
        if self._buffer:
            raise self.abort("the server spoke before the encryption began")
        self.sock.settimeout(CONNECT_SECONDS)
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        self.learn()

    def learn(self) -> None:
        """Ask what the server can do: it may differ after STARTTLS and after the log-in."""
        answer, data = self.capability()
        if answer == "OK" and data and isinstance(data[-1], bytes):
            self.capabilities = tuple(data[-1].decode("ascii", "replace").upper().split())

    def shutdown(self) -> None:
        """Close without another word."""
        self.sock.close()

    def send(self, data: bytes) -> None:  # type: ignore[override]
        """Send everything, within the limit of silence."""
        self.sock.settimeout(SILENCE_SECONDS)
        self.sock.sendall(data)

    def read(self, size: int) -> bytes:
        """Read a literal."""
        if size > LARGEST_LITERAL:
            raise self.abort(f"a literal of {size} bytes is too large")
        literal = io.BytesIO()
        missing = size
        while missing:
            if not self._buffer:
                self._fill(self._silence)
            part = self._buffer[:missing]
            del self._buffer[: len(part)]
            literal.write(part)
            missing -= len(part)
        return literal.getvalue()

    def readline(self) -> bytes:
        """Read up to a line's end."""
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched > LONGEST_LINE:
                raise self.abort("a line without end")
            self._fill(self._silence)
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        return line

    def has_news(self, seconds: float) -> bool:
        """Wait until the server says something by itself; False when it does not."""
        if self._buffer:
            return True
        self._deadline = time.monotonic() + seconds + COMMAND_SECONDS
        try:
            self._fill(seconds)
        except TimeoutError:
            return False
        return True

    def _fill(self, seconds: float) -> None:
        """Read what is there into the buffer; TimeoutError when nothing comes in time."""
        until = min(time.monotonic() + seconds, self._deadline)
        while True:
            self._pulse()
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self.sock.settimeout(min(SLICE_SECONDS, left))
            try:
                data = self.sock.recv(AT_ONCE)
            except TimeoutError:
                continue
            if not data:
                raise self.abort("the server closed the connection")
            self._buffer += data
            return
