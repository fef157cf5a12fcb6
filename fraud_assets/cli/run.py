"""`fraud-assets run`: the chain once, in this process, in a few lines."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fraud_assets.documents.signed.move import Move
    from fraud_assets.orchestration.settings import Settings


def register(subparsers: Any) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "run",
        help="run the whole chain once: from raw transactions to a published model",
        description="Runs the whole chain once in this process, as the weekly schedule does: the "
        "same graph, checks and gate, recorded in the same Dagster instance. Dagster's own log "
        "goes to a file. Exit 0: published; 1: refused or failed; 2: a faulty contract.",
    )
    parser.add_argument(
        "--as-of",
        metavar="DATE",
        help="an earlier week: that day's beginning, UTC; default: newest",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run it; a refusal's sentence and its report come last.

    Where the environment names a folder of contracts, their chains run one after the other; one
    that is refused stops no other.
    """
    from fraud_assets.contract.load import default_contract_path
    from fraud_assets.errors import RefusedError

    try:
        from fraud_assets.orchestration.settings import Settings
        from fraud_assets.orchestration.several import settings_of
    except ImportError as error:
        raise RefusedError(
            f"The chain needs its extra, {error.name} is not installed; "
            "run: pip install 'fraud-assets[chain,serve]'."
        ) from error
    path = default_contract_path()
    if not path.is_dir():
        return _run_one(Settings(), None, args.as_of)
    codes = []
    for name, settings in settings_of(path).items():
        print(f"{name}:")
        codes.append(_run_one(settings, name, args.as_of))
    return max(codes)


def _run_one(settings: Settings, chain: str | None, as_of: str | None) -> int:
    from fraud_assets.cli._watching import Watching
    from fraud_assets.preflight import demand_workable

    settings.contract()  # a faulty contract ends with an exit code of its own
    demand_workable(settings.place())  # before Dagster looks for a home folder of its own
    from fraud_assets.orchestration.terminal import run_week

    before = settings.store().current()
    with Watching() as watching:
        outcome = run_week(watching, as_of, settings, chain)
    if watching.interrupted_in is not None:
        raise KeyboardInterrupt(_interrupted(watching.interrupted_in, before, settings))
    if outcome.succeeded:
        return 0
    log = f"\nlog: {outcome.log}" if outcome.log is not None else ""
    print(f"{watching.reason or 'The run failed.'}{log}", file=sys.stderr)
    return 1


def _interrupted(step: str, before: Move | None, settings: Settings) -> str:
    """What an interrupted run leaves behind: nothing, or a version that was whole already."""
    now = settings.store().current()
    where = f"Interrupted in {step}" if step else "Interrupted"
    if now is not None and (before is None or now.version != before.version):
        return f"{where}; {now.version} was published before that, whole and proved, and serves."
    return f"{where}; nothing was published. The same command runs the week again."
