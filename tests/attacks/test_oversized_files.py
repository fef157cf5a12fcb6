"""Files of a store that are far larger, more, or deeper than any release writes.

At d2ae1cc each was read whole: a pointer of gigabytes ended the process, and a signature of nested
brackets ended it with a stack trace.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store.store import Store
from tests.store.stores import files, metadata, promoted

GIGABYTES = 8 * 1024**3


def _sparse(path: Path, size: int = GIGABYTES) -> None:
    """A file that claims that size and takes no room."""
    path.unlink(missing_ok=True)
    with path.open("wb") as stream:
        stream.truncate(size)


@pytest.mark.parametrize("name", ["latest.json", "promotions.jsonl", "succession.jsonl"])
def test_a_huge_journal_is_refused_unread(store: Store, name: str) -> None:
    """Within little memory, and in a sentence that names the file."""
    promoted(store)
    _sparse(store.root / name)

    done = _in_little_memory(store, "models", "verify")

    assert done.returncode == 1
    assert f"{name}: it has more than" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "name", ["metadata.json", "model.sig", "pipeline.joblib", "report.json", "more"]
)
def test_a_huge_file_in_a_version_is_refused_unread(store: Store, name: str) -> None:
    """Also one that was never signed; listing and verifying name the version."""
    version = promoted(store).version
    _sparse(store.root / version / name)

    for words in (("models", "list"), ("models", "verify"), ("models", "show")):
        done = _in_little_memory(store, *words)
        assert done.returncode == 1
        assert "its files must have at most" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


def test_a_thousand_files_in_a_version_are_refused(store: Store) -> None:
    """They are not even read as names to the end."""
    version = promoted(store).version
    for number in range(1000):
        (store.root / version / f"f{number}").touch()

    with pytest.raises(TrustError, match="at most 100 files"):
        store.verify(version)


@pytest.mark.parametrize("name", ["model.sig", "latest.json", "promotions.jsonl"])
@pytest.mark.parametrize("deep", [b"[" * 60_000, b'{"a":' * 10_000, b"9" * 60_000])
def test_deep_or_endless_json_is_one_sentence(store: Store, name: str, deep: bytes) -> None:
    """Nothing unsigned takes the parser down."""
    version = promoted(store).version
    place = store.root / version if name == "model.sig" else store.root
    (place / name).unlink()
    (place / name).write_bytes(deep + b"\n")

    with pytest.raises(StoreError, match=name.replace(".", r"\.")):
        store.verify(version) if name == "model.sig" else store.current()


def test_a_line_longer_than_any_record_is_refused(store: Store) -> None:
    """A log of one endless line is no log."""
    promoted(store)
    log = store.root / "promotions.jsonl"
    log.write_bytes(log.read_bytes() + b"{" * 100_000 + b"\n")

    with pytest.raises(TrustError, match="at most 65,536 bytes"):
        store.current()


def test_what_readers_would_refuse_is_not_written(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bounds are told to the publisher, all at once, and nothing stays behind."""
    monkeypatch.setattr("fraud_assets.store.versions.staging.MOST_OF_FILES", 3)
    with pytest.raises(StoreError, match=r"metadata\.json must have at most .*; there must be"):
        store.stage(files(), metadata(run_id="x" * 5 * 1024**2))

    store.sweep()
    assert store.versions() == []


def _in_little_memory(store: Store, *words: str) -> subprocess.CompletedProcess[str]:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (2 * 1024**3, 2 * 1024**3))

    environment = {
        **os.environ,
        "FRAUD_ASSETS_MODELS": str(store.root),
        "FRAUD_ASSETS_KEYS": str(store.keys.folder),
    }
    return subprocess.run(
        [sys.executable, "-m", "fraud_assets", *words],
        env=environment,
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
