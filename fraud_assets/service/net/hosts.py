"""By which names the service lets itself be called, where nothing but the machine guards it.

Without API keys the service listens on a loopback address, which every page in this machine's
browser can reach under a name of its own that leads there (DNS rebinding). Such a request bears
the foreign name in its Host header.
"""

from __future__ import annotations

from collections.abc import Iterable

from fraud_assets.service.settings import ServiceSettings, is_loopback

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_REMEMBERED = 64


class Hosts:
    """The names that are admitted; with none of them every name is."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(name.lower() for name in names)
        self._known: dict[bytes, bool] = {}

    def admits(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        """Whether each Host that was sent is admitted, whatever its port; browsers send one."""
        if not self._names:
            return True
        sent = [value for name, value in headers if name == b"host"]
        return all(map(self._is_known, sent))

    def _is_known(self, value: bytes) -> bool:
        found = self._known.get(value)
        if found is None:
            found = _bare(value.decode("latin-1")) in self._names
            if len(self._known) < _REMEMBERED:
                self._known[value] = found
        return found


def hosts_of(settings: ServiceSettings) -> Hosts:
    """Those that were named; without API keys on a loopback address its usual names too."""
    if settings.api_keys is not None or not is_loopback(settings.host):
        return Hosts(settings.allowed_hosts)
    return Hosts((*_LOOPBACK, settings.host, *settings.allowed_hosts))


def _bare(host: str) -> str:
    """The name without port, brackets and a last dot."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].removesuffix(".")
