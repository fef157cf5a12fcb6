"""`fraud-assets schema`: write the JSON Schema of every document that this release writes."""

from __future__ import annotations

import argparse
from pathlib import Path


def register(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "schema",
        help="write the JSON Schema of every document, or the contract's reference",
        description=(
            "Writes DIR/<document>.json for each document that this release writes, such as "
            "report.json, metadata.json and backtest.json."
        ),
    )
    parser.add_argument(
        "--out", type=Path, default=Path("schemas"), metavar="DIR", help="default %(default)s"
    )
    parser.add_argument(
        "--reference",
        type=Path,
        metavar="FILE",
        help="write the contract's reference there instead",
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    if args.reference is not None:
        from fraud_assets.contract.reference import contract_reference

        args.reference.write_text(contract_reference(), encoding="utf-8")
        print(args.reference)
        return 0
    from fraud_assets.documents.schemas import schema_files

    args.out.mkdir(parents=True, exist_ok=True)
    for name, schema in schema_files().items():
        (args.out / name).write_bytes(schema)
        print(args.out / name)
    return 0
