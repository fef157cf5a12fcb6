"""The state in Redis or Valkey, for a service on several hosts.

A transaction works on what this worker read last, and takes effect in one script: the script
writes if every key that was read still has the version that was seen, and else answers with what
the keys hold now, upon which the work runs again. So one decision is one call where no other
worker touched the same entities, and all arithmetic is Python's: the script only compares.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any

import redis
from redis.lock import Lock

from fraud_assets.errors import DamagedStateError, StateError
from fraud_assets.masking import Secrets, public
from fraud_assets.state.adapter import Items, T, Transaction, Work
from fraud_assets.state.adapters.calls import ScriptCalls
from fraud_assets.state.adapters.optimistic import VERSION_BYTES, Optimistic, Tried

MOST_TRIES = 100
"""How often in succession one starts again before it gives up; each time another one succeeded."""

KEPT = 20_000
"""Values that a worker remembers; the script tells where they are outdated."""

LEASE_SECONDS = 15.0
"""After how long the lock of a builder that says nothing more is another one's."""

_TIMEOUT_SECONDS = 2.0
_GLANCE_SECONDS = 1.0

_COMMIT = """
local reads, first, stale = tonumber(ARGV[1]), tonumber(ARGV[2]), {}
for i = 1, reads do
  if redis.call('GETRANGE', KEYS[i], 0, 7) ~= ARGV[2 + i] then stale[#stale + 1] = i end
end
if #stale > 0 then
  local now = {}
  for _, i in ipairs(stale) do
    now[#now + 1] = KEYS[i]
    now[#now + 1] = redis.call('GET', KEYS[i]) or ''
  end
  return now
end
for i = first, #KEYS do
  local value = ARGV[3 + reads + i - first]
  if value == '' then redis.call('DEL', KEYS[i]) else redis.call('SET', KEYS[i], value) end
end
return false
"""
"""The first `reads` keys must have the versions seen; those from `first` on are written."""


