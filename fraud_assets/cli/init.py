"""`fraud-assets init FILE` or `--table NAME`: a first contract for a team's own transactions."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fraud_assets.cli._tables import paragraph
from fraud_assets.errors import DataError
from fraud_assets.values.counted import counted

if TYPE_CHECKING:
    from fraud_assets.checkup import Checkup
    from fraud_assets.contract import Contract
    from fraud_assets.contract.sections.source import Source
    from fraud_assets.draft import FirstLook


def register(subparsers: Any) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "init",
        help="write a first contract by looking at a team's files or table",
        description="Writes a first contract by looking at a file, folder or glob of CSV or "
        "Parquet, or at a table or query of PostgreSQL. Each guess says why and how sure it is; "
        "what is doubtful stands as a question at the top of the contract.",
    )
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("source", nargs="?", help="file, folder, glob or URL of transactions")
    place.add_argument("--table", metavar="NAME", help="a table or view, such as shop.payments")
    place.add_argument("--query", metavar="SELECT", help="a SELECT instead of a table")
    parser.add_argument(
        "--database",
        metavar="VARIABLE",
        help="the environment variable with the database's URL, default: FRAUD_ASSETS_SOURCE",
    )
    parser.add_argument("--out", type=Path, default=Path("contract.toml"), help="%(default)s")
    parser.add_argument("--label", metavar="COLUMN", help="the column that says what was fraud")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the draft, never over an existing file; missing folders on its way are made."""
    from fraud_assets.checkup import check_up
    from fraud_assets.contract import parse_contract
    from fraud_assets.draft import contract_text, take_first_look

    if args.out.exists():
        raise DataError(f"{args.out} exists and is not overwritten; name another with --out.")
    base = args.out.resolve().parent
    found = take_first_look(_source(args, base), base, args.label)
    text = contract_text(found)
    contract = parse_contract(text, base=base, name=str(args.out))
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(text, encoding="utf-8")
    print("\n".join(_lines(found, check_up(contract), contract, args.out)))
    return 0


def _lines(found: FirstLook, checkup: Checkup, contract: Contract, out: Path) -> Iterator[str]:
    """What the draft reads, month by month, and what only the owner knows."""
    from fraud_assets.cli.check import by_month, overview

    yield f"Wrote {out} after a look at {counted(found.sample.looked_at, 'row')}; it reads:"
    yield ""
    yield from overview(checkup, contract.name, contract.columns.currency)
    if checkup.months:
        yield from ("", *by_month(checkup))
    for warned in (warned for warned in checkup.warnings if warned.stops):
        yield from ("", *paragraph(warned.text, f"{warned.code}: "))
    if found.questions:
        yield ""
        count = len(found.questions)
        stand = counted(count, "question stands", "questions stand")
        yield f"{stand} at the top of {out}, with what to write instead:"
    for at, question in enumerate(found.questions, 1):
        yield from paragraph(question.text, f"{at}. {question.key}: ")
    yield ""
    yield f"Next: fraud-assets check {out}"


def _source(args: argparse.Namespace, base: Path) -> Source:
    """Where the payments lie, as the contract names it."""
    from fraud_assets.contract.sections.source import Source

    if any(map(_is_database_url, (args.source, args.database))):
        raise DataError(
            "A database's URL must stand in the environment and not in a command, where others can "
            "see it: set FRAUD_ASSETS_SOURCE to it, then run fraud-assets init --table NAME."
        )
    if args.source is not None:
        return Source(path=_located(args.source, base))
    if args.database is not None and not args.database.isidentifier():
        raise DataError(
            "--database must name an environment variable, such as FRAUD_ASSETS_SOURCE, but names "
            "none."
        )
    named = {"table": args.table, "query": args.query, "database": args.database}
    return Source.model_validate({key: value for key, value in named.items() if value})


def _is_database_url(word: str | None) -> bool:
    return word is not None and word.strip().startswith(("postgresql:", "postgres:"))


def _located(source: str, base: Path) -> str:
    """The source as the contract names it: relative where it lies below the contract."""
    if "://" in source or "${" in source:
        return source
    path = Path(source).expanduser().absolute()
    return str(path.relative_to(base) if path.is_relative_to(base) else path)
