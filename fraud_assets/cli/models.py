"""`fraud-assets models`: look into the release store, verify it, and move production by hand."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fraud_assets.errors import RefusedError, StoreError

if TYPE_CHECKING:
    from fraud_assets.store.pointer import Pointer
    from fraud_assets.store.store import Store

_COLUMNS = ("version", "state", "as_of", "family", "recall", "precision", "verdict", "fault")
_GATE = (
    "Promotion goes through the gate, which judges each candidate when the graph publishes it: "
    "launch weekly_retrain. To put {} past the gate, say so: --override --actor NAME --reason "
    "TEXT; it is signed, logged, and shown for as long as the version serves."
)

Arguments = argparse.Namespace
Row = dict[str, Any]


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `models` with its own subcommands."""
    parser = subparsers.add_parser(
        "models",
        help="list, show, verify, roll back and override model versions",
        description="The release store: FRAUD_ASSETS_MODELS or models/, verified with the keys "
        "in FRAUD_ASSETS_KEYS.",
    )
    commands = parser.add_subparsers(dest="models_command", required=True, metavar="COMMAND")
    _command(commands, "list", _list, "all versions, what serves, and what was refused")
    show = _command(commands, "show", _show, "a verified version's metadata and its moves")
    show.add_argument("version", metavar="VERSION", nargs="?", help="default: what serves now")
    verify = _command(
        commands, "verify", _verify, "verify signatures and digests, of one version or of all"
    )
    verify.add_argument("version", metavar="VERSION", nargs="?")
    back = _command(commands, "rollback", _rollback, "point production back at what served before")
    back.add_argument("version", metavar="VERSION", nargs="?", help="default: what served before")
    _signed_by(back, is_required=True)
    promote = _command(commands, "promote", _promote, "put a version past the gate, on record")
    promote.add_argument("version", metavar="VERSION", help="in the store or among the refused")
    promote.add_argument("--override", action="store_true", help="break the glass")
    promote.set_defaults(usage_error=promote.error)
    _signed_by(promote, is_required=False)


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[Arguments], int],
    text: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.add_argument("--store", type=Path, metavar="FOLDER", help="instead of the default store")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)
    return parser


def _signed_by(parser: argparse.ArgumentParser, *, is_required: bool) -> None:
    parser.add_argument("--actor", required=is_required, metavar="NAME", help="who decides this")
    parser.add_argument("--reason", required=is_required, metavar="TEXT", help="why")


def _store(args: Arguments) -> Store:
    from fraud_assets.store.store import Store

    if args.store is not None and not args.store.is_dir():
        raise StoreError(f"--store must be a folder with models, got {args.store}, which is none.")
    return Store.default(args.store)


def _list(args: Arguments) -> int:
    store = _store(args)
    moves, fault = _moves(store)
    states = {v: "unknown" if fault else _state(v, moves) for v in store.versions()}
    rows = [_row(store.verify, version, state) for version, state in states.items()]
    refused = [v for v in store.refused_versions() if v not in store.versions()]
    rows += [_row(store.verify_refused, version, "refused") for version in refused]
    if args.json:
        serving = moves[-1].version if moves else None
        log = [move.to_dict() for move in moves]
        _print_json({"serving": serving, "fault": fault, "versions": rows, "moves": log})
    else:
        _print_table(rows)
    if fault:
        raise StoreError(fault)
    return 0


def _show(args: Arguments) -> int:
    store = _store(args)
    version = args.version or _serving(store)
    is_refused = version not in store.versions() and version in store.refused_versions()
    found = store.verify_refused(version) if is_refused else store.verify(version)
    moves = [move for move in store.history() if move.version == version]
    if args.json:
        _print_json({**found.metadata, "moves": [move.to_dict() for move in moves]})
    else:
        _print_summary(found.metadata, found.path)
        for move in moves:
            print(f"{move.kind} {move.promoted_at} by {move.actor}: {move.reason}")
    return 0


def _serving(store: Store) -> str:
    now = store.current()
    if now is None:
        raise StoreError(f"Nothing serves from {store.root} yet; run the chain, or name a VERSION.")
    return now.version


def _print_summary(metadata: Mapping[str, Any], folder: Path) -> None:
    """What a person asks first; `--json` has everything."""
    verdict, model = metadata.get("verdict") or {}, metadata.get("model") or {}
    shown = {
        "version": metadata.get("version"),
        "verdict": verdict.get("sentence"),
        "refusal": (metadata.get("refusal") or {}).get("reason"),
        "recall": _with_interval(metadata, "recall", "frauds"),
        "precision": _with_interval(metadata, "precision", "alerts"),
        "alert rate": _short(metadata.get("alert_rate")),
        "threshold": _short(metadata.get("threshold")),
        "as of": metadata.get("as_of"),
        "model": " ".join([str(model.get("family")), json.dumps(model.get("parameters"))]),
        "artifact": folder,
        "report": folder / "report.html",
    }
    for name, value in shown.items():
        if value is not None:
            print(f"{name:<12}{value}")


