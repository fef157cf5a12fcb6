"""Stores that older releases really wrote, and records as they wrote them."""

from __future__ import annotations

import tarfile
from pathlib import Path

import msgspec

from fraud_assets.documents.signed.move import Move, MoveKind
from fraud_assets.store.journal.record import move_digest, move_line, sign_move
from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store

HERE = Path(__file__).parent


def store_of_d2ae1cc(folder: Path) -> Store:
    """Two promoted versions, a refused one that was overridden and rolled back, one more refused.

    Made with that release's own store, of tiny pipelines and metadata made up for it; `keys/`
    holds the throwaway pair that signed it, and the refused candidates lie beside `models/`, as
    they did.
    """
    return _unpacked("published_by_d2ae1cc", folder)


def chain_of_d2ae1cc(folder: Path) -> Store:
    """What that release's own chain published from simulated weeks, twice: nothing made up."""
    return _unpacked("chain_of_d2ae1cc", folder)


def _unpacked(name: str, folder: Path) -> Store:
    with tarfile.open(HERE / f"{name}.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    keys = Keys(folder / "keys")
    keys.folder.chmod(0o700)
    keys.private.chmod(0o600)
    return Store(folder / "models", keys)


def move_as_d2ae1cc(store: Store, version: str, kind: MoveKind) -> None:
    """Move production as that release did: format 1, whoever's the version is."""
    now = store.current()
    assert now is not None
    verified = store.verify(version)
    unsigned = msgspec.structs.replace(
        now,
        format=1,
        sequence=now.sequence + 1,
        kind=kind,
        version=version,
        digest=verified.digest,
        manifest=verified.manifest,
        previous=now.version,
        previous_line=move_digest(move_line(now)),
        override=None,
    )
    line = move_line(sign_move(unsigned, store.keys))
    log = store.root / "promotions.jsonl"
    log.write_bytes(log.read_bytes() + line)
    (store.root / "latest.json").write_bytes(line)


def versions_of(moves: list[Move]) -> list[str]:
    """The versions that served, in order."""
    return [move.version for move in moves]
