"""`fraud-assets decisions`: look into the record of decisions, verify it, replay it."""

from __future__ import annotations

from fraud_assets.cli._common.command import Commands, add_group
from fraud_assets.cli.decisions import (
    exporting,
    finding,
    forgetting,
    labelling,
    replaying,
    showing,
    signing,
)


def register(subparsers: Commands) -> None:
    """Add `decisions` with its own subcommands."""
    commands = add_group(
        subparsers,
        "decisions",
        "find, show, verify, replay, export and erase decisions on record",
        "The record of decisions: FRAUD_ASSETS_DECISIONS, or decisions/ beside the store.",
    )
    for part in (finding, showing, signing, replaying, labelling, exporting, forgetting):
        part.register(commands)
