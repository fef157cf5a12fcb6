from __future__ import annotations

from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store.keys import Keys, default_keys_folder, fingerprint
from fraud_assets.store.store import Store
from tests.store.stores import new_store, promoted


def test_first_use_makes_a_pair_closed_to_others(tmp_path: Path) -> None:
    """A fresh folder gets mode 0700, its private key 0600; nothing else lies in it."""
    keys = Keys(tmp_path / "new" / "keys").ensure()

    assert keys.folder.stat().st_mode & 0o777 == 0o700
    assert keys.private.stat().st_mode & 0o777 == 0o600
    assert {path.name for path in keys.folder.iterdir()} == {"private.pem", "public.pem"}


def test_second_use_keeps_the_pair(tmp_path: Path) -> None:
    """Ensuring again changes no byte."""
    keys = Keys(tmp_path / "keys").ensure()
    before = keys.private.read_bytes(), keys.public.read_bytes()

    keys.ensure()

    assert (keys.private.read_bytes(), keys.public.read_bytes()) == before


def _ensure(folder: Path) -> str:
    return fingerprint(Keys(folder).ensure().private_key().public_key())


def test_processes_that_start_at_once_share_one_pair(
    tmp_path: Path, processes: ForkServerContext
) -> None:
    """Eight first uses at once end in one pair, which each of them uses."""
    with processes.Pool(4) as pool:
        for attempt in range(5):
            folder = tmp_path / str(attempt)
            assert len(set(pool.map(_ensure, [folder] * 8, chunksize=1))) == 1


def test_crash_between_the_halves_is_mended(tmp_path: Path) -> None:
    """A private key without its public half yields the same public half again."""
    keys = Keys(tmp_path / "keys").ensure()
    public = keys.public.read_bytes()
    keys.public.unlink()

    assert keys.ensure().public.read_bytes() == public


def test_private_key_open_to_others_is_refused(tmp_path: Path) -> None:
    """A world-readable private key signs nothing; the sentence says how to close it."""
    keys = Keys(tmp_path / "keys").ensure()
    keys.private.chmod(0o644)

    with pytest.raises(TrustError, match=r"private\.pem must be closed .* 0644: run `chmod 600"):
        keys.ensure()


def test_folder_others_may_write_is_refused(tmp_path: Path) -> None:
    """Who may write the folder may swap the keys."""
    keys = Keys(tmp_path / "keys").ensure()
    keys.folder.chmod(0o777)

    with pytest.raises(TrustError, match="chmod 700"):
        keys.ensure()


def test_public_key_alone_verifies_and_signs_nothing(tmp_path: Path) -> None:
    """A machine with public.pem reads the store; it neither signs nor makes another pair."""
    store = new_store(tmp_path)
    pointer = promoted(store)
    scoring = Keys(tmp_path / "scoring")
    scoring.folder.mkdir()
    scoring.public.write_bytes(store.keys.public.read_bytes())
    reader = Store(store.root, scoring)

    assert reader.current() == pointer
    assert reader.verify(pointer).version == pointer.version
    with pytest.raises(TrustError, match="may verify but not sign"):
        reader.rollback(actor="a", reason="r")
    assert not scoring.private.exists()


def test_halves_of_two_pairs_are_refused(tmp_path: Path) -> None:
    """A public key that belongs to another private one is told, not used."""
    keys, other = Keys(tmp_path / "one").ensure(), Keys(tmp_path / "two").ensure()
    keys.public.write_bytes(other.public.read_bytes())

    with pytest.raises(TrustError, match="does not belong to"):
        keys.ensure()


@pytest.mark.parametrize("pem", [b"", b"no key", None])
def test_unreadable_public_key_is_one_sentence(tmp_path: Path, pem: bytes | None) -> None:
    """A missing, empty or damaged public key names the file and FRAUD_ASSETS_KEYS."""
    keys = Keys(tmp_path)
    if pem is not None:
        keys.public.write_bytes(pem)

    with pytest.raises(TrustError, match=r"public\.pem is no readable .* FRAUD_ASSETS_KEYS"):
        keys.public_key()


def test_keys_inside_the_store_are_refused(tmp_path: Path) -> None:
    """Keys never lie where versions are copied from."""
    for inside in ("models/keys", "models/refused/keys", "models"):
        with pytest.raises(StoreError, match="outside the store"):
            Store(tmp_path / "models", Keys(tmp_path / inside))


def test_environment_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """FRAUD_ASSETS_KEYS wins over the user's configuration folder."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("FRAUD_ASSETS_KEYS", raising=False)
    assert default_keys_folder() == tmp_path / "fraud_assets" / "keys"

    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(tmp_path / "named"))
    assert default_keys_folder() == tmp_path / "named"
