"""BoundedProtocol under uvicorn's own server in a thread, with deadlines of a test's choice."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from fraud_assets.service.net.connections import Connections
from fraud_assets.service.net.protocol import BoundedProtocol
from fraud_assets.service.scoring_routes import read_body


class Echo:
    """Answers the body; where the path is /slow, once `free` is set; /early answers unread."""

    def __init__(self, connections: Connections) -> None:
        self.connections, self.free, self.begun = connections, threading.Event(), 0
        self.headers: list[list[tuple[bytes, bytes]]] = []

    async def __call__(self, scope, receive, send) -> None:
        import asyncio

        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        body = b"early" if scope["path"] == "/early" else await read_body(receive, 10**9)
        if body is None:
            return
        self.begun += 1
        while scope["path"] == "/slow" and not self.free.is_set():
            await asyncio.sleep(0.005)
        self.headers.append(scope["headers"])
        body = b"x" * 10**7 if scope["path"] == "/large" else body
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _live(self, scope, receive, send) -> None:
        import asyncio

        await receive()
        scope["state"]["connections"] = self.connections
        watch = asyncio.create_task(self.connections.watch())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        watch.cancel()
        await send({"type": "lifespan.shutdown.complete"})


@contextmanager
def bounded(most: int = 1000, **seconds: float) -> Iterator[tuple[int, Echo]]:
    """The port of a running server and its application; `seconds` are deadlines by queue."""
    connections = Connections(most)
    for name, value in seconds.items():
        getattr(connections, name).seconds = value
    echo = Echo(connections)
    config = uvicorn.Config(
        echo, host="127.0.0.1", port=0, http=BoundedProtocol, ws="none", log_level="critical"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        threading.Event().wait(0.005)
    try:
        yield server.servers[0].sockets[0].getsockname()[1], echo
    finally:
        echo.free.set()
        server.should_exit = True
        thread.join(timeout=20)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def everything(one: socket.socket) -> bytes:
    """What comes until the server closes; what came before a reset too."""
    found = b""
    while True:
        try:
            part = one.recv(65536)
        except ConnectionResetError:
            return found
        if not part:
            return found
        found += part


def status_of(answer: bytes) -> int:
    return int(answer[9:12]) if answer else 0
