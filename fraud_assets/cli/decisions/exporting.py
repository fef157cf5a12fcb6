"""`decisions export`: copy what is new of the record to Parquet, or to PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from fraud_assets.cli._common.command import Arguments, Commands
from fraud_assets.cli._printing import print_json
from fraud_assets.cli.decisions._command import add_log_command, folder_of
from fraud_assets.errors import UsageError
from fraud_assets.values.counted import counted


def register(commands: Commands) -> None:
    """Add the subcommand."""
    parser = add_log_command(
        commands, "export", _export, "copy what is new of the record, personal values covered"
    )
    parser.add_argument("--parquet", type=Path, metavar="FOLDER", help="to Parquet files by day")
    parser.add_argument(
        "--database",
        action="store_true",
        help="to the PostgreSQL that FRAUD_ASSETS_DATABASE names",
    )


def _export(args: Arguments) -> int:
    if args.parquet is None and not args.database:
        raise UsageError("decisions export must be given --parquet FOLDER, --database, or both.")
    folder, found = folder_of(args), {}
    if args.parquet is not None:
        from fraud_assets.decisions.copies.parquet import copy_to_parquet

        found[str(args.parquet)] = copy_to_parquet(folder, args.parquet)
    if args.database:
        from fraud_assets.decisions.copies.postgres import copy_to_postgres, demand_database

        found["database"] = copy_to_postgres(folder, demand_database())
    if args.json:
        import msgspec

        print_json(msgspec.to_builtins(found))
        return 0
    for place, copied in found.items():
        print(
            f"{counted(copied.decisions, 'decision')} and {counted(copied.labels, 'label')} "
            f"copied to {place}."
        )
    return 0
