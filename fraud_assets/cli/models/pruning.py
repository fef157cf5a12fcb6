"""`models prune`: remove what neither serves nor may be rolled back to, on record."""

from __future__ import annotations

from fraud_assets.cli._printing import print_json
from fraud_assets.cli.models._command import Arguments, Commands, add_command, open_store, signed_by


def register(commands: Commands) -> None:
    """Add the subcommand."""
    prune = add_command(
        commands, "prune", _prune, "remove versions that neither serve nor may be rolled back to"
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
    signed_by(prune, is_required=False)


def _prune(args: Arguments) -> int:
    from fraud_assets.store.pruning import KEPT, KEPT_REFUSED, Keep
    from fraud_assets.store.texts import default_actor

    keep = Keep(
        served=KEPT if args.keep is None else args.keep,
        refused=KEPT_REFUSED if args.keep_refused is None else args.keep_refused,
        refused_days=args.refused_days,
        named=frozenset(args.keep_version),
    )
    gone = open_store(args).prune(
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
