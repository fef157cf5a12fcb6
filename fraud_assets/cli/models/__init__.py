"""`fraud-assets models`: look into the release store, verify it, and move production by hand."""

from __future__ import annotations

from fraud_assets.cli._common.command import Commands, add_group
from fraud_assets.cli.models import listing, looking, moving, pruning, shadowing


def register(subparsers: Commands) -> None:
    """Add `models` with its own subcommands."""
    commands = add_group(
        subparsers,
        "models",
        "list, show, verify, roll back, override, shadow and prune model versions",
        "The release store: FRAUD_ASSETS_MODELS or models/, verified with the keys "
        "in FRAUD_ASSETS_KEYS.",
    )
    for part in (listing, looking, moving, pruning, shadowing):
        part.register(commands)
