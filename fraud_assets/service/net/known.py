"""Heads of requests that were parsed before: whoever asks again sends the same bytes.

A client's requests differ in their bodies, and their heads in nothing but the body's length. What
the parser makes of a head hangs on its bytes alone, so it parses each of them once.
"""

from __future__ import annotations

from typing import Any

import msgspec

MOST = 512
"""Heads that are kept: a few clients' of every usual length; beyond, all are forgotten."""

LONGEST = 1024
"""Bytes of a head that is kept; a browser's are shorter, and one that bears a token is its own."""

_END = b"\r\n\r\n"


class KnownHead(msgspec.Struct, frozen=True, gc=False):
    """A head: how many bytes its body has, what was made of it, and who takes the body.

    `taking` is None where each request must be asked about anew.
    """

    length: int
    scope: dict[str, Any]
    taking: Any


class KnownHeads:
    """All that are kept; one event loop's."""

    def __init__(self) -> None:
        self._heads: dict[bytes, KnownHead] = {}

    def find(self, data: bytes) -> tuple[KnownHead, bytes] | None:
        """The head that `data` begins with, and the body; None where it is no such request."""
        at = data.find(_END, 0, LONGEST) + len(_END)
        head = self._heads.get(data[:at])
        if head is None or len(data) - at != head.length:
            return None
        return head, data[at:]

    def keep(self, data: bytes, scope: Any, taking: Any) -> None:
        """Keep the head of a request that was parsed, if `data` is that request and no more."""
        at = data.find(_END, 0, LONGEST) + len(_END)
        if at < len(_END) or not _says_length(scope["headers"], len(data) - at):
            return
        if len(self._heads) >= MOST:
            self._heads.clear()
        # What belongs to a connection is not the head's.
        own = {name: scope[name] for name in ("type", "method", "path", "query_string", "headers")}
        self._heads[data[:at]] = KnownHead(len(data) - at, own, taking if taking.lasts else None)


def _says_length(headers: list[tuple[bytes, bytes]], length: int) -> bool:
    """Whether the body is framed by its length alone, and this is its length."""
    said = [value for name, value in headers if name == b"content-length"]
    plain = all(name not in (b"transfer-encoding", b"connection", b"expect") for name, _ in headers)
    return plain and said == [b"%d" % length]
