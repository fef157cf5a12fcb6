"""How fast POST /decisions is, beside /predict, FastAPI's constant, and a bare script call.

    python -m benchmarks.decisions             one server, 16 connections, 2 % flagged
    python -m benchmarks.decisions --big       one entity of a million payments; a million senders

Servers (and Valkey) are pinned to one core, the load to another; all sides are measured in short
rounds, forwards and backwards in turn, and compared by the median of the rounds' ratios, in
requests a second and in processor time a request, which other work on the machine hardly changes.
Writes benchmarks/out/decisions.json, and ends with 1 where a bound is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.decisions_big import big
from benchmarks.decisions_servers import Side, rival, service, valkey
from benchmarks.decisions_world import Gateway, left, publish_for
from benchmarks.serve import measure, missed
from benchmarks.serve_before import processor_seconds
from benchmarks.serve_world import new_store
from fraud_assets.decisions.reading import read_decisions

OUT = Path(__file__).parent / "out"
PLAIN = "plain.json"
MOST_A_SECOND = 20_000
"""Payments made ready for each second of load; a side that asks for more ends the benchmark."""


def sides(stack: ExitStack, folder: Path, gateway: Gateway) -> dict[str, Side]:
    """All servers, up, and what /predict is asked in `PLAIN`."""
    store, past = new_store(folder), list(gateway.past())
    (folder / PLAIN).write_text(json.dumps(publish_for(store, gateway, past)))
    found: dict[str, Side] = {}
    for name, recorded in (("decisions", True), ("without record", False)):
        place = folder / name.replace(" ", "-")
        left(place / "state", past)
        up = stack.enter_context(service(store, place, str(place / "state"), recorded=recorded))
        found[name] = Side(*up, "/decisions", is_raw=True)
    found["predict"] = found["decisions"]._replace(path="/predict", is_raw=False)
    found["fastapi_constant"] = rival(stack, "fastapi_constant")
    url = stack.enter_context(valkey())
    left(url, past)
    up = stack.enter_context(service(store, folder / "valkey", url))
    found["on valkey"] = Side(*up, "/decisions", is_raw=True)
    found["bare script"] = rival(stack, "script", "--url", url)
    return found


def in_rounds(
    up: dict[str, Side], folder: Path, make: Callable[[int], list[Any]], rounds: int, seconds: float
) -> dict[str, list[dict[str, Any]]]:
    """Every side in every round, forwards and backwards in turn."""
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in up}
    for at in range(rounds):
        for name in list(up)[:: 1 if at % 2 == 0 else -1]:
            side, bodies, ready = up[name], folder / PLAIN, 0
            if side.is_raw:
                bodies, ready = folder / "raw.json", int(MOST_A_SECOND * (seconds + 0.6))
                bodies.write_text(json.dumps(make(ready)))
            before = processor_seconds(side.pid)
            found = measure(side.pid, side.port, bodies, seconds, "--path", side.path)
            found["cpu_us"] = 1e6 * (processor_seconds(side.pid) - before) / found["all"]
            if side.is_raw and found["all"] > ready:
                raise SystemExit(f"{name} asked for more than {ready} payments; raise the number.")
            runs[name].append(found)
    return runs


def told(runs: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Each figure's median over the rounds, and what failed in any."""
    names = ("requests_per_second", "p50_ms", "p99_ms", "cpu_us")
    return {
        side: {name: median(float(run[name]) for run in found) for name in names}
        | {"failed": sum(int(run["failed"]) for run in found)}
        for side, found in runs.items()
    }


def judge(runs: dict[str, list[dict[str, Any]]], flagged: float) -> dict[str, Any]:
    """What was asked for, and whether it is so."""

    def ratio(ours: str, other: str, key: str = "requests_per_second") -> float:
        pairs = zip(runs[ours], runs[other], strict=True)
        return median(float(a[key]) / float(b[key]) for a, b in pairs)

    def later(ours: str, other: str) -> float:
        pairs = zip(runs[ours], runs[other], strict=True)
        return median(float(a["p99_ms"]) - float(b["p99_ms"]) for a, b in pairs)

    p99 = median(float(run["p99_ms"]) for run in runs["decisions"])
    failed = sum(int(run["failed"]) for found in runs.values() for run in found)
    of_predict, of_constant = ratio("decisions", "predict"), ratio("decisions", "fastapi_constant")
    of_script, kept = ratio("on valkey", "bare script"), ratio("decisions", "without record")
    cost = ratio("decisions", "without record", "cpu_us")
    found = {
        "requests of /predict's (at least 1/3)": (of_predict, of_predict >= 1 / 3),
        "requests of FastAPI's constant (over 1)": (of_constant, of_constant > 1),
        "p99 ms (under 10)": (p99, p99 < 10),
        "on Valkey, requests of a bare script call's (at least 1/2)": (of_script, of_script >= 0.5),
        "requests with record by those without (at least 0.95)": (kept, kept >= 0.95),
        "processor time with record by that without (aim 1.05)": (cost, cost <= 1.05),
        "p99 ms with record later by (at most 1)": (
            later("decisions", "without record"),
            later("decisions", "without record") <= 1,
        ),
        "share flagged (0.01 to 0.04)": (flagged, 0.01 <= flagged <= 0.04),
        "failed requests (0)": (failed, not failed),
    }
    return {name: {"value": value, "met": bool(met)} for name, (value, met) in found.items()}


def _flagged(log: Path) -> float:
    decisions = read_decisions(log)
    return sum(decision.is_flagged for decision in decisions) / max(len(decisions), 1)


def measured(rounds: int, seconds: float) -> dict[str, Any]:
    """All sides in rounds, and what was asked for."""
    with tempfile.TemporaryDirectory() as name:
        folder, gateway = Path(name), Gateway()
        with ExitStack() as stack:
            runs = in_rounds(sides(stack, folder, gateway), folder, gateway.now, rounds, seconds)
        asked = judge(runs, _flagged(folder / "decisions" / "log"))
    return {"runs": told(runs), "asked": asked}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--big", action="store_true")
    args = parser.parse_args()
    load_before = os.getloadavg()[0]
    result = big() if args.big else measured(args.rounds, args.seconds)
    for name, run in result["runs"].items():
        print(f"{name:24}" + "".join(f"{key:>21} {value:,.2f}" for key, value in run.items()))
    for name, one in result["asked"].items():
        print(f"{'met' if one['met'] else 'MISSED':7} {name}: {one['value']:,.3f}")
    OUT.mkdir(exist_ok=True)
    file = OUT / ("decisions_big.json" if args.big else "decisions.json")
    file.write_text(json.dumps(result | {"load_average_before": load_before}, indent=1) + "\n")
    print(f"Load average before: {load_before:.1f}. Written to {file.name}.")
    return 1 if missed(result["asked"]) else 0


if __name__ == "__main__":
    sys.exit(main())
