"""`make bench-quality`: the public sets beside the best published figures, and peers beside us.

`--only handbook-defaults` repeats the handbook's chapter 3 alone, `--only peers` compares the
chain with FLAML, LightGBM, XGBoost and CatBoost where those are installed, on the public sets, the
shipped weeks and made-up worlds; `--set ulb_creditcard` takes one of these sets alone, `--minutes`
bounds our search and FLAML on each. Seeds are fixed: a second run gives the same quality columns,
FLAML's apart, which counts seconds. Nothing is chosen on test rows.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks import quality_handbook, quality_peers, quality_ulb
from benchmarks.public_data import missing
from benchmarks.quality_tables import (
    show_defaults,
    show_history,
    show_peers,
    show_prequential,
    show_ulb,
)

OUT = Path(__file__).parent / "out" / "quality.json"
SECTIONS = ("handbook-defaults", "handbook-prequential", "handbook-history", "ulb", "peers")


def main() -> int:
    """Run the sections asked for, print tables, write the figures; 1 where an aim is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("--only", choices=SECTIONS, action="append", help="run this section")
    parser.add_argument("--set", choices=quality_peers.SETS, action="append", help="of peers")
    parser.add_argument(
        "--side",
        choices=quality_peers.SIDES,
        action="append",
        help="of peers: run this one alone and read again what the others said before",
    )
    parser.add_argument("--again", action="store_true", help="of peers: run none, show them again")
    parser.add_argument(
        "--minutes", type=float, default=quality_peers.MINUTES, help="for a set of peers"
    )
    parser.add_argument(
        "--rows", type=int, default=quality_peers.MOST_ROWS, help="newest rows that peers fit on"
    )
    arguments = parser.parse_args()
    wanted = arguments.only or list(SECTIONS)
    compared = tuple(arguments.set or quality_peers.SETS) if "peers" in wanted else ()
    sets = ["handbook"] if any(name.startswith("handbook") for name in wanted) else []
    needed = [name for name in compared if name in quality_peers.CONTRACTS]
    absent = missing(*sets, *needed, *(["ulb_creditcard"] if "ulb" in wanted else []))
    if absent:
        print(absent, file=sys.stderr)
        return 1
    results: dict[str, Any] = {}
    if sets:
        _handbook(wanted, results)
    if "ulb" in wanted:
        results["ulb"] = quality_ulb.ulb()
        show_ulb(results["ulb"])
    if compared:
        results["peers"] = quality_peers.peers(
            compared,
            minutes=arguments.minutes,
            most_rows=arguments.rows,
            sides=tuple(arguments.side or ()) if arguments.side or arguments.again else None,
        )
        show_peers(results["peers"])
    OUT.parent.mkdir(exist_ok=True)
    earlier = json.loads(OUT.read_text()) if OUT.exists() else {}
    OUT.write_text(json.dumps(together(earlier, results), indent=2) + "\n")
    missed = [name for name, result in results.items() if not result.get("held", True)]
    print(f"Aims missed: {', '.join(missed)}." if missed else "Every aim was reached.")
    return 1 if missed else 0


def together(earlier: dict[str, Any], results: dict[str, Any]) -> dict[str, Any]:
    """What earlier runs wrote, this run in its place; sets of peers stay beside each other."""
    found = earlier | results
    if "peers" in results:
        sets = earlier.get("peers", {}).get("sets", {}) | results["peers"]["sets"]
        found["peers"] = results["peers"] | {"sets": sets, "held": quality_peers.all_held(sets)}
    return found


def _handbook(wanted: list[str], results: dict[str, Any]) -> None:
    rows, seconds = quality_handbook.rich_rows()
    print(f"Handbook: {len(rows):,} rows read and derived in {seconds:.0f} s.", flush=True)
    if "handbook-defaults" in wanted:
        results["handbook-defaults"] = result = quality_handbook.defaults(rows)
        show_defaults(result)
    if "handbook-prequential" in wanted or "handbook-history" in wanted:
        results["handbook-prequential"] = result = quality_handbook.prequential(rows)
        result["reading_seconds"] = seconds
        show_prequential(result)
    if "handbook-history" in wanted:
        history = quality_handbook.other_histories(rows, result["chosen"], result["days"])
        results["handbook-history"] = history
        show_history(history)


if __name__ == "__main__":
    sys.exit(main())
