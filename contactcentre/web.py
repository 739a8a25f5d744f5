"""One web process: uvicorn on the socket that the supervisor listens on."""

from __future__ import annotations

import gc
import os
import socket

import uvicorn

STOP_SECONDS = 5


class Server(uvicorn.Server):
    """Tells the supervisor once it serves."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        os.write(int(os.environ["PORTAL_READY"]), b".")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the open streams first; they would be waited for until the deadline."""
        from contactcentre.asgi import events

        await events.end()
        await super().shutdown(sockets)


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    from contactcentre.asgi import application

    listener = socket.socket(fileno=int(os.environ["PORTAL_SOCKET"]))
    config = uvicorn.Config(
        application,
        lifespan="off",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    gc.freeze()
    Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
