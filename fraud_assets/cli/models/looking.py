"""`models show` and `models verify`: what a version is, and whether every byte is as signed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from fraud_assets.cli._common.command import Arguments, Commands
from fraud_assets.cli._common.store import open_store
from fraud_assets.cli._printing import print_fields, print_json
from fraud_assets.cli.models._command import add_store_command
from fraud_assets.documents.signed.shadow_naming import earliest, waits_until
from fraud_assets.documents.unread import readable
from fraud_assets.errors import StoreError
from fraud_assets.store.storage.port import METADATA_FILE
from fraud_assets.store.texts import printable

if TYPE_CHECKING:
    from fraud_assets.documents.rates import Measured
    from fraud_assets.store.store import Store
    from fraud_assets.store.versions.verified import Verified


def register(commands: Commands) -> None:
    """Add the subcommands."""
    show = add_store_command(commands, "show", _show, "a verified version's metadata and its moves")
    show.add_argument("version", metavar="VERSION", nargs="?", help="default: what serves now")
    verify = add_store_command(
        commands, "verify", _verify, "verify signatures and digests, of one version or of all"
    )
    verify.add_argument("version", metavar="VERSION", nargs="?")


def _show(args: Arguments) -> int:
    store = open_store(args)
    version = args.version or _serving(store)
    is_refused = version not in store.versions() and version in store.refused_versions()
    found = store.verify_refused(version) if is_refused else store.verify(version)
    moves = [move for move in store.history() if move.version == version]
    named = store.waiting()
    waits = named if named is not None and named.version == version else None
    if args.json:
        signed = json.loads(found.read(METADATA_FILE))
        waiting = None if waits is None else {"since": waits.at, "until": earliest(waits)}
        print_json({**signed, "moves": [move.to_dict() for move in moves], "waiting": waiting})
    else:
        print_fields(_summary(found))
        if waits is not None:
            print(printable(f"{waits_until(waits)} By {waits.actor}: {waits.reason}"))
        for move in moves:
            said = f"{move.kind} {move.promoted_at} by {move.actor}: {move.reason}"
            print(printable(said))
    return 0


def _serving(store: Store) -> str:
    now = store.current()
    if now is None:
        raise StoreError(f"Nothing serves from {store.root} yet; run the chain, or name a VERSION.")
    return now.version


def _summary(found: Verified) -> dict[str, object]:
    """What a person asks first, as far as it can be read; `--json` has everything."""
    about = found.metadata
    recall, around_recall = readable(lambda: about.recall), readable(lambda: about.recall_interval)
    precision = readable(lambda: about.precision)
    around_precision = readable(lambda: about.precision_interval)
    model = readable(lambda: f"{about.model.family} {json.dumps(about.model.parameters)}")
    return {
        "version": found.version,
        "contract": readable(lambda: about.contract.name),
        "verdict": readable(lambda: about.verdict.sentence),
        "refusal": readable(lambda: about.refusal.reason if about.refusal else None),
        "recall": _with_interval(recall, around_recall, "frauds"),
        "precision": _with_interval(precision, around_precision, "alerts"),
        "alert rate": _short(readable(lambda: about.alert_rate)),
        "threshold": _short(readable(lambda: about.threshold)),
        "as of": readable(lambda: about.as_of),
        "model": model,
        "artifact": found.where,
        "report": f"{found.where}/report.html",
    }


def _short(value: float | None) -> str | None:
    return None if value is None else f"{value:.6g}"


def _with_interval(value: float | None, around: Measured | None, of: str) -> str | None:
    if value is None or around is None:
        return None if value is None else f"{value}"
    spread = f"{around.low:.4f} to {around.high:.4f}, n = {around.n} {of}, {around.method}"
    return f"{value:.4f} ({spread})"


def _verify(args: Arguments) -> int:
    store = open_store(args)
    checks = _checks(store) if args.version is None else _checks_of(store, args.version)
    faults = {name: _fault(check) for name, check in checks.items()}
    if args.json:
        print_json([{"what": what, "fault": fault} for what, fault in faults.items()])
    else:
        for what, fault in faults.items():
            print(printable(f"{what}: {fault or 'holds'}"))
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
