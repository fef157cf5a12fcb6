"""`fraud-assets backtest`: what the weekly run would have done over the history at hand."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any


def register(subparsers: Any) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "backtest",
        help="walk the weekly run over history: promise against outcome",
        description="Walks the weekly run over the contract's history, each week knowing only "
        "what was known then, and compares what was promised with what came. Goes on where it "
        "was interrupted.",
    )
    parser.add_argument("--weeks", type=_positive, help="only the newest N Mondays; default: all")
    parser.add_argument(
        "--search-every", type=_positive, default=6, metavar="K",
        help="search families and settings every K weeks, refit in between; default: 6",
    )  # fmt: skip
    parser.add_argument("--workers", type=_positive, help="processes; default: all cores")
    parser.add_argument("--out", type=Path, default=Path("backtest"), help="default: backtest/")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run it with progress on stderr and the table, or JSON, on stdout."""
    from fraud_assets.backtest.run import Options, backtest
    from fraud_assets.backtest.tables import backtest_table
    from fraud_assets.contract import load_contract
    from fraud_assets.documents.formats import write_document
    from fraud_assets.work.cores import cores
    from fraud_assets.work.registry import chosen_executor

    contract = load_contract()
    with chosen_executor(args.workers or cores()) as workers:
        options = Options(args.weeks, args.search_every, workers)
        result = backtest(contract, args.out, options, _say)
    if args.json:
        print(write_document(result).decode(), end="")
    else:
        print(backtest_table(result))
        print(f"\nWrote {args.out / 'backtest.json'} and {args.out / 'backtest.html'}.")
    return 0


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _positive(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, got {text!r}")
    return number
