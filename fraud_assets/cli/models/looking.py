"""`models show` and `models verify`: what a version is, and whether every byte is as signed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fraud_assets.cli._printing import print_fields, print_json
from fraud_assets.cli.models._command import Arguments, Commands, add_command, open_store
from fraud_assets.errors import StoreError
from fraud_assets.store.texts import shown

if TYPE_CHECKING:
    from fraud_assets.store.store import Store


def register(commands: Commands) -> None:
    """Add the subcommands."""
    show = add_command(commands, "show", _show, "a verified version's metadata and its moves")
    show.add_argument("version", metavar="VERSION", nargs="?", help="default: what serves now")
    verify = add_command(
        commands, "verify", _verify, "verify signatures and digests, of one version or of all"
    )
    verify.add_argument("version", metavar="VERSION", nargs="?")


def _show(args: Arguments) -> int:
    store = open_store(args)
    version = args.version or _serving(store)
    is_refused = version not in store.versions() and version in store.refused_versions()
    found = store.verify_refused(version) if is_refused else store.verify(version)
    moves = [move for move in store.history() if move.version == version]
    if args.json:
        print_json({**found.metadata, "moves": [move.to_dict() for move in moves]})
    else:
        print_fields(_summary(found.metadata, found.path))
        for move in moves:
            said = f"{move.kind} {move.promoted_at} by {move.actor}: {move.reason}"
            print(shown(said))
    return 0


def _serving(store: Store) -> str:
    now = store.current()
    if now is None:
        raise StoreError(f"Nothing serves from {store.root} yet; run the chain, or name a VERSION.")
    return now.version


def _summary(metadata: Mapping[str, Any], folder: Path) -> dict[str, object]:
    """What a person asks first; `--json` has everything."""
    verdict, model = metadata.get("verdict") or {}, metadata.get("model") or {}
    return {
        "version": metadata.get("version"),
        "contract": (metadata.get("contract") or {}).get("name"),
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


def _short(value: float | None) -> str | None:
    return None if value is None else f"{value:.6g}"


def _with_interval(metadata: Mapping[str, Any], name: str, of: str) -> str | None:
    value, around = metadata.get(name), metadata.get(f"{name}_interval")
    if value is None or not around:
        return None if value is None else f"{value}"
    low, high = around["low"], around["high"]
    return f"{value:.4f} ({low:.4f} to {high:.4f}, n = {around['n']} {of}, {around['method']})"


def _verify(args: Arguments) -> int:
    store = open_store(args)
    checks = _checks(store) if args.version is None else _checks_of(store, args.version)
    faults = {name: _fault(check) for name, check in checks.items()}
    if args.json:
        print_json([{"what": what, "fault": fault} for what, fault in faults.items()])
    else:
        for what, fault in faults.items():
            print(shown(f"{what}: {fault or 'holds'}"))
    return 1 if any(faults.values()) else 0


def _checks(store: Store) -> dict[str, Callable[[], object]]:
    journal: dict[str, Callable[[], object]] = {
        "latest.json and promotions.jsonl": lambda: store.history(is_thorough=True)
    }
    versions = {v: _bound(store.verify, v) for v in store.versions()}
    refused = {f"refused/{v}": _bound(store.verify_refused, v) for v in store.refused_versions()}
    serving: dict[str, Callable[[], object]] = {
        "what serves": lambda: (now := store.current()) and store.verify(now)
    }
    return journal | versions | refused | serving


def _checks_of(store: Store, version: str) -> dict[str, Callable[[], object]]:
    if version in store.refused_versions() and version not in store.versions():
        return {f"refused/{version}": _bound(store.verify_refused, version)}
    return {version: _bound(store.verify, version)}


def _bound(verify: Callable[[str], object], version: str) -> Callable[[], object]:
    return lambda: verify(version)


def _fault(check: Callable[[], object]) -> str | None:
    try:
        check()
    except StoreError as error:
        return str(error)
    return None
