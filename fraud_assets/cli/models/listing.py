"""`models list`: every version with its state."""

from __future__ import annotations

from fraud_assets.cli._common.command import Arguments, Commands
from fraud_assets.cli._common.store import open_store
from fraud_assets.cli._printing import print_json, print_table
from fraud_assets.cli.models._command import add_store_command
from fraud_assets.errors import StoreError

_COLUMNS, _BELOW = (
    ("version", "state", "as_of", "recall", "precision"),
    ("family", "verdict", "fault"),
)


def register(commands: Commands) -> None:
    """Add the subcommand."""
    add_store_command(commands, "list", _list, "all versions, what serves, and what was refused")


def _list(args: Arguments) -> int:
    import msgspec

    from fraud_assets.store.inventory import take_inventory

    store = open_store(args)
    found = take_inventory(store)
    rows = msgspec.to_builtins(found.versions)
    if args.json:
        moves = [move.to_dict() for move in found.moves]
        about = {"serving": found.serving, "fault": found.fault}
        print_json({"store": str(store.root), **about, "versions": rows, "moves": moves})
    elif rows:
        days = [{**row, "as_of": (row["as_of"] or "")[:10]} for row in rows]
        print_table(_COLUMNS, days, _BELOW)
    else:
        print(f"The store is empty, {store.root}; `make run` fills it.")
    if found.gravest:
        raise StoreError(found.gravest)
    return 0
