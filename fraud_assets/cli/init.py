"""`fraud-assets init FILE`: a first contract for a team's own transactions."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fraud_assets.errors import DataError

if TYPE_CHECKING:
    from fraud_assets.data.draft import Question


def register(subparsers: Any) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "init",
        help="write a first contract by looking at a team's files",
        description="Writes a first contract by looking at a file, folder or glob of CSV or "
        "Parquet. Each guess says why and how sure it is; what is doubtful stands as a question "
        "at the top of the contract.",
    )
    parser.add_argument("source", help="file, folder, glob or URL of transactions")
    parser.add_argument("--out", type=Path, default=Path("contract.toml"), help="%(default)s")
    parser.add_argument("--label", metavar="COLUMN", help="the column that says what was fraud")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the draft, never over an existing file; missing folders on its way are made."""
    from fraud_assets.contract import parse_contract
    from fraud_assets.data.draft import contract_text, look

    if args.out.exists():
        raise DataError(f"{args.out} exists and is not overwritten; name another with --out.")
    base = args.out.resolve().parent
    found = look(_located(args.source, base), base, args.label)
    text = contract_text(found)
    parse_contract(text, base=base, name=str(args.out))
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(text, encoding="utf-8")
    print(f"Wrote {args.out} after looking at {found.sample.looked_at:,} rows.")
    _print_questions(found.questions, args.out)
    return 0


def _print_questions(questions: Sequence[Question], out: Path) -> None:
    for at, question in enumerate(questions, 1):
        print(textwrap.fill(f"{at}. {question.key}: {question.text}", 80, subsequent_indent="   "))
    if questions:
        count = (
            "One question stands" if len(questions) == 1 else f"{len(questions)} questions stand"
        )
        print(f"{count} at the top of {out} with what to write instead; answer first.")
    print(f"Then: fraud-assets check {out}")


def _located(source: str, base: Path) -> str:
    """The source as the contract names it: relative where it lies below the contract."""
    if "://" in source or "${" in source:
        return source
    path = Path(source).expanduser().absolute()
    return str(path.relative_to(base) if path.is_relative_to(base) else path)
