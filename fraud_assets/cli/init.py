"""`fraud-assets init FILE`: a first contract for a team's own transactions."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from fraud_assets.errors import DataError


def register(subparsers: Any) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "init", help="write a first contract by looking at a file, a comment at each guess"
    )
    parser.add_argument("file", type=Path, help="CSV or Parquet file of transactions")
    parser.add_argument("--out", type=Path, default=Path("contract.toml"), help="%(default)s")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the draft, never over an existing file; missing folders on its way are made."""
    from fraud_assets.contract import parse_contract
    from fraud_assets.data.draft_text import draft_contract

    if args.out.exists():
        raise DataError(f"{args.out} exists and is not overwritten; name another with --out.")
    text = draft_contract(args.file.resolve())
    parse_contract(text, base=args.out.resolve().parent, name=str(args.out))
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(text, encoding="utf-8")
    print(f"Wrote {args.out}. Check its guesses, then: export FRAUD_ASSETS_CONTRACT={args.out}")
    return 0
