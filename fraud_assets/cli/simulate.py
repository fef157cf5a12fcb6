"""`fraud-assets simulate`: write a simulated gateway's transactions and a contract for them."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from fraud_assets.values.counted import counted


def register(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the subcommand; its defaults write the data that ships."""
    from fraud_assets.data.simulator import settings

    parser = subparsers.add_parser(
        "simulate",
        help="write simulated transactions and a contract that reads them",
        description=(
            "Simulates a crypto gateway: DIR/transactions/week_<Monday>.parquet and "
            "DIR/contract.toml. The same arguments give the same rows, in memory that does not "
            "grow with their number."
        ),
    )
    parser.add_argument(
        "--transactions",
        type=int,
        default=settings.DEFAULT_TRANSACTIONS,
        metavar="N",
        help="payments in all (default %(default)s)",
    )
    parser.add_argument(
        "--weeks",
        type=int,
        default=settings.DEFAULT_WEEKS,
        metavar="W",
        help=f"whole weeks, ending before {settings.END} (default %(default)s)",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=settings.DEFAULT_SEED,
        metavar="S",
        help="which simulated world (default %(default)s)",
    )
    parser.add_argument(
        "--fraud-rate",
        type=float,
        default=settings.DEFAULT_FRAUD_RATE,
        metavar="R",
        help="share of payments that are frauds (default %(default)s)",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Simulate, and say where the files lie."""
    from fraud_assets.data.simulator import simulate

    files = simulate(
        args.transactions,
        args.weeks,
        args.seed,
        args.out,
        args.fraud_rate,
        progress=_progress(),
    )
    size = sum(path.stat().st_size for path in files) / 1e6
    print(
        f"{counted(args.transactions, 'transaction')} in {counted(len(files), 'weekly file')} "
        f"({size:.1f} MB) under "
        f"{args.out / 'transactions'}, read by {args.out / 'contract.toml'}"
    )
    return 0


def _progress() -> Callable[[int, int], None]:
    """A line each five seconds with the rows so far and the time left."""
    start = last = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= 5 and done:
            last = now
            left = (now - start) * (total - done) / done
            print(
                f"{done:,} of {counted(total, 'transaction')}, about {left:.0f} s left", flush=True
            )

    return tell
