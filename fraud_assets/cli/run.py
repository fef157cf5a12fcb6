"""`fraud-assets run`: the chain once, in this process, in a few lines."""

from __future__ import annotations

import argparse
import sys
from typing import Any


def register(subparsers: Any) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "run",
        help="run the whole chain once: from raw transactions to a published model",
        description="Runs the whole chain once in this process, as the weekly schedule does: the "
        "same graph, checks and gate, recorded in the same Dagster instance. Dagster's own log "
        "goes to a file. Exit 0: published; 1: refused or failed; 2: a faulty contract.",
    )
    parser.add_argument(
        "--as-of",
        metavar="DATE",
        help="an earlier week: that day's beginning, UTC; default: newest",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run it; a refusal's sentence and its report come last."""
    from fraud_assets.cli._watching import Watching
    from fraud_assets.contract import load_contract
    from fraud_assets.errors import RefusedError

    contract = load_contract()  # a faulty contract ends with an exit code of its own
    try:
        from fraud_assets.orchestration.terminal import run_week
        from fraud_assets.preflight import Place, demand_workable
    except ImportError as error:
        raise RefusedError(
            f"The chain needs its extra, {error.name} is not installed; "
            "run: pip install 'fraud-assets[chain,serve]'."
        ) from error
    demand_workable(Place.here(contract))  # before Dagster looks for a home folder of its own
    with Watching() as watching:
        outcome = run_week(watching, args.as_of)
    if outcome.succeeded:
        return 0
    print(f"{watching.reason or 'The run failed.'}\nlog: {outcome.log}", file=sys.stderr)
    return 1
