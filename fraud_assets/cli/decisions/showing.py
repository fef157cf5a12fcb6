"""`decisions show` and `decisions verify`: one record in full, and whether all of them hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fraud_assets.cli._common.command import Arguments, Commands
from fraud_assets.cli._printing import print_fields, print_json
from fraud_assets.cli.decisions._command import add_log_command, as_time, demand_decision, folder_of
from fraud_assets.errors import RecordError
from fraud_assets.store.texts import printable
from fraud_assets.values.counted import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fraud_assets.documents.decision import Decision, Label, Shadow
    from fraud_assets.documents.signed.checkpoint import Checkpoint


def register(commands: Commands) -> None:
    """Add the subcommands."""
    show = add_log_command(commands, "show", _show, "one decision as it is on record")
    show.add_argument("id", metavar="ID", help="the decision's id")
    add_log_command(commands, "verify", _verify, "read the whole record, name what does not hold")


def _show(args: Arguments) -> int:
    import msgspec

    from fraud_assets.decisions.erasure import DecisionOpener, keys_folder
    from fraud_assets.decisions.outcomes import known_labels
    from fraud_assets.decisions.reading import beside_of, read_entries
    from fraud_assets.documents.decision import Label, Shadowed

    folder = folder_of(args)
    decision = DecisionOpener(keys_folder(folder)).open(demand_decision(folder, args.id))
    told = [entry for entry in read_entries(folder) if isinstance(entry, Label | Shadowed)]
    said = known_labels(entry for entry in told if isinstance(entry, Label))
    beside = (e for e in told if isinstance(e, Shadowed) and e.decision == decision.decision_id)
    decision = beside_of(decision, (entry.shadow for entry in beside))
    labels = said.get(decision.payment_id, []) if decision.payment_id else []
    if args.json:
        print_json({**msgspec.to_builtins(decision), "labels": msgspec.to_builtins(labels)})
        return 0
    print_fields(_summary(decision))
    for name, value in decision.features.items():
        print(printable(f"  {name} = {value!r}"))
    for reason in decision.reasons:
        print(printable(f"  {reason.code}: {reason.text}"))
    for shadow in decision.shadow:
        print(printable(_beside(shadow)))
    for label in labels:
        print(printable(_sentence(label)))
    return 0


def _summary(decision: Decision) -> dict[str, object]:
    """What a person asks first; `--json` has everything."""
    released = f"yes, drawn with probability {decision.release_probability!r}"
    return {
        "decision": decision.decision_id,
        "payment": decision.payment_id or None,
        "decided": as_time(decision.decided_at),
        "recalled": as_time(decision.recalled_at),
        "event": as_time(decision.event_time),
        "version": decision.version,
        "probability": repr(decision.probability),
        "threshold": repr(decision.threshold),
        "flagged": "yes" if decision.is_flagged else "no",
        "released": released if decision.released else None,
        "late": "yes" if decision.late else None,
        "api key": decision.api_key or None,
    }


def _beside(shadow: Shadow) -> str:
    said = "flagged" if shadow.is_flagged else "not flagged"
    return f"shadow {shadow.version}: {said} with probability {shadow.probability!r}"


def _sentence(label: Label) -> str:
    said = "fraud" if label.is_fraud else "no fraud"
    return f"label: {said}, known since {as_time(label.known_at)}"


def _vouched(checkpoints: Sequence[Checkpoint]) -> str:
    if not checkpoints:
        return "and no checkpoint is signed yet: `fraud-assets decisions sign` signs one"
    return (
        f"and with it {len(checkpoints):,} signed checkpoints, the newest of {checkpoints[-1].at}"
    )


def _verify(args: Arguments) -> int:
    import msgspec

    from fraud_assets.decisions.checkpoints import read_checkpoints, signed_heads
    from fraud_assets.decisions.verify import verify_log
    from fraud_assets.store.keys import Keys

    folder = folder_of(args)
    checkpoints = read_checkpoints(folder, Keys.default())
    found = verify_log(folder, signed_heads(checkpoints))
    if args.json:
        print_json({**msgspec.to_builtins(found), "checkpoints": len(checkpoints)})
    else:
        missing = f"; {found.missing:,} are missing and declared" if found.missing else ""
        print(
            f"{counted(found.decisions, 'decision')} and {counted(found.labels, 'label')} in "
            f"{counted(found.segments, 'segment')}{missing}."
        )
    if found.difference:
        raise RecordError(found.difference)
    if not args.json:
        print(f"The chain holds, {_vouched(checkpoints)}.")
    return 0
