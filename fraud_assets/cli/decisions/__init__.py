"""`fraud-assets decisions`: look into the record of decisions, verify it, replay it."""

from __future__ import annotations

import argparse

from fraud_assets.cli.decisions import exporting, forgetting, labelling, replaying, showing, signing


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `decisions` with its own subcommands."""
    parser = subparsers.add_parser(
        "decisions",
        help="show, verify, replay, export and erase decisions on record",
        description="The record of decisions: FRAUD_ASSETS_DECISIONS, or decisions/ beside the "
        "store.",
    )
    commands = parser.add_subparsers(dest="decisions_command", required=True, metavar="COMMAND")
    for part in (showing, signing, replaying, labelling, exporting, forgetting):
        part.register(commands)
