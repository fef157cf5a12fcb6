"""A service with a shadow beside one without: the same load in turn, both on one core.

The shadow's process shares the server's core, at the lowest priority: what it takes would show in
the slowest answers.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.decisions import in_rounds, told
from benchmarks.decisions_servers import Side, service
from benchmarks.decisions_world import Gateway, left
from benchmarks.finish import finish
from benchmarks.serve_world import fit, new_store, payments, publish, threshold_for
from fraud_assets.decisions.reading import read_entries
from fraud_assets.documents.decision import Decision, Shadowed

OUT = Path(__file__).parent / "out" / "shadow.json"
FAMILIES = ("hist_gradient_boosting", "gradient_boosting")
MOST = 1.10
"""Largest ratio of the p99 with a shadow to that without."""


def measured(rounds: int, seconds: float) -> dict[str, Any]:
    """Both services in rounds, forwards and backwards in turn; what the shadow has scored."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder, gateway = Path(name), Gateway()
        past, up = list(gateway.past()), {}
        for side, wanted in (("off", False), ("on", True)):
            own = folder / side
            own.mkdir()
            store, sent = new_store(own), payments(4000, 5)
            for family in FAMILIES:
                pipeline = fit(family)
                threshold = threshold_for(pipeline, sent, 0.02)
                live = f"\n[live]\nrelease_share = 1.0\nshadow = {str(wanted).lower()}\n"
                publish(store, pipeline, threshold, family, live=live)
            left(own / "state", past)
            pid, port = stack.enter_context(service(store, own, str(own / "state")))
            up[side] = Side(pid, port, "/decisions", is_raw=True)
        runs = in_rounds(up, folder, gateway.now, rounds, seconds)
        time.sleep(2.0)
        entries = list(read_entries(folder / "on" / "log"))
        ratios = [b["p99_ms"] / a["p99_ms"] for a, b in zip(runs["off"], runs["on"], strict=True)]
        failed = sum(int(run["failed"]) for found in runs.values() for run in found)
        return {
            "runs": told(runs),
            "p99_ratio": median(ratios),
            "p99_ratios": [round(one, 3) for one in ratios],
            "decisions": sum(isinstance(one, Decision) for one in entries),
            "scored_by_shadow": sum(isinstance(one, Shadowed) for one in entries),
            "failed": failed,
        }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=1.5)
    args = parser.parse_args()
    started = time.monotonic()
    found = measured(args.rounds, args.seconds)
    rows = [
        f"{name:4} {run['requests_per_second']:9,.0f} requests/s  p50 {run['p50_ms']:.2f} ms  "
        f"p99 {run['p99_ms']:.2f} ms"
        for name, run in found["runs"].items()
    ]
    ratio, scored = found["p99_ratio"], found["scored_by_shadow"]
    rows.append(f"p99 with the shadow by that without, median of rounds: {ratio:.3f} ({MOST})")
    rows.append(f"{scored:,} of {found['decisions']:,} decisions scored by the shadow so far")
    rows.append(f"{found['failed']} requests failed")
    finish("\n".join(rows), found, OUT, started)
    return 1 if found["p99_ratio"] > MOST or found["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
