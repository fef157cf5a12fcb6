"""Stores for tests: small versions, and keys made once a session."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from fraud_assets.documents.formats import to_plain
from fraud_assets.documents.metadata import Metadata, read_metadata
from fraud_assets.documents.signed.move import Move
from fraud_assets.store.keys import Keys
from fraud_assets.store.storage.port import Staged
from fraud_assets.store.store import Store
from fraud_assets.store.versions.signing import sign_folder
from fraud_assets.store.versions.staging import Content
from fraud_assets.store.versions.verified import Verified
from tests.documents.published import published_by

MONDAY = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
FILES = {
    "pipeline.joblib": b"pipeline",
    "report.json": b"{}",
    "report.html": b"<p>",
    "t.npz": b"trees",
}
_VISIBLE = re.compile(
    r"latest\.json|promotions\.jsonl|\.lock|refused|fraud_detector_\d{8}_\d{6}",
)


def new_store(folder: Path, keys: Keys | None = None) -> Store:
    """An empty store in `folder`, with keys beside it."""
    return Store(folder / "models", (keys or Keys(folder / "keys")).ensure())


@cache
def real_metadata() -> Metadata:
    """What a chain really published of a version, before the store has added its part."""
    first = next(iter(published_by("d2ae1cc").values()))
    return msgspec.structs.replace(read_metadata(first.metadata), digest="", version="", files={})


def metadata(as_of: str = "2026-11-23", decision: str = "promote", **more: Any) -> Metadata:
    """Real metadata of contract `shop`; plain values in `more` take the place of its own."""
    plain = to_plain(real_metadata())
    own = {"as_of": as_of, "contract": {"name": "shop", "digest": "0" * 64}}
    verdict = {**plain["verdict"], "decision": decision, "rules": []}
    return read_metadata({**plain, **own, "verdict": verdict, **more})


def files(mark: str = "") -> dict[str, bytes]:
    """A version's files; `mark` tells its pipeline from others."""
    return FILES | {"pipeline.joblib": f"pipeline {mark}".encode()}


def accept(verified: Verified) -> None:
    """A judge that finds everything fit."""


def released(store: Store, staged: Staged, actor: str = "test", reason: str = "a test") -> Move:
    """Promote a staged version over whatever serves."""
    now = store.current()
    expected = now.version if now else None
    return store.release(staged, expected=expected, actor=actor, reason=reason, judge=accept)


def promoted(store: Store, mark: str = "", as_of: str = "2026-11-23", **more: Any) -> Move:
    """Make a version and promote it; `more` is signed into its metadata as it is."""
    return released(store, staged_oddly(store, files(mark), metadata(as_of), MONDAY, **more))


def staged_oddly(
    store: Store, content: Content, about: Metadata, now: datetime | None = None, **odd: Any
) -> Staged:
    """Stage a version whose signed metadata is not what this release writes: with `odd` in it."""
    staged = store.stage(content, about, now=now)
    if not odd:
        return staged
    file = staged.path / "metadata.json"
    plain = json.loads(file.read_bytes()) | odd
    for name in ("metadata.json", "model.sig"):
        (staged.path / name).unlink()
    file.write_text(json.dumps(plain))
    sign_folder(staged.path, store.keys)
    return staged


def added(
    store: Store, content: Content, about: Metadata, now: datetime | None = None, **odd: Any
) -> str:
    """Put a version into the store that no move names, as a half-lost journal would leave it."""
    staged = staged_oddly(store, content, about, now, **odd)
    staged.path.rename(store.root / staged.version)
    store.discard(staged)
    return staged.version


def content(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` by relative path, but for lock files."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def leftovers(store: Store) -> list[str]:
    """Names in the store or among the refused that are neither journal nor version."""
    folders = [folder for folder in (store.root, store.root / "refused") if folder.exists()]
    names = [path.name for folder in folders for path in folder.iterdir()]
    return [name for name in names if not _VISIBLE.fullmatch(name)]
