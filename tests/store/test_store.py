from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store.store import Store
from fraud_assets.store.versions.version import version_name
from tests.store.stores import (
    FILES,
    MONDAY,
    accept,
    added,
    content,
    files,
    leftovers,
    metadata,
    promoted,
    released,
)


def test_empty_store_serves_nothing(store: Store) -> None:
    """No folder, no pointer, no versions: nothing is an error until something is asked for."""
    assert store.current() is None
    assert store.history() == []
    assert store.versions() == store.refused_versions() == []


def test_added_version_is_complete_and_signed(store: Store) -> None:
    """What was added can be read back verified, with the metadata bound to the files."""
    version = added(store, FILES, metadata(auc=0.97), now=MONDAY)

    found = store.verify(version)
    assert version == "fraud_detector_20261123_063000"
    assert {name: found.read(name) for name in FILES} == FILES
    assert found.metadata.auc == 0.97
    assert found.metadata.version == version
    assert found.metadata.digest == found.digest == found.files["pipeline.joblib"]
    assert found.metadata.files == {n: d for n, d in found.files.items() if n in FILES}
    assert leftovers(store) == []


def test_paths_are_copied(store: Store, tmp_path: Path) -> None:
    """A file may be given by path."""
    source = tmp_path / "source"
    source.write_bytes(b"from a path")

    version = added(store, {**FILES, "trees.npz": source}, metadata())

    assert store.verify(version).read("trees.npz") == b"from a path"


def test_versions_in_one_second_take_the_next_free_one(store: Store) -> None:
    """Nothing is overwritten: visible, staged and refused versions all count as taken."""
    first = promoted(store, "1").version
    staged = store.stage(files("2"), metadata(), now=MONDAY)
    third = store.refuse(files("3"), metadata(decision="refuse"), reason="worse", now=MONDAY)
    fourth = added(store, files("4"), metadata(), now=MONDAY)

    expected = [version_name(MONDAY + timedelta(seconds=ahead)) for ahead in range(4)]
    assert [first, staged.version, third, fourth] == expected
    assert store.verify(first).read("pipeline.joblib") == b"pipeline 1"
    store.discard(staged)


def test_no_free_second_is_one_sentence(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every second in reach is taken the store says to wait."""
    monkeypatch.setattr("fraud_assets.store.versions.staging._SECONDS_AHEAD", 5)
    for ahead in range(5):
        (store.root / version_name(MONDAY + timedelta(seconds=ahead))).mkdir(parents=True)

    with pytest.raises(StoreError, match="wait and run again"):
        added(store, FILES, metadata(), now=MONDAY)


def test_staged_version_is_invisible_until_released(store: Store) -> None:
    """A staged candidate verifies where it lies, and nobody else sees it."""
    staged = store.stage(FILES, metadata(), now=MONDAY)

    assert store.versions() == []
    assert staged.path.name == staged.version
    assert set(staged.files) == set(FILES)
    assert released(store, staged).version == staged.version
    assert store.versions() == [staged.version]
    assert leftovers(store) == []


def test_restaged_version_bears_the_new_content(store: Store) -> None:
    """The proof's result can be written into a staged version before it shows."""
    staged = store.stage(FILES, metadata(), now=MONDAY)

    store.restage(staged, FILES | {"report.json": b'{"proof": 1}'}, metadata(auc=0.9))

    found = store.verify(released(store, staged))
    assert found.read("report.json") == b'{"proof": 1}'
    assert found.metadata.auc == 0.9


def test_discarded_version_leaves_nothing(store: Store) -> None:
    """Giving up a staged version leaves no trace and frees its name."""
    staged = store.stage(FILES, metadata(), now=MONDAY)

    store.discard(staged)

    assert leftovers(store) == []
    assert added(store, FILES, metadata(), now=MONDAY) == staged.version


def test_sweep_spares_what_is_being_made(store: Store) -> None:
    """A staging folder whose maker lives stays; one whose maker is gone goes."""
    staged = store.stage(FILES, metadata(), now=MONDAY)
    (store.root / ".staging-fraud_detector_20200101_000000").mkdir()

    assert store.sweep() == ["removed the unfinished fraud_detector_20200101_000000"]
    assert released(store, staged).version == staged.version


def test_release_never_overwrites(store: Store) -> None:
    """A version whose name was taken meanwhile is not released."""
    promoted(store)
    staged = store.stage(FILES, metadata(), now=MONDAY)
    (store.root / staged.version).mkdir()

    with pytest.raises(StoreError, match="never overwritten"):
        released(store, staged)
    store.discard(staged)


def test_release_verifies_what_is_staged(store: Store) -> None:
    """A staged file that changed after signing is not made visible."""
    staged = store.stage(FILES, metadata(), now=MONDAY)
    report = staged.path / "report.json"
    report.chmod(0o644)
    report.write_bytes(b'{"edited": 1}')

    with pytest.raises(TrustError, match=r"report\.json differs"):
        released(store, staged)
    assert store.versions() == []
    store.discard(staged)


@pytest.mark.parametrize("name", ["../evil", "a/b", "", ".hidden", "model.sig", "metadata.json"])
def test_file_names_are_plain(store: Store, name: str) -> None:
    """No name leads out of the version or takes the place of the store's own files."""
    with pytest.raises(StoreError, match="plain names"):
        added(store, FILES | {name: b""}, metadata())
    assert store.versions() == leftovers(store) == []


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ({"auc": float("nan")}, "auc: must be a finite number"),
        ({"verdict": None}, "verdict: must be an object"),
        ({"digest": "0" * 64}, "judge the bytes that are published"),
    ],
)
def test_metadata_must_fit(store: Store, bad: dict[str, Any], sentence: str) -> None:
    """NaN, parts of another kind and another pipeline's digest are refused."""
    with pytest.raises(StoreError, match=sentence):
        added(store, FILES, replace(metadata(), **bad))
    assert store.versions() == leftovers(store) == []


