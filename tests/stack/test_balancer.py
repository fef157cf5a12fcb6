"""The balancer as it is configured, a real Caddy, before two services that fail as real ones do."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from stack.place import free
from stack.program import listens
from stack.programs.balancer import SITE
from tests.waiting import wait_until

CADDY = Path(sys.executable).with_name("caddy")
READY = b'{"status":"ready","decisions":"ready"}'
BODY = json.dumps({"payment_id": "p1"}).encode()


class Service(BaseHTTPRequestHandler):
    """Answers a path with what the test wants of the next asker: a status, or none."""

    protocol_version = "HTTP/1.1"
    plan: ClassVar[list[int]]
    asked: ClassVar[list[bytes]]

    def do_GET(self) -> None:
        self._answer(200, READY)

    def do_POST(self) -> None:
        type(self).asked.append(self.rfile.read(int(self.headers["content-length"])))
        status = self.plan.pop(0) if self.plan else 200
        if status == 0:
            self.close_connection = True
            self.connection.shutdown(2)
        else:
            self._answer(status, b'{"answered":true}')

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def service(handler: type[Service]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def balancer(tmp_path: Path) -> Iterator[tuple[int, type[Service]]]:
    """Its port, and what the two services share."""
    if not CADDY.exists():
        pytest.skip("needs caddy, which the development group brings")
    handler = type("Pair", (Service,), {"plan": [], "asked": []})
    port = free(0)
    with ExitStack() as open_now:
        services = [open_now.enter_context(service(handler)) for _ in range(2)]
        told = {
            "LISTEN": f":{port}",
            "BIND": "127.0.0.1",
            "SERVICES": " ".join(services),
            "FOLDER": str(tmp_path),
            "HOME": str(tmp_path),
            "PATIENCE": "3s",
        }
        with (tmp_path / "log").open("w") as log:
            caddy = subprocess.Popen(
                [str(CADDY), "run", "--adapter", "caddyfile", "--config", str(SITE)],
                env={**os.environ, **told},
                stdout=log,
                stderr=log,
            )
        open_now.callback(caddy.wait)
        open_now.callback(caddy.kill)
        wait_until(lambda: listens(port))
        wait_until(lambda: post(port)[0] == 200)
        handler.asked.clear()
        yield port, handler


def post(port: int, path: str = "/decisions") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", path, BODY, {"content-type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("path", ["/decisions", "/decisions/batch", "/labels", "/predict"])
@pytest.mark.parametrize("fails", [[503, 503, 503], [0], [0, 503, 0, 502]])
def test_a_request_that_fails_on_the_way_is_sent_again_whole(
    balancer: tuple[int, type[Service]], path: str, fails: list[int]
) -> None:
    """Answered with 503, as while the state's server is away, or cut off: nobody sees either."""
    port, handler = balancer
    handler.plan[:] = fails

    status, body = post(port, path)

    assert (status, json.loads(body)) == (200, {"answered": True})
    assert handler.asked == [BODY] * (len(fails) + 1)


@pytest.mark.parametrize("status", [409, 413, 422, 429, 500])
def test_what_a_service_says_of_a_request_is_the_answer(
    balancer: tuple[int, type[Service]], status: int
) -> None:
    """A refusal is none of the ways to fail: it is asked once."""
    port, handler = balancer
    handler.plan[:] = [status]

    assert post(port)[0] == status
    assert len(handler.asked) == 1


def test_where_nobody_answers_that_is_said_as_services_say_it(
    balancer: tuple[int, type[Service]],
) -> None:
    """503 with a place, a sentence and a kind, once patience is at its end."""
    port, handler = balancer
    handler.plan[:] = [503] * 1000

    status, body = post(port)

    (fault,) = json.loads(body)["detail"]
    assert status == 503
    assert (fault["loc"], fault["type"]) == (["balancer"], "unavailable")
    assert fault["msg"].endswith("Ask again.")
    assert len(handler.asked) > 2
