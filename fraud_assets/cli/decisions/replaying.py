"""`decisions replay`: make one decision again, or all of a range, and compare bit by bit."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from fraud_assets.cli._common.command import Arguments, Commands
from fraud_assets.cli._common.store import add_store_option, open_store
from fraud_assets.cli._printing import print_json
from fraud_assets.cli.decisions._command import (
    add_log_command,
    add_range,
    demand_decision,
    folder_of,
)
from fraud_assets.errors import RecordError, UsageError
from fraud_assets.values.counted import counted

if TYPE_CHECKING:
    from fraud_assets.replay.many import Summary

_PROGRESS_SECONDS = 2.0


def register(commands: Commands) -> None:
    """Add the subcommand."""
    parser = add_log_command(
        commands, "replay", _replay, "score decisions again by their own signed versions"
    )
    parser.add_argument("id", metavar="ID", nargs="?", help="the decision's id")
    parser.add_argument("--all", action="store_true", help="every decision of the range")
    add_range(parser)
    parser.add_argument(
        "--jobs", type=int, metavar="N", help="processes for --all (default: one for each core)"
    )
    add_store_option(parser)


def _replay(args: Arguments) -> int:
    if args.all == (args.id is not None):
        raise UsageError("decisions replay must be given one ID, or --all.")
    if args.jobs is not None and args.jobs < 1:
        raise UsageError(f"--jobs must be at least 1, got {args.jobs}.")
    return _all(args) if args.all else _one(args)


def _one(args: Arguments) -> int:
    import msgspec

    from fraud_assets.decisions.erasure import DecisionOpener, keys_folder
    from fraud_assets.replay.one import replay
    from fraud_assets.replay.versions import Versions

    folder = folder_of(args)
    decision = demand_decision(folder, args.id)
    opened = DecisionOpener(keys_folder(folder)).demand
    found = replay(decision, Versions(open_store(args)), opened)
    if args.json:
        print_json(msgspec.to_builtins(found))
    else:
        print(found.sentence())
    return 0 if found.standing == "match" else 1


def _all(args: Arguments) -> int:
    import msgspec

    from fraud_assets.decisions.erasure import keys_folder
    from fraud_assets.replay.many import Range, Workshop, replay_all
    from fraud_assets.work.cores import cores

    store, folder = open_store(args), folder_of(args)
    workshop = Workshop(store.root, store.keys.folder, keys_folder(folder))
    began = time.monotonic()
    span = Range(args.since, args.until)
    found = replay_all(folder, workshop, span, args.jobs or cores(), _Progress())
    if args.json:
        print_json({**msgspec.to_builtins(found), "seconds": time.monotonic() - began})
    else:
        _print(found, time.monotonic() - began)
    if found.match < found.total:
        raise RecordError(
            f"{found.total - found.match:,} of {counted(found.total, 'decision')} do not match."
        )
    return 0


def _print(found: Summary, seconds: float) -> None:
    for one in found.first:
        print(one.sentence())
    versions = len(found.versions)
    print(
        f"{found.match:,} of {counted(found.total, 'decision')} match, by {versions} "
        f"version{'s' if versions != 1 else ''}; {found.differs:,} differ, {found.erased:,} are "
        f"erased, {found.unavailable:,} have no version to ask; {seconds:.1f} s."
    )


class _Progress:
    """Says now and then how many are done, beside what is printed."""

    def __init__(self) -> None:
        self._said = time.monotonic()

    def __call__(self, done: int) -> None:
        if time.monotonic() - self._said > _PROGRESS_SECONDS:
            self._said = time.monotonic()
            print(f"{counted(done, 'decision')} replayed", file=sys.stderr)