class Remote:
    """Holds the state in a server at `url`, under keys that begin with `name`."""

    is_exclusive = False

    def __init__(self, url: str, name: str) -> None:
        self.shown, self._prefix = public(url), b"fraud_assets:{%b}:" % name.encode()
        self._secrets = Secrets.of(url)
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._glances: dict[bytes, float] = {}
        self._life: str | None = None
        try:
            self._client: Any = redis.Redis.from_url(
                url, socket_timeout=_TIMEOUT_SECONDS, socket_connect_timeout=_TIMEOUT_SECONDS
            )
            self._commit = ScriptCalls(self._client, _COMMIT)
        except (redis.RedisError, ValueError) as error:
            raise self._unreachable(error) from None  # it may quote a piece of the URL

    def transact(
        self,
        work: Callable[[Transaction], T],
        keys: Sequence[bytes] = (),
        new: Sequence[bytes] = (),
    ) -> T:
        """See `Adapter`. What is likely new is not asked for: the script tells where it is not."""
        (found,) = self.transact_each([Work(work, keys, new)])
        if isinstance(found, Exception):
            raise found
        return found

    def transact_each(self, works: Sequence[Work[T]]) -> list[T | Exception]:
        """See `Adapter`. Each is a script call of its own; all go to the server in one message.

        Where the server is lost meanwhile, those that it has not acknowledged are refused.
        """
        found: dict[int, T | Exception] = {}
        try:
            self._look_up(works)
            self._try_all(works, found)
        except redis.RedisError as error:
            self._kept.clear()  # nobody knows what took effect
            return [found.get(at, self._unreachable(error)) for at in range(len(works))]
        beaten = StateError(
            f"A transaction of the state in {self.shown} must take effect within {MOST_TRIES} "
            "tries, but others were always faster. Ask again."
        )
        return [found.get(at, beaten) for at in range(len(works))]

    def _try_all(self, works: Sequence[Work[T]], found: dict[int, T | Exception]) -> None:
        """Try until each is through, or all have been beaten too often in succession.

        Many at once take longer than few, so that a worker which is always faster would beat them
        for ever: a group that was beaten comes again by halves.
        """
        left: Sequence[int] = range(len(works))
        together, beaten = len(works), 0
        while left and beaten < MOST_TRIES:
            self._try(works, left[:together], found)
            still = [at for at in left if at not in found]
            if len(still) < len(left):
                together, beaten = together * 2, 0
            else:
                together, beaten = max(1, together // 2), beaten + 1
            left = still

    def _look_up(self, works: Sequence[Work[T]]) -> None:
        """Fetch what they will read and is not at hand, in one call."""
        for key in (key for work in works for key in work.new):
            if key not in self._kept:
                self._keep(key, b"")
        missing = [key for work in works for key in work.keys if key not in self._kept]
        self._fetch([*dict.fromkeys(missing)])

    def _try(
        self, works: Sequence[Work[T]], left: Sequence[int], found: dict[int, T | Exception]
    ) -> None:
        """Run those that are left, each upon the ones before; note what came of those through.

        What raised counts only where all before it took effect.
        """
        tried = [self._run(at, works[at]) for at in left]
        replies = iter(self._replies([one for one in tried if one.is_asked]))
        is_sure = True
        for one in tried:
            if not one.is_asked:
                if is_sure:
                    found[one.at] = one.result
            elif self._took_effect(one.attempt, next(replies)):
                found[one.at] = one.result
            else:
                is_sure = False

    def _run(self, at: int, work: Work[T]) -> Tried[T]:
        attempt = Optimistic(self)
        try:
            result = work.run(attempt)
        except redis.RedisError:
            raise
        except Exception as error:  # noqa: BLE001 - whoever asked for it raises it
            # It may have seen values of two moments, which looks like damage: it counts only if
            # all that it read still holds.
            attempt.written.clear()
            return Tried(at, attempt, error)
        for key, value in attempt.stored.items():
            self._keep(key, value)
        return Tried(at, attempt, result)

    def _replies(self, tried: Sequence[Tried[T]]) -> list[list[bytes] | None]:
        """What the script answered to each: nothing, or which keys hold what else by now."""
        if not tried:
            return []
        named = [one.attempt.named() for one in tried]
        return self._commit.ask([([self._prefix + k for k in keys], told) for keys, told in named])

    def _took_effect(self, attempt: Optimistic, stale: Sequence[bytes] | None) -> bool:
        if not stale:
            for key, value in attempt.stored.items():
                self._keep(key, value)
            return True
        for key, value in attempt.stored.items():
            if self._kept.get(key) is value:
                del self._kept[key]
        for name, value in zip(stale[::2], stale[1::2], strict=True):
            self._keep(name[len(self._prefix) :], value)
        return False

    def held(self, key: bytes) -> bytes:
        """Version and value as last seen; empty where there was none."""
        if key not in self._kept:
            self._fetch([key])
        self._kept.move_to_end(key)
        return self._kept[key]

    def glanced(self, key: bytes) -> bytes:
        """The same, at most a second old."""
        now = monotonic()
        if now - self._glances.get(key, -_GLANCE_SECONDS) >= _GLANCE_SECONDS:
            self._glances[key] = now
            self._fetch([key])
        return self.held(key)

    def walk(self, cursor: bytes | None, most: int) -> Items:
        """See `Adapter`."""
        try:
            place, keys = self._client.scan(
                int(cursor or b"0"), match=_escaped(self._prefix) + b"*", count=most
            )
            values = self._client.mget(keys) if keys else []
        except redis.RedisError as error:
            raise self._unreachable(error) from error
        size = len(self._prefix)
        found = [
            (key[size:], value[VERSION_BYTES:])
            for key, value in zip(keys, values, strict=True)
            if value is not None
        ]
        return Items(found, str(place).encode() if place else None)

    def bytes_used(self) -> int:
        """Memory of the whole server."""
        try:
            return int(self._client.info("memory")["used_memory"])
        except redis.RedisError as error:
            raise self._unreachable(error) from error

    def clear(self) -> None:
        """See `Adapter`."""
        try:
            for key in self._client.scan_iter(match=_escaped(self._prefix) + b"*", count=1000):
                self._client.delete(key)
        except redis.RedisError as error:
            raise self._unreachable(error) from error
        self._kept.clear()

    def life(self) -> str:
        """The start of the server; empty where it brings each write to disk before it answers."""
        self._life = self._running()
        return self._life

    def sync(self) -> bool:
        """The server's own settings say what it brings to disk, and when; see `Adapter`."""
        if self._life is not None and self._running() != self._life:
            raise DamagedStateError(
                f"The server of the state in {self.shown} was started anew while the state was in "
                "use, so that it may lack payments. Nothing is answered from it; build it anew: "
                "fraud-assets state build"
            )
        return self._life == ""

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Raise StateError where the server does not answer what is asked of it meanwhile."""
        try:
            yield
        except redis.RedisError as error:
            raise self._unreachable(error) from error

    def _running(self) -> str:
        with self.reached():
            return "" if self._keeps_all() else str(self._client.info("server")["run_id"])

    def _keeps_all(self) -> bool:
        try:
            said = self._client.config_get("append*")
        except redis.ResponseError:
            return False  # not everybody may ask
        return (said.get("appendonly"), said.get("appendfsync")) == ("yes", "always")

    def builders_lock(self) -> Lock:
        """What one builder at a time holds; it lies beside the state and ends by itself."""
        name = f"fraud_assets_building:{self._prefix.decode()}"
        return Lock(self._client, name, timeout=LEASE_SECONDS, thread_local=False)

    def close(self) -> None:
        """See `Adapter`."""
        self._client.close()

    def _fetch(self, keys: Sequence[bytes]) -> None:
        if keys:
            values = self._client.mget([self._prefix + key for key in keys])
            for key, value in zip(keys, values, strict=True):
                self._keep(key, value or b"")

    def _keep(self, key: bytes, value: bytes) -> None:
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def _unreachable(self, error: Exception) -> StateError:
        said = self._secrets.mask(str(error))
        return StateError(
            f"The state in {self.shown} must answer within {_TIMEOUT_SECONDS:g} s, but: {said}. "
            "See to the server; payments are decided again as soon as it answers."
        )


def _escaped(prefix: bytes) -> bytes:
    """The prefix as a pattern that matches itself alone."""
    return b"".join(b"\\" + bytes([c]) if c in b"*?[]\\" else bytes([c]) for c in prefix)
