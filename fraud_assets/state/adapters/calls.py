"""Calls of one script to Redis or Valkey, many in one round trip.

The client library packs and reads each call on its own, which costs more than the script does.
Here the calls go out as one message, over a connection of the library's own pool: address,
password, encryption and time limits are its business.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import redis
from redis.exceptions import NoScriptError, ResponseError

Call = tuple[Sequence[bytes], Sequence[bytes]]
"""Keys and arguments of one call."""


class ScriptCalls:
    """Calls `source` on the server that `client` talks to."""

    def __init__(self, client: Any, source: str) -> None:
        self._client, self._source = client, source
        digest: str | bytes = client.script_load(source)
        digest = digest.encode() if isinstance(digest, str) else digest
        self._head = b"$7\r\nEVALSHA\r\n$40\r\n%b\r\n" % digest

    def ask(self, calls: Sequence[Call]) -> list[Any]:
        """What the script answered to each; they run in this order.

        Raises
        ------
        redis.RedisError
            If the server cannot be reached, or an answer is an error.
        """
        message = b"".join([self._packed(keys, values) for keys, values in calls])
        found = self._sent(message, len(calls))
        if all(isinstance(one, NoScriptError) for one in found):
            self._client.script_load(self._source)  # the server has lost it: none has run
            found = self._sent(message, len(calls))
        for one in found:
            if isinstance(one, redis.RedisError):
                raise one
        return found

    def _packed(self, keys: Sequence[bytes], values: Sequence[bytes]) -> bytes:
        words = [b"%d" % len(keys), *keys, *values]
        said = [b"$%d\r\n%b\r\n" % (len(word), word) for word in words]
        return b"*%d\r\n%b%b" % (2 + len(words), self._head, b"".join(said))

    def _sent(self, message: bytes, replies: int) -> list[Any]:
        pool = self._client.connection_pool
        connection = pool.get_connection()
        try:
            connection.send_packed_command([message])
            return [_reply(connection) for _ in range(replies)]
        except BaseException:
            connection.disconnect()
            raise
        finally:
            pool.release(connection)


def _reply(connection: Any) -> Any:
    """One reply; errors of the script's as values, so that those behind it are read too."""
    try:
        return connection.read_response()
    except ResponseError as error:
        return error
