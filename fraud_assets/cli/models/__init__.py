"""`fraud-assets models`: look into the release store, verify it, and move production by hand."""

from __future__ import annotations

import argparse

from fraud_assets.cli.models import listing, looking, moving, pruning


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `models` with its own subcommands."""
    parser = subparsers.add_parser(
        "models",
        help="list, show, verify, roll back, override and prune model versions",
        description="The release store: FRAUD_ASSETS_MODELS or models/, verified with the keys "
        "in FRAUD_ASSETS_KEYS.",
    )
    commands = parser.add_subparsers(dest="models_command", required=True, metavar="COMMAND")
    for part in (listing, looking, moving, pruning):
        part.register(commands)
