"""`models prune`: remove what neither serves, nor may be rolled back to, nor made a decision."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fraud_assets.cli._common.command import Arguments, Commands
from fraud_assets.cli._common.store import open_own_store
from fraud_assets.cli._printing import print_json
from fraud_assets.cli.models._command import add_signer, add_store_command

if TYPE_CHECKING:
    from fraud_assets.store.storage.registry import Address


def register(commands: Commands) -> None:
    """Add the subcommand."""
    prune = add_store_command(
        commands,
        "prune",
        _prune,
        "remove versions that neither serve, nor may be rolled back to, nor decided what is kept",
    )
    prune.add_argument(
        "--keep", type=int, metavar="N", help="versions kept that served last; default: 12"
    )
    prune.add_argument(
        "--keep-version", action="append", default=[], metavar="VERSION", help="kept in any case"
    )
    prune.add_argument(
        "--keep-refused", type=int, metavar="N", help="refused candidates kept; default: 12"
    )
    prune.add_argument(
        "--refused-days", type=int, metavar="DAYS", help="refused candidates older than this go too"
    )
    prune.add_argument("--dry-run", action="store_true", help="say what would go")
    add_signer(prune, is_required=False)


def _prune(args: Arguments) -> int:
    from fraud_assets.store.pruning import KEPT, KEPT_REFUSED, Keep
    from fraud_assets.store.texts import default_actor

    store = open_own_store(args)
    keep = Keep(
        served=KEPT if args.keep is None else args.keep,
        refused=KEPT_REFUSED if args.keep_refused is None else args.keep_refused,
        refused_days=args.refused_days,
        named=frozenset(args.keep_version) | _needed(store.root),
    )
    gone = store.prune(
        keep,
        actor=args.actor or default_actor(),
        reason=args.reason or "models prune",
        is_trial=args.dry_run,
    )
    if args.json:
        print_json({"pruned": gone, "dry_run": args.dry_run})
        return 0
    for version in gone:
        print(f"{'would remove' if args.dry_run else 'removed'} {version}")
    if not gone:
        print("There is nothing to remove.")
    return 0


def _needed(root: Address) -> frozenset[str]:
    """Versions by which a decision on record was made.

    Looks into the default folder, beside the store, and one level below for several contracts.
    """
    from fraud_assets.decisions.log.settings import DEFAULT, default_log_folder
    from fraud_assets.decisions.reading import versions_needed

    logs = {default_log_folder(), *([root.parent / DEFAULT] if isinstance(root, Path) else [])}
    below = {path for log in logs if log.is_dir() for path in log.iterdir() if path.is_dir()}
    return frozenset().union(*(versions_needed(folder) for folder in logs | below))
