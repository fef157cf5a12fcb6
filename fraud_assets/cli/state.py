"""`fraud-assets state`: what the service remembers of payments, built, shown and verified."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fraud_assets.values.counted import counted

if TYPE_CHECKING:
    from fraud_assets.contract import Contract
    from fraud_assets.handover.build import Built
    from fraud_assets.state.adapter import Adapter
    from fraud_assets.state.plan import Plan
    from fraud_assets.state.state import State


def register(subparsers: Any) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "state",
        help="build, show and verify what the service remembers of payments",
        description="The state of online features at FRAUD_ASSETS_STATE, a folder or redis:// URL; "
        "by default the folder `state` beside the store.",
    )
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    build = acts.add_parser("build", help="fill it from the contract's source")
    build.add_argument("--until", metavar="T", help="ISO date or time, UTC; default: all of it")
    # Asked by the service, which knows what it needs but not which contract this machine has.
    build.add_argument("--for-plan", metavar="DIGEST", help=argparse.SUPPRESS)
    build.set_defaults(run=_build)
    show = acts.add_parser("show", help="what is kept of one entity")
    show.add_argument("entity", metavar="ENTITY", help="the column, such as sender_address")
    show.add_argument("value", metavar="VALUE", help="the entity's value in it")
    show.set_defaults(run=_show)
    verify = acts.add_parser("verify", help="compare a sample with source and record")
    verify.add_argument("--sample", type=int, default=1000, help="payments; default: 1000")
    verify.set_defaults(run=_verify)
    for act in (build, show, verify):
        act.add_argument("--json", action="store_true", help="print JSON")


def _build(args: argparse.Namespace) -> int:
    from fraud_assets.contract import load_contract
    from fraud_assets.decisions.places import places_of
    from fraud_assets.errors import StateError
    from fraud_assets.handover.alone import build_alone
    from fraud_assets.handover.build import build_state
    from fraud_assets.payments.kept import plan_for

    contract, place = load_contract(), _place()
    plan = plan_for(contract)
    if args.for_plan not in {None, plan.digest}:
        raise StateError(
            f"The contract {contract.name} must have the features of the version that serves, but "
            "has others. Name the version's by FRAUD_ASSETS_CONTRACT."
        )
    record = places_of(contract.name).record
    folder = None if "://" in place else Path(place) / f"{contract.name}.building-rows"

    def work(adapter: Adapter) -> Built | None:
        if args.for_plan is not None and _is_whole(adapter, plan):
            return None  # another process has built it meanwhile
        return build_state(contract, adapter, args.until, record=record, folder=folder)

    built = build_alone(place, contract.name, work, _say)
    if built is None:
        return 0
    until = None if built.until is None else str(built.until)
    if args.json:
        print(json.dumps({**vars(built), "until": until}))
        return 0
    print(
        f"The state holds the payments until {until or 'the end of the source'}: "
        f"{built.added:,} added, {built.known:,} known before; {built.recalled:,} more from the "
        "record of decisions."
    )
    if built.whole:
        print(f"The source was read whole and not in pieces: {built.whole}")
    if built.unread:
        print(
            f"{counted(built.unread, 'payment on record counts', 'payments on record count')} "
            "nowhere: the contract refuses such payments now, or "
            "refuses them without what was forgotten of their subject."
        )
    return 0


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _is_whole(adapter: Adapter, plan: Plan) -> bool:
    from fraud_assets.errors import StateError
    from fraud_assets.state.opening import go_on

    try:
        go_on(adapter, plan)
    except StateError:
        return False
    return True


def _show(args: argparse.Namespace) -> int:
    from fraud_assets.errors import UsageError
    from fraud_assets.state.acts.showing import kept_of

    contract, adapter = _opened()
    state = _going_on(contract, adapter)
    found = kept_of(state, args.entity, args.value)
    if found is None:
        columns = sorted({", ".join(track.columns) for track in state.plan.tracks})
        raise UsageError(
            f"ENTITY must be a column that derived features of {contract.name} count by "
            f"({', '.join(columns) or 'there are none'}), got {args.entity!r}."
        )
    if args.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:14} {value}")
    return 0


def _verify(args: argparse.Namespace) -> int:
    from fraud_assets.decisions.places import places_of
    from fraud_assets.handover.verify import verify_state

    contract, adapter = _opened()
    state, record = _going_on(contract, adapter), places_of(contract.name).record
    verified = verify_state(contract, state, args.sample, record=record)
    if args.json:
        differences = [vars(one) for one in verified.differences]
        parts = {"compared": verified.compared, "since": verified.since or None}
        print(json.dumps(parts | {"differences": differences}))
    else:
        for one in verified.differences:
            said = f"{one.feature} is {one.source!r}, the state says {one.state!r}"
            print(f"{one.payment_id}: {said}")
        found = len(verified.differences)
        since = f" since {verified.since}" if verified.since else ""
        print(
            f"{counted(verified.compared, 'payment')}{since} compared, "
            f"{counted(found, 'difference')}."
        )
    return 1 if verified.differences else 0


def _opened() -> tuple[Contract, Adapter]:
    from fraud_assets.contract import load_contract
    from fraud_assets.state.opening import open_adapter

    contract = load_contract()
    return contract, open_adapter(_place(), contract.name)


def _place() -> str:
    from fraud_assets.state.opening import default_place
    from fraud_assets.store.store import default_root

    return os.environ.get("FRAUD_ASSETS_STATE") or default_place(default_root())


def _going_on(contract: Contract, adapter: Adapter) -> State:
    from fraud_assets.payments.kept import plan_for
    from fraud_assets.state.opening import go_on

    return go_on(adapter, plan_for(contract))
