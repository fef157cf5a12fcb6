from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from model_signing import verifying

from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store
from fraud_assets.store.versions import trust
from fraud_assets.store.versions.signing import sign_folder
from tests.store.stores import (
    FILES,
    MONDAY,
    added,
    content,
    files,
    metadata,
    new_store,
    promoted,
)

CONTENT = [*FILES, "metadata.json", "model.sig"]


def _oracle_accepts(folder: Path, keys: Keys) -> bool:
    config = verifying.Config().use_elliptic_key_verifier(public_key=keys.public)
    try:
        config.verify(folder, folder / "model.sig")
    except Exception:  # noqa: BLE001 - the library raises what its parsers raise
        return False
    return True


def _write(path: Path, data: bytes) -> None:
    path.unlink()
    path.write_bytes(data)


@pytest.fixture
def serving(store: Store) -> Path:
    """The folder of a version that serves."""
    return store.root / promoted(store).version


@pytest.mark.parametrize("name", CONTENT)
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_one_flipped_byte_is_refused_and_the_file_named(
    store: Store, serving: Path, name: str, place: str
) -> None:
    """In whichever file one byte changes, we and model-signing refuse the version."""
    data = bytearray((serving / name).read_bytes())
    data[{"first": 0, "middle": len(data) // 2, "last": -1}[place]] ^= 1
    _write(serving / name, bytes(data))

    with pytest.raises(TrustError, match=name.replace(".", r"\.")):
        store.verify(serving.name)
    assert not _oracle_accepts(serving, store.keys)


@pytest.mark.parametrize("name", ["latest.json", "promotions.jsonl"])
@pytest.mark.parametrize("bit", [0x01, 0x20, 0x80])
def test_one_flipped_bit_anywhere_in_pointer_or_log_is_one_sentence(
    store: Store, serving: Path, name: str, bit: int
) -> None:
    """Whatever a bit makes of the text, invalid UTF-8 included, readers are told, never crash."""
    path = serving.parent / name
    good = path.read_bytes()
    for place in range(len(good)):
        damaged = bytearray(good)
        damaged[place] ^= bit
        _write(path, bytes(damaged))

        with pytest.raises(StoreError):
            store.history()
        store.sweep()


@pytest.mark.parametrize("name", CONTENT)
def test_missing_or_truncated_file_is_refused_and_named(
    store: Store, serving: Path, name: str
) -> None:
    """A file that is cut short or gone is named; model-signing refuses alike."""
    data = (serving / name).read_bytes()
    for damage in (data[:-1], data[:1], None):
        _write(serving / name, damage or b"")
        if damage is None:
            (serving / name).unlink()
        with pytest.raises(TrustError, match=name.replace(".", r"\.")):
            store.verify(serving.name)
        assert not _oracle_accepts(serving, store.keys)
        (serving / name).write_bytes(data)
    assert store.verify(serving.name).version == serving.name
    assert _oracle_accepts(serving, store.keys)


def test_all_files_at_fault_are_named_at_once(store: Store, serving: Path) -> None:
    """One sentence tells every file that is wrong and how."""
    _write(serving / "report.html", b"other")
    (serving / "t.npz").unlink()
    (serving / "more").write_bytes(b"")

    fault = r"t\.npz is missing; more was never signed; report\.html differs .*; restore it"
    with pytest.raises(TrustError, match=fault):
        store.verify(serving.name)


def test_swapped_metadata_is_refused(store: Store) -> None:
    """The metadata of one genuine version beside the pipeline of another is refused by name."""
    one, two = promoted(store, "1"), promoted(store, "2")
    _write(
        store.root / two.version / "metadata.json",
        (store.root / one.version / "metadata.json").read_bytes(),
    )

    with pytest.raises(TrustError, match=r"metadata\.json differs from what was signed"):
        store.verify(two)
    assert not _oracle_accepts(store.root / two.version, store.keys)


def test_version_under_another_name_is_refused(store: Store, serving: Path) -> None:
    """A genuine version copied over the name of another is not that version."""
    copy = store.root / "fraud_detector_20300101_000000"
    shutil.copytree(serving, copy)

    with pytest.raises(TrustError, match=f"was made for {serving.name}"):
        store.verify(copy.name)


def test_genuine_older_version_in_place_of_the_promoted_is_refused(store: Store) -> None:
    """The pointer names the very bytes that were promoted, not only their version."""
    pointer = promoted(store, "1")
    shutil.rmtree(store.root / pointer.version)
    assert added(store, files("0"), metadata(), now=MONDAY) == pointer.version

    with pytest.raises(TrustError, match="not the one that was promoted"):
        store.verify(pointer)


def test_metadata_signed_by_hand_must_describe_its_version(store: Store, serving: Path) -> None:
    """Even under our key, metadata that lists other files or another version is refused."""
    _write(serving / "metadata.json", b'{"format": 1, "version": "x", "files": {}, "digest": ""}')
    (serving / "model.sig").unlink()
    sign_folder(serving, store.keys)

    with pytest.raises(TrustError, match=r"metadata\.json describes another version"):
        store.verify(serving.name)


def test_foreign_key_is_refused(store: Store, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A version signed by another store's key is refused, also by model-signing."""
    folder = tmp_path_factory.mktemp("foreign")
    foreign = new_store(folder, Keys(folder / "pair"))
    version = added(foreign, FILES, metadata())
    store.root.mkdir()
    shutil.copytree(foreign.root / version, store.root / version)

    with pytest.raises(TrustError, match=r"model\.sig was signed with the foreign key"):
        store.verify(version)
    assert not _oracle_accepts(store.root / version, store.keys)


def _link(path: Path) -> None:
    target = path.parent.parent / "elsewhere"
    path.rename(target)
    path.symlink_to(target)


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("replace", [_link, _pipe, _folder])
@pytest.mark.parametrize("name", ["pipeline.joblib", "model.sig", "metadata.json"])
def test_links_pipes_and_folders_are_refused(
    store: Store, serving: Path, replace: Callable[[Path], None], name: str
) -> None:
    """Whatever is no regular file is named; a pipe does not make the reader hang."""
    replace(serving / name)

    with pytest.raises(TrustError, match="must be a regular file, no link or folder"):
        store.verify(serving.name)


def test_linked_version_is_refused(store: Store, serving: Path) -> None:
    """A version's folder is no link to somewhere else."""
    away = store.root.parent / serving.name
    serving.rename(away)
    serving.symlink_to(away)

    with pytest.raises(TrustError, match="it is a symbolic link"):
        store.verify(serving.name)


@pytest.mark.parametrize("name", ["evil.py", ".gitignore", ".git"])
def test_extra_files_are_refused(store: Store, serving: Path, name: str) -> None:
    """Unsigned files are named, hidden ones that model-signing looks past included."""
    (serving / name).write_bytes(b"")

    with pytest.raises(TrustError, match=f"{name} was never signed"):
        store.verify(serving.name)


def test_change_after_verification_is_noticed(store: Store, serving: Path) -> None:
    """Reading compares again: bytes swapped between verifying and loading are refused."""
    found = store.verify(serving.name)
    _write(serving / "pipeline.joblib", b"swapped")

    with pytest.raises(TrustError, match=r"pipeline\.joblib differs"):
        found.read("pipeline.joblib")
    with pytest.raises(TrustError, match="no signed file"):
        found.read("../../latest.json")


class Payload:
    """A pickle that tells when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return (os.mkdir, (os.environ["PAYLOAD"],))


def test_pickle_with_a_payload_is_refused_before_unpickling(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A payload put in place of the pipeline never runs, whatever was done to hide it."""
    monkeypatch.setenv("PAYLOAD", str(tmp_path / "ran"))
    libraries = trust.pickling_libraries()
    version = added(store, FILES, metadata(libraries=libraries))
    found = store.verify(version)
    _write(store.root / version / "pipeline.joblib", pickle.dumps(Payload()))

    with pytest.raises(TrustError, match=r"pipeline\.joblib"):
        trust.load_pipeline(found)
    with pytest.raises(TrustError, match=r"pipeline\.joblib"):
        trust.load_pipeline(store.verify(version))
    assert not (tmp_path / "ran").exists()
    pickle.loads(pickle.dumps(Payload()))
    assert (tmp_path / "ran").exists()


def test_model_signing_command_agrees(store: Store, serving: Path) -> None:
    """`model_signing verify key`, a tool not ours, accepts what we accept and refuses alike."""

    def verify() -> int:
        command = [sys.executable, "-m", "model_signing", "verify", "key", str(serving)]
        keys = ["--signature", str(serving / "model.sig"), "--public_key", str(store.keys.public)]
        return subprocess.run([*command, *keys], capture_output=True, check=False).returncode

    assert store.verify(serving.name).version == serving.name
    assert verify() == 0
    _write(serving / "report.json", b"{ }")
    with pytest.raises(TrustError, match=r"report\.json"):
        store.verify(serving.name)
    assert verify() != 0


def test_nothing_tampered_with_is_promoted(store: Store) -> None:
    """A version whose bytes changed after it was added cannot be promoted; production stays."""
    promoted(store, "1")
    version = added(store, files("2"), metadata())
    _write(store.root / version / "report.json", b'{"recall": 1}')
    before = content(store.root)

    with pytest.raises(StoreError, match=r"report\.json"):
        store.override(version, actor="a", reason="r")
    assert content(store.root) == before