def test_pipeline_must_be_there(store: Store) -> None:
    """A version without a pipeline is none."""
    with pytest.raises(StoreError, match=r"must hold pipeline\.joblib"):
        added(store, {"report.json": b"{}"}, metadata())


def _failing(call: Callable[..., Any], at: int, code: int) -> Callable[..., Any]:
    """`call`, which fails as the operating system would from its `at`-th use on."""
    uses = iter(range(10_000))

    def fail(*args: Any, **named: Any) -> Any:
        if next(uses) >= at:
            raise OSError(code, os.strerror(code))
        return call(*args, **named)

    return fail


@pytest.mark.parametrize("at", range(16))
def test_full_disk_is_one_sentence_and_loses_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """From whichever write on the disk is full, production and its version stay byte for byte."""
    promoted(store, "old")
    before = content(store.root)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", _failing(os.write, at, errno.ENOSPC))
        try:
            promoted(store, "new")
        except StoreError as error:
            assert "the disk is full; free space" in str(error)  # noqa: PT017
            assert {k: v for k, v in content(store.root).items() if k in before} == before
        else:
            assert at > 5
    store.sweep()
    assert leftovers(store) == []
    assert store.history()[-1] == store.current()


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES])
def test_read_only_store_is_one_sentence(
    store: Store, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """A store that cannot be written is still read; each write says one sentence."""
    pointer = promoted(store, "1")
    opened = os.open

    def refuse(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise OSError(code, os.strerror(code))
        return opened(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", refuse)
    for write in (
        lambda: added(store, FILES, metadata()),
        lambda: store.rollback(pointer.version, actor="a", reason="r"),
        store.sweep,
    ):
        with pytest.raises(StoreError, match=r"Cannot lock .* (read-only|permission is denied)"):
            write()
    assert store.verify(store.current() or "").version == pointer.version


def test_failed_release_can_still_be_refused(store: Store) -> None:
    """A candidate that lost the race stays staged, so that it can be kept under refused/."""
    promoted(store, "1")
    staged = store.stage(files("2"), metadata(), now=MONDAY)

    with pytest.raises(StoreError, match="Production has moved"):
        store.release(staged, expected=None, actor="a", reason="r", judge=accept)
    refused = store.refuse(staged.files, metadata(decision="refuse"), reason="came second")
    store.discard(staged)

    assert store.verify_refused(refused).read("pipeline.joblib") == b"pipeline 2"
    assert leftovers(store) == []


def test_refused_candidate_is_signed_with_its_refusal(store: Store) -> None:
    """A refused candidate lies beside the store, verifiable, its reason under the signature."""
    version = store.refuse(FILES, metadata(decision="refuse"), reason="recall 0.81 < 0.90")

    found = store.verify_refused(version)
    assert Path(found.where).parent == store.root / "refused"
    assert found.metadata.refusal.reason == "recall 0.81 < 0.90"
    assert store.versions() == []


def test_unknown_version_is_one_sentence(store: Store) -> None:
    """A version that does not exist, and a path that poses as one, are told apart."""
    promoted(store)
    with pytest.raises(StoreError, match="There is no fraud_detector_20200101_000000"):
        store.verify("fraud_detector_20200101_000000")
    refused = store.refuse(FILES, metadata(), reason="r")
    for path in (f"../refused/{refused}", f"./{refused}", "/etc", "fraud_detector_latest", ""):
        with pytest.raises(TrustError, match="is no version"):
            store.verify(path)


@pytest.mark.parametrize("written", [0, 2, "1", None])
def test_other_formats_are_refused(store: Store, written: object) -> None:
    """A format that this release does not read is named, with what it reads."""
    version = added(store, FILES, metadata(), format=written)

    with pytest.raises(TrustError, match=f"has format {written!r}, this release reads 1"):
        store.verify(version)


def test_metadata_cannot_claim_what_the_store_fills_in(store: Store) -> None:
    """Version, format and files in the caller's metadata give way to the truth."""
    about = replace(metadata(), version="x", format=9, files={"x": "y"})
    version = added(store, FILES, about, now=MONDAY)

    raw = json.loads((store.root / version / "metadata.json").read_bytes())
    assert (raw["version"], raw["format"], set(raw["files"])) == (version, 1, set(FILES))
