"""Counters in Prometheus' text format, summed over all workers.

Plain numbers, since one event loop is the only writer. Several workers leave a snapshot each in
a common folder once a second, and whichever is asked adds up the others' to its own. Of reloads
and refusals, which every worker sees, it tells the most that one of them saw.
"""

from __future__ import annotations

import contextlib
import os
from bisect import bisect_left
from collections import Counter
from pathlib import Path

import msgspec

from fraud_assets.service.net.connections import Connections

LATENCIES = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
"""Upper bounds of the latency histogram, seconds."""

SCORES = (0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Upper bounds of the histogram of probabilities."""


_KEYS = "Requests that an API key let in, by its name."
_CLOSED = "Connections that the service closed, by what was wrong with them."


class Numbers(msgspec.Struct):
    """Everything counted since the worker started."""

    requests: dict[str, int] = {}
    latency: list[int] = []
    latency_seconds: float = 0.0
    scores: list[int] = []
    score_sum: float = 0.0
    flagged: int = 0
    batch_payments: int = 0
    reloads: int = 0
    refusals: int = 0
    degraded: int = 0
    connections: int = 0
    keys: dict[str, int] = {}
    closed: dict[str, int] = {}


def _zero() -> Numbers:
    return Numbers(latency=[0] * (len(LATENCIES) + 1), scores=[0] * (len(SCORES) + 1))


class ServiceMetrics:
    """One worker's counters, and the text for all."""

    def __init__(
        self,
        folder: Path | None = None,
        connections: Connections | None = None,
        keys: Counter[str] | None = None,
    ) -> None:
        self.numbers, self._keys = _zero(), Counter() if keys is None else keys
        self.connections = connections or Connections()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._file = None if folder is None else folder / f"{os.getpid()}.json"

    def scored(self, probability: float, flagged: bool) -> None:
        """Count one score."""
        numbers = self.numbers
        numbers.scores[bisect_left(SCORES, probability)] += 1
        numbers.score_sum += probability
        if flagged:
            numbers.flagged += 1

    def answered(self, path: str, status: int, seconds: float) -> None:
        """Count one answer of the scoring routes, with the time it took."""
        self._requests[path, status] += 1
        numbers = self.numbers
        numbers.latency[bisect_left(LATENCIES, seconds)] += 1
        numbers.latency_seconds += seconds

    def leave_snapshot(self) -> None:
        """Write the counters where the other workers find them; the next time if not now."""
        if self._file is None:
            return
        fresh = self._file.with_suffix(".new")
        with contextlib.suppress(OSError):
            fresh.write_bytes(msgspec.json.encode(self._snapshot()))
            fresh.replace(self._file)

    def text(self, version: str, threshold: float) -> str:
        """All workers' counters as Prometheus reads them."""
        total = self._total()
        lines = [
            *_counter("requests_total", "Answers by path and status.", _requests(total.requests)),
            *_histogram("latency_seconds", LATENCIES, total.latency, total.latency_seconds),
            *_histogram("probability", SCORES, total.scores, total.score_sum),
            *_counter("flagged_total", "Payments flagged.", {"": total.flagged}),
            *_counter("batch_payments_total", "Scored in batches.", {"": total.batch_payments}),
            *_counter("reloads_total", "Versions taken into service.", {"": total.reloads}),
            *_counter("refused_versions_total", "Versions refused.", {"": total.refusals}),
            *_counter("key_uses_total", _KEYS, _labelled("key", total.keys)),
            *_counter("connections_closed_total", _CLOSED, _labelled("why", total.closed)),
            "# HELP fraud_assets_degraded 1 where the service does not serve what the store says.",
            "# TYPE fraud_assets_degraded gauge",
            f"fraud_assets_degraded {total.degraded}",
            "# HELP fraud_assets_connections Open connections.",
            "# TYPE fraud_assets_connections gauge",
            f"fraud_assets_connections {total.connections}",
            "# HELP fraud_assets_model_info The version that serves.",
            "# TYPE fraud_assets_model_info gauge",
            f'fraud_assets_model_info{{version="{version}"}} 1',
            "# HELP fraud_assets_threshold Probability from which a payment is flagged.",
            "# TYPE fraud_assets_threshold gauge",
            f"fraud_assets_threshold {threshold!r}",
        ]
        return "\n".join(lines) + "\n"

    def _snapshot(self) -> Numbers:
        self.numbers.requests = {
            f"{path} {n}": count for (path, n), count in self._requests.items()
        }
        self.numbers.connections = len(self.connections.open)
        self.numbers.keys = dict(self._keys)
        self.numbers.closed = dict(self.connections.closed)
        return self.numbers

    def _total(self) -> Numbers:
        parts = [self._snapshot()]
        if self._file is not None:
            others = set(self._file.parent.glob("*.json")) - {self._file}
            parts += [part for path in others if (part := _read(path)) is not None]
        total = _zero()
        for part in parts:
            _add(total, part)
        return total


def _read(path: Path) -> Numbers | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Numbers)
    except (OSError, msgspec.MsgspecError):
        return None


_ONCE = {"reloads", "refusals", "degraded"}
"""What every worker counts for itself though it happened once."""


def _add(total: Numbers, part: Numbers) -> None:
    for name in Numbers.__struct_fields__:
        mine, theirs = getattr(total, name), getattr(part, name)
        if isinstance(mine, dict):
            value: object = dict(Counter(mine) + Counter(theirs))
        elif isinstance(mine, list):
            value = [a + b for a, b in zip(mine, theirs, strict=True)]
        elif name in _ONCE:
            value = max(mine, theirs)
        else:
            value = mine + theirs
        setattr(total, name, value)


def _requests(counts: dict[str, int]) -> dict[str, int]:
    labelled = {}
    for key, count in sorted(counts.items()):
        path, status = key.split(" ")
        labelled[f'{{path="{path}",status="{status}"}}'] = count
    return labelled


def _labelled(name: str, counts: dict[str, int]) -> dict[str, int]:
    return {f"{{{name}={_quoted(key)}}}": count for key, count in sorted(counts.items())}


def _quoted(text: str) -> str:
    """A label's value as Prometheus reads it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _counter(name: str, text: str, values: dict[str, int]) -> list[str]:
    head = [f"# HELP fraud_assets_{name} {text}", f"# TYPE fraud_assets_{name} counter"]
    return head + [f"fraud_assets_{name}{labels} {value}" for labels, value in values.items()]


def _histogram(name: str, bounds: tuple[float, ...], counts: list[int], total: float) -> list[str]:
    lines = [f"# TYPE fraud_assets_{name} histogram"]
    running = 0
    for bound, count in zip((*bounds, "+Inf"), counts, strict=True):
        running += count
        lines.append(f'fraud_assets_{name}_bucket{{le="{bound}"}} {running}')
    return [*lines, f"fraud_assets_{name}_sum {total!r}", f"fraud_assets_{name}_count {running}"]
