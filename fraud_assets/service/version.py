"""One version in service: verified, loaded, warmed and self-tested before anybody sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fraud_assets.errors import StoreError
from fraud_assets.scoring.fallback import AnyScorer, load_any
from fraud_assets.scoring.golden import read_golden, self_test
from fraud_assets.scoring.spec import FOREST, GOLDEN, SPEC, TABLES
from fraud_assets.service.last_good import LastGood
from fraud_assets.service.payment import PaymentReader, payment_reader
from fraud_assets.service.settings import Settings
from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store
from fraud_assets.store.trust import load_pipeline
from fraud_assets.store.version import Verified, verify_version

REPORT = "report.html"


@dataclass(frozen=True)
class Served:
    """Everything that one request needs, bound once, so that nothing of two versions mixes.

    `document` is its OpenAPI document as JSON, "" until the application has described it.
    """

    version: str
    scorer: AnyScorer
    threshold: float
    reader: PaymentReader
    metadata: Mapping[str, Any]
    report: bytes
    promotion: Mapping[str, Any]
    example: Mapping[str, Any]
    document: bytes = b""


def load_current(settings: Settings) -> Served:
    """The version that the pointer names, or the one that `version_dir` holds.

    Raises
    ------
    StoreError
        If nothing is in production yet, or the version does not verify, load or pass its golden
        rows.
    """
    keys = Keys(settings.keys)
    if settings.version_dir is not None:
        verified = verify_version(settings.version_dir.resolve(), keys.trusted())
        return _load(verified, {})
    store = Store(settings.models, keys)
    pointer = store.current()
    if pointer is None:
        raise StoreError(
            f"Nothing is in production in {settings.models}; publish a version first: make run."
        )
    return _load(store.verify(pointer), pointer.to_dict())


def load_again(settings: Settings, good: LastGood) -> Served:
    """The version that served last, whatever the pointer names.

    Raises
    ------
    StoreError
        If it does not verify, load or pass its golden rows any more.
    """
    store = Store(settings.models, Keys(settings.keys))
    return _load(store.verify(good.version), good.promotion)


def pointer_stamp(settings: Settings) -> tuple[int, int, int] | None:
    """What changes when the pointer is replaced: its inode, time and size; None without one."""
    path = settings.version_dir or Path(settings.models) / "latest.json"
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _load(verified: Verified, promotion: Mapping[str, Any]) -> Served:
    names = [name for name in (SPEC, TABLES, FOREST, GOLDEN) if name in verified.files]
    files = {name: verified.read(name) for name in names}
    scorer = load_any(files, lambda: load_pipeline(verified))
    golden = read_golden(files.get(GOLDEN, b""))
    self_test(scorer, golden)
    if scorer.threshold != verified.metadata.get("threshold", scorer.threshold):
        raise StoreError(
            f"The threshold of {SPEC} must be metadata's {verified.metadata['threshold']}, "
            f"got {scorer.threshold}; publish again."
        )
    shown = next((row for row in golden.rows if row.is_flagged), golden.rows[0])
    report = verified.read(REPORT) if REPORT in verified.files else b""
    return Served(
        verified.version,
        scorer,
        scorer.threshold,
        payment_reader(scorer.spec),
        verified.metadata,
        report,
        promotion,
        shown.values,
    )
