"""`fraud-assets keys`: list and check the keys that sign, and put a new pair in their place."""

from __future__ import annotations

from fraud_assets.cli._common.command import Arguments, Commands, add_command, add_group
from fraud_assets.cli._printing import print_json, print_table
from fraud_assets.store.texts import printable

_COLUMNS, _BELOW = ("fingerprint", "role", "since"), ("cause", "actor", "reason")


def register(subparsers: Commands) -> None:
    """Add `keys` with its own subcommands."""
    commands = add_group(
        subparsers,
        "keys",
        "list, check and rotate the keys that sign versions and moves",
        "The signing keys in FRAUD_ASSETS_KEYS, or in this user's configuration. What "
        "a rotated key has signed stays trusted; services follow by themselves.",
    )
    add_command(commands, "list", _list, "the trusted keys, oldest first, and how each came")
    add_command(
        commands, "check", _check, "files, permissions, records of rotations, and the stores"
    )
    rotate = add_command(commands, "rotate", _rotate, "let a new pair sign from now on, on record")
    rotate.add_argument("--actor", required=True, metavar="NAME", help="who decides this")
    rotate.add_argument("--reason", required=True, metavar="TEXT", help="why")
    rotate.add_argument(
        "--adopt",
        action="store_true",
        help="the private key is lost: nobody introduces the new pair, so that each scoring "
        "machine must be given the new public.pem",
    )


def _list(args: Arguments) -> int:
    import msgspec

    from fraud_assets.store.keys import Keys
    from fraud_assets.store.keys.overview import list_keys
    from fraud_assets.store.places import default_root

    rows = msgspec.to_builtins(list_keys(Keys.default(), default_root()))
    if args.json:
        print_json(rows)
    else:
        short = [{**row, "fingerprint": row["fingerprint"][:12]} for row in rows]
        print_table(_COLUMNS, short, _BELOW)
    return 0


def _check(args: Arguments) -> int:
    from fraud_assets.store.keys import Keys
    from fraud_assets.store.keys.overview import check_keys
    from fraud_assets.store.store import Store, default_root, stores_under

    keys = Keys.default()
    stores = [Store(root, keys) for root in stores_under(default_root())]
    found = list(check_keys(keys, [(store.root, store.position) for store in stores]))
    if args.json:
        print_json([{"what": what, "fault": fault} for what, fault in found])
    else:
        for what, fault in found:
            print(printable(f"{what}: {fault or 'holds'}"))
    return 1 if any(fault for _, fault in found) else 0


def _rotate(args: Arguments) -> int:
    import msgspec

    from fraud_assets.store.keys import Keys
    from fraud_assets.store.keys.pem import fingerprint, load_public
    from fraud_assets.store.keys.rotation import rotate

    keys = Keys.default()
    record = rotate(keys.folder, actor=args.actor, reason=args.reason, is_lost=args.adopt)
    if args.json:
        print_json(msgspec.to_builtins(record))
        return 0
    name = fingerprint(load_public(record.new.encode()))[:12]
    print(f"{record.cause}: {name} signs from now on; what was signed before stays trusted.")
    if args.adopt:
        print(f"Give every scoring machine the new {keys.public}: none trusts it by itself.")
    else:
        print(f"Services follow with the next move; new machines get {keys.public}.")
    return 0
