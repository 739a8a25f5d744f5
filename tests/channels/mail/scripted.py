"""An SMTP server that does exactly what its test says, for what a real one seldom does."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Scripted:
    """Answers by the first word of a command; ``None`` hangs up instead of answering."""

    answers: dict[str, str | None] = field(default_factory=dict)
    greeting: str = "220 here"
    port: int = 0
    commands: list[str] = field(default_factory=list)
    data: bytes = b""
    dots: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb") as stream:
            self._say(stream, self.greeting)
            while line := stream.readline():
                command = line.decode().strip()
                self.commands.append(command)
                word = command.partition(" ")[0].upper()
                answer = self._answer(word, command)
                if answer is None:
                    return
                self._say(stream, answer)
                if word == "QUIT":
                    return
                if word == "DATA" and answer.startswith("354"):
                    answer = self._take_data(stream)
                    if answer is None:
                        return
                    self._say(stream, answer)

    def _answer(self, word: str, command: str) -> str | None:
        for key in (command, word):
            if key in self.answers:
                return self.answers[key]
        return {"DATA": "354 go on", "QUIT": "221 bye"}.get(word, "250 fine")

    def _take_data(self, stream) -> str | None:
        while line := stream.readline():
            if line == b".\r\n":
                self.dots += 1
                return self.answers.get(".", "250 taken")
            self.data += line
        return None

    @staticmethod
    def _say(stream, answer: str) -> None:
        stream.write(answer.encode() + b"\r\n")
        stream.flush()


@contextlib.contextmanager
def scripted_server(**script) -> Iterator[Scripted]:
    server = Scripted(**script)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.port = listener.getsockname()[1]

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    server.talk(listener.accept()[0])

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield server
        finally:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