def _short(value: float | None) -> str | None:
    return None if value is None else f"{value:.6g}"


def _with_interval(metadata: Mapping[str, Any], name: str, of: str) -> str | None:
    value, around = metadata.get(name), metadata.get(f"{name}_interval")
    if value is None or not around:
        return None if value is None else f"{value}"
    low, high = around["low"], around["high"]
    return f"{value:.4f} ({low:.4f} to {high:.4f}, n = {around['n']} {of}, {around['method']})"


def _verify(args: Arguments) -> int:
    store = _store(args)
    checks: dict[str, Callable[[], object]] = {}
    if args.version is None:
        checks["latest.json and promotions.jsonl"] = store.history
        checks |= {v: _check(store.verify, v) for v in store.versions()}
        checks |= {
            f"refused/{v}": _check(store.verify_refused, v) for v in store.refused_versions()
        }
        checks["what serves"] = lambda: (now := store.current()) and store.verify(now)
    elif args.version in store.refused_versions() and args.version not in store.versions():
        checks[f"refused/{args.version}"] = _check(store.verify_refused, args.version)
    else:
        checks[args.version] = _check(store.verify, args.version)
    faults = {name: _fault(check) for name, check in checks.items()}
    if args.json:
        _print_json([{"what": what, "fault": fault} for what, fault in faults.items()])
    else:
        print("\n".join(f"{what}: {fault or 'holds'}" for what, fault in faults.items()))
    return 1 if any(faults.values()) else 0


def _rollback(args: Arguments) -> int:
    return _moved(args, _store(args).rollback(args.version, actor=args.actor, reason=args.reason))


def _promote(args: Arguments) -> int:
    if not args.override:
        raise RefusedError(_GATE.format(args.version))
    if not args.actor or not args.reason:
        args.usage_error("an override is signed: give --actor NAME and --reason TEXT")
    store = _store(args)
    now = store.current()
    expected = now.version if now else None
    pointer = store.promote(
        args.version, expected=expected, actor=args.actor, reason=args.reason, kind="override"
    )
    return _moved(args, pointer)


def _moved(args: Arguments, pointer: Pointer) -> int:
    if args.json:
        _print_json(pointer.to_dict())
    else:
        before = pointer.previous or "nothing"
        print(f"{pointer.kind}: {pointer.version} serves, {before} did before.")
    return 0


def _moves(store: Store) -> tuple[list[Pointer], str | None]:
    try:
        return store.history(), None
    except StoreError as error:
        return [], str(error)


def _state(version: str, moves: list[Pointer]) -> str:
    of_version = [move for move in moves if move.version == version]
    if not of_version:
        return "never served"
    state = "serves" if moves[-1].version == version else "served"
    return f"{state} by override" if of_version[-1].override else state


def _row(verify: Callable[[str], Any], version: str, state: str) -> Row:
    try:
        metadata = verify(version).metadata
    except StoreError as error:
        return {"version": version, "state": state, "fault": str(error)}
    model, verdict = metadata.get("model"), metadata.get("verdict")
    return {
        "version": version,
        "state": state,
        "as_of": metadata.get("as_of"),
        "family": model.get("family") if isinstance(model, Mapping) else None,
        "recall": metadata.get("recall"),
        "precision": metadata.get("precision"),
        "verdict": verdict.get("decision") if isinstance(verdict, Mapping) else None,
        "fault": None,
    }


def _check(verify: Callable[[str], object], version: str) -> Callable[[], object]:
    return lambda: verify(version)


def _fault(check: Callable[[], object]) -> str | None:
    try:
        check()
    except StoreError as error:
        return str(error)
    return None


def _print_json(value: object) -> None:
    print(json.dumps(value, indent=2))


def _print_fields(fields: Mapping[str, Any]) -> None:
    width = max(map(len, fields))
    for name, value in fields.items():
        text = value if isinstance(value, str) else json.dumps(value)
        print(f"{name:<{width}}  {text}")


def _print_table(rows: list[Row]) -> None:
    if not rows:
        print("The store is empty; `make run` fills it.")
        return
    texts = [[_cell(row.get(column)) for column in _COLUMNS] for row in rows]
    widths = [max(map(len, cells)) for cells in zip(_COLUMNS, *texts, strict=True)]
    for cells in [list(_COLUMNS), *texts]:
        line = zip(cells, widths, strict=True)
        print("  ".join(f"{cell:<{width}}" for cell, width in line).rstrip())


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.4f}" if isinstance(value, float) else str(value)
