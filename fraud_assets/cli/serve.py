"""`fraud-assets serve`: the scoring service on the version in production."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def register(subparsers: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "serve",
        help="serve the version in production over HTTP",
        description="Serves the version in production over HTTP, and follows each promotion "
        "within a second.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1")
    parser.add_argument("--port", type=_port, default=8000, help="default: 8000")
    parser.add_argument("--workers", type=_workers, default=1, help="processes; default: 1")
    parser.add_argument(
        "--version-dir", type=Path, metavar="DIR", help="serve this signed version, no pointer"
    )
    parser.add_argument(
        "--refused", action="store_true", help="with --version-dir: though it was refused"
    )
    parser.add_argument(
        "--last-good",
        type=Path,
        metavar="DIR",
        help="where a copy of what serves is kept, for a start without the store; default: in "
        "the user's state folder",
    )
    parser.add_argument(
        "--restored",
        action="store_true",
        help="take the store as it is, though it is older than this service has seen: such as "
        "one out of a backup",
    )
    parser.add_argument(
        "--api-keys", type=Path, metavar="FILE", help="lines of name:sha256; keys are then needed"
    )
    parser.add_argument(
        "--without-keys", action="store_true", help="listen beyond loopback without API keys"
    )
    parser.add_argument(
        "--allowed-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a further name by which the service may be called, such as a proxy's; without API "
        "keys it answers to localhost alone",
    )
    parser.add_argument(
        "--record-sync",
        action="store_true",
        help="answer a decision only after it is flushed to disk",
    )
    parser.add_argument(
        "--record-shared",
        action="store_true",
        help="share the record's folder with other services of this machine on the same state",
    )
    parser.add_argument(
        "--record-failing",
        choices=("refuse", "count"),
        default="refuse",
        help="what follows where the disk takes no decision: refuse to decide (503), or decide "
        "and count what is missing; default: refuse",
    )
    parser.add_argument(
        "--with-parent",
        type=int,
        metavar="PID",
        help="end when the process PID ends, which started this one",
    )
    parser.set_defaults(run=serve)


def serve(args: argparse.Namespace) -> int:
    """Run the service until it is told to stop."""
    from fraud_assets.contract.load import named_contracts
    from fraud_assets.errors import RefusedError
    from fraud_assets.store.keys import Keys
    from fraud_assets.store.store import default_root

    try:
        from fraud_assets.service.run import run_service
        from fraud_assets.service.settings import ServiceSettings
        from fraud_assets.service.versions.last_good import default_copy_folder
    except ImportError as error:
        raise RefusedError(
            f"Serving needs the serving extra, {error.name} is not installed; "
            "run: pip install 'fraud-assets[serve]'."
        ) from error
    models = default_root()
    return run_service(
        ServiceSettings(
            models=str(models),
            keys=Keys.default().folder,
            host=args.host,
            port=args.port,
            workers=args.workers,
            version_dir=args.version_dir,
            refused=args.refused,
            last_good=args.last_good or default_copy_folder(models),
            restored=args.restored,
            api_keys=args.api_keys,
            without_keys=args.without_keys,
            allowed_hosts=tuple(args.allowed_host),
            parent=args.with_parent,
            state=_state(args, models),
            decisions=_record(args),
            record_sync=args.record_sync,
            record_shared=args.record_shared,
            record_failing=args.record_failing,
            contracts=() if args.version_dir else named_contracts(),
        )
    )


def _record(args: argparse.Namespace) -> Path | None:
    """Where decisions are kept: FRAUD_ASSETS_DECISIONS; those of a proof are not."""
    import os

    from fraud_assets.decisions.log.settings import default_log_folder

    named = os.environ.get("FRAUD_ASSETS_DECISIONS")
    return None if args.version_dir is not None and not named else default_log_folder()


def _state(args: argparse.Namespace, models: object) -> str:
    """Where the state lies: FRAUD_ASSETS_STATE; of one signed version in memory, for its proof."""
    import os

    from fraud_assets.state.opening import MEMORY, default_place

    named = os.environ.get("FRAUD_ASSETS_STATE")
    return MEMORY if args.version_dir is not None and not named else named or default_place(models)


def _port(text: str) -> int:
    return _between(text, 0, 65535)


def _workers(text: str) -> int:
    return _between(text, 1, 64)


def _between(text: str, low: int, high: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise argparse.ArgumentTypeError(f"must be a number from {low} to {high}, got {text!r}")
    return number
