"""uvicorn's HTTP protocol, of which a usual request costs what it needs and no more.

What is the same for all requests of a connection, or of one URL, is made once. What comes out is
what uvicorn makes, which tests compare.
"""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import Any
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

_KNOWN_URLS, _LONGEST_KNOWN = 64, 256
"""So many URLs stay parsed, of at most so many bytes."""

_METHODS = {name.encode(): name for name in ("GET", "HEAD", "POST")}

Target = tuple[str, bytes, bytes]
"""Path, raw path and query of a URL."""


class LeanCycle(RequestResponseCycle):
    """A request and its answer; what begins alike in all of them stands in the class."""

    disconnected = False
    more_body = True
    response_started = False
    response_complete = False
    chunked_encoding = None
    expected_content_length = 0
    taking: Any = None
    """What takes the whole body, where an application answers at once."""
    started = 0.0
    """When the head was there, where an application answers at once."""

    def __init__(self, protocol: LeanProtocol, *, keep_alive: bool) -> None:
        self.scope: Any = protocol.scope
        self.transport, self.flow = protocol.transport, protocol.flow
        self.logger, self.access_logger = protocol.logger, protocol.access_logger
        self.access_log = protocol.access_log
        self.default_headers = protocol.server_state.default_headers
        self.waiting_for_100_continue = protocol.expect_100_continue
        self.keep_alive = keep_alive
        self.on_response = protocol.on_response_complete
        self.body = bytearray()

    @cached_property
    def message_event(self) -> asyncio.Event:  # type: ignore[override]
        """Set when there is more of the body; a request that is answered at once needs none."""
        return asyncio.Event()


class LeanProtocol(HttpToolsProtocol):
    """One connection; see `LeanCycle`."""

    _targets: dict[bytes, Target] = {}  # noqa: RUF012 - of all connections
    _always: dict[str, Any]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Keep what every request's scope says of the connection."""
        super().connection_made(transport)
        self._always = {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": "1.1",
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "root_path": self.root_path,
        }

    def data_received(self, data: bytes) -> None:
        """Feed the parser; there is no timer to stop, and nobody changes to WebSocket."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._unsupported_upgrade_warning()
        except httptools.HttpParserError:
            message = "Invalid HTTP request received."
            self.logger.warning(message)
            self.send_400_response(message)

    def on_message_begin(self) -> None:
        """Begin a request."""
        self.url, self.expect_100_continue = b"", False
        self.headers = headers = []  # type: ignore[var-annotated]
        state = self.app_state.copy()
        self.scope = {**self._always, "headers": headers, "state": state}  # type: ignore[typeddict-item]

    def on_headers_complete(self) -> None:
        """Begin to answer, or wait for the answers before."""
        if self.limit_concurrency is not None:
            super().on_headers_complete()
            return
        parser, scope, existing = self.parser, self.scope, self.cycle
        version, method = parser.get_http_version(), parser.get_method()
        scope["method"] = _METHODS.get(method) or method.decode("ascii")
        if version != "1.1":
            scope["http_version"] = version
        target = self._targets.get(self.url) or self._target()
        scope["path"], scope["raw_path"], scope["query_string"] = target
        keep_alive = version != "1.0" and parser.should_keep_alive()
        self.cycle = cycle = LeanCycle(self, keep_alive=keep_alive)
        if existing is None or existing.response_complete:
            self._start_asgi_task(cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((cycle, self.app))

    def _target(self) -> Target:
        """What the URL asks for, kept for the next request where it is a short one."""
        parsed = httptools.parse_url(self.url)
        raw: bytes = parsed.path
        path = raw.decode("ascii")
        if "%" in path:
            path = unquote(path)
        root = self.root_path
        found = root + path, root.encode("ascii") + raw, parsed.query or b""
        if len(self.url) <= _LONGEST_KNOWN and len(self._targets) < _KNOWN_URLS and not root:
            self._targets[self.url] = found
        return found
