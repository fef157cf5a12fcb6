"""Keys that others may exchange, that are lost, or that somebody tries to bring in.

At d2ae1cc the service trusted a public key that anybody could write, lost keys were made anew in
silence and then called foreign, and there was no way to a new pair at all.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from fraud_assets.documents.signed.succession import Succession
from fraud_assets.errors import FraudAssetsError, TrustError
from fraud_assets.store.keys import Keys, public_pem
from fraud_assets.store.keys.rotation import rotate
from fraud_assets.store.keys.succession import SUCCESSION_FILE, signed_by, succession_line
from fraud_assets.store.store import Store
from tests.store.stores import content, files, metadata, new_store, promoted

ACT = {"actor": "mallory", "reason": "mine now"}


def machine(store: Store, folder: Path) -> Store:
    """The store as a scoring machine with `public.pem` alone sees it."""
    keys = Keys(folder / "scoring")
    keys.folder.mkdir()
    shutil.copy(store.keys.public, keys.public)
    return Store(store.root, keys)


@pytest.mark.parametrize("mode", [0o646, 0o664, 0o666, 0o622])
@pytest.mark.parametrize("what", ["public.pem", "."])
def test_a_public_key_that_others_may_exchange_is_not_trusted(
    store: Store, tmp_path: Path, mode: int, what: str
) -> None:
    """Neither its file nor its folder may be written by anybody else; the sentence says chmod."""
    promoted(store)
    scoring = machine(store, tmp_path)
    (scoring.keys.folder / what).chmod(mode | (0o111 if what == "." else 0))

    with pytest.raises(TrustError, match=r"must be closed to other users, .*run `chmod"):
        scoring.current()


def test_a_key_in_a_sticky_folder_is_trusted(store: Store, tmp_path: Path) -> None:
    """A mounted secret's folder is open, but others cannot exchange its files."""
    promoted(store)
    scoring = machine(store, tmp_path)
    scoring.keys.folder.chmod(0o1777)

    assert scoring.current() is not None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660])
def test_a_private_key_that_others_may_read_or_write_signs_nothing(store: Store, mode: int) -> None:
    """Group or world, reading or writing."""
    promoted(store, "1")
    store.keys.private.chmod(mode)

    with pytest.raises(TrustError, match=r"private\.pem must be closed .*run `chmod 600"):
        promoted(store, "2")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("what", ["public.pem", "private.pem", "."])
def test_a_key_of_another_user_is_not_trusted(store: Store, what: str) -> None:
    """Whoever owns a file may change it, whatever its mode."""
    promoted(store, "1")
    os.chown(store.keys.folder / what, 4321, 4321)

    with pytest.raises(TrustError, match="it belongs to user 4321: run `chown"):
        promoted(store, "2")


@pytest.mark.parametrize("lost", ["both keys", "the whole folder"])
def test_lost_keys_are_never_made_anew_in_silence(store: Store, lost: str) -> None:
    """Where something was signed, missing keys are an error with every way out of it."""
    promoted(store, "1")
    if lost == "the whole folder":
        shutil.rmtree(store.keys.folder)
    else:
        store.keys.private.unlink()
        store.keys.public.unlink()
    before = content(store.root)

    for act in (
        lambda: store.demand_ready("shop"),
        lambda: promoted(store, "2"),
        lambda: store.refuse(files("x"), metadata(decision="refuse"), reason="r"),
        lambda: store.rollback(actor="a", reason="r"),
        store.sweep,
    ):
        with pytest.raises(FraudAssetsError, match=r"restore (it|private\.pem)"):
            act()
    assert not store.keys.private.exists()
    assert content(store.root) == before


def test_refused_candidates_alone_keep_lost_keys_from_being_replaced(store: Store) -> None:
    """They were signed too."""
    store.refuse(files("x"), metadata(decision="refuse"), reason="r")
    shutil.rmtree(store.keys.folder)

    with pytest.raises(TrustError, match="keys rotate --adopt"):
        store.demand_ready("shop")


def _written(store: Store, *records: Succession) -> None:
    (store.root / SUCCESSION_FILE).write_bytes(b"".join(map(succession_line, records)))


def _record(old: Keys, new: Keys) -> Succession:
    return Succession(
        format=1,
        cause="rotation",
        old=public_pem(old.public_key()).decode(),
        new=public_pem(new.public_key()).decode(),
        at="2026-11-26T00:00:00.000+00:00",
        actor="mallory",
        reason="mine now",
    )


def _follower(store: Store, tmp_path: Path) -> tuple[Store, Keys]:
    promoted(store, "1")
    return machine(store, tmp_path), Keys(tmp_path / "mallory").ensure()


@pytest.mark.parametrize("cause", ["rotation", "adoption"])
def test_who_may_write_the_store_brings_in_no_key(store: Store, tmp_path: Path, cause: str) -> None:
    """However the record is made up, what his key signs stays foreign."""
    scoring, his = _follower(store, tmp_path)
    bare = msgspec.structs.replace(_record(store.keys, his), cause=cause)
    forged = [
        bare,
        signed_by(bare, None, his.private_key()),
        signed_by(bare, his.private_key(), his.private_key()),
        msgspec.structs.replace(signed_by(bare, his.private_key(), his.private_key()), accepted=""),
    ]
    other = Store(tmp_path / "his" / "models", his)
    pointer = (other.root / "latest.json", promoted(other, "x"))[0].read_bytes()
    for record in forged:
        _written(store, record)
        (store.root / "promotions.jsonl").write_bytes(pointer)
        (store.root / "latest.json").write_bytes(pointer)

        with pytest.raises(TrustError, match="foreign key"):
            scoring.current()


def test_he_cannot_pass_for_a_predecessor(store: Store, tmp_path: Path) -> None:
    """A record by which his key 'introduced' ours makes his signatures count for nothing."""
    scoring, his = _follower(store, tmp_path)
    bare = _record(his, store.keys)
    for record in (bare, signed_by(bare, his.private_key(), his.private_key())):
        _written(store, record)

        assert list(scoring.keys.trusted(store.root).by_fingerprint) == [
            *scoring.keys.trusted().by_fingerprint
        ]


def test_a_genuine_record_is_not_bent(store: Store, tmp_path: Path) -> None:
    """Whatever part of a genuine rotation's record is changed, it introduces nobody."""
    scoring, his = _follower(store, tmp_path)
    genuine = rotate(store.keys.folder, actor="ada", reason="yearly")
    anchor = list(scoring.keys.trusted(store.root).by_fingerprint)
    changes = {
        "new": public_pem(his.public_key()).decode(),
        "old": public_pem(his.public_key()).decode(),
        "reason": "r",
        "at": "",
        "cause": "adoption",
        "accepted": "",
        "introduced": genuine.accepted,
    }
    for name, value in changes.items():
        _written(store, msgspec.structs.replace(genuine, **{name: value}))
        assert list(scoring.keys.trusted(store.root).by_fingerprint) == anchor, name

    _written(store, genuine)
    assert len(scoring.keys.trusted(store.root).by_fingerprint) == 2


def test_a_replaced_key_introduces_nobody(store: Store, tmp_path: Path) -> None:
    """A machine that was given the new key takes no third one from whoever has the old one."""
    promoted(store, "1")
    stolen = Keys(tmp_path / "stolen")
    shutil.copytree(store.keys.folder, stolen.folder)
    genuine = rotate(store.keys.folder, actor="ada", reason="the old one may have been read")
    scoring, his = machine(store, tmp_path), Keys(tmp_path / "mallory").ensure()
    forged = signed_by(_record(stolen, his), stolen.private_key(), his.private_key())

    _written(store, genuine, forged)

    assert len(scoring.keys.trusted(store.root).by_fingerprint) == 2
    old = Store(store.root, stolen)
    with pytest.raises(TrustError, match="has introduced both"):
        old.current()


@pytest.mark.parametrize("data", [b"{", b"[]\n", b"\xff\n", b'{"format":1}\n', b"[" * 5000, b"\0"])
def test_a_damaged_succession_is_one_sentence(store: Store, data: bytes) -> None:
    """It is named, with what to do; nothing is believed on its ground."""
    promoted(store)
    (store.root / SUCCESSION_FILE).write_bytes(data)

    with pytest.raises(TrustError, match=r"succession\.jsonl line 1 is no record"):
        store.current()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user without a home")
def test_no_home_is_one_sentence_at_the_first_step(tmp_path: Path) -> None:
    """A container's user without a name or home is told to name a folder."""
    environment = {k: v for k, v in os.environ.items() if k not in {"HOME", "XDG_CONFIG_HOME"}}
    environment.pop("FRAUD_ASSETS_KEYS", None)
    code = (
        "import os, pwd, locale, gettext, shutil, fraud_assets.store.store\n"
        "import fraud_assets.store.keys.overview\n"
        "from fraud_assets.cli import build_parser, main\n"
        "build_parser()\nos.setuid(54321)\n"
        "raise SystemExit(main(['keys', 'list']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == (
        "The signing keys need a folder, and this user has no home: name one with "
        "FRAUD_ASSETS_KEYS.\n"
    )
    assert done.returncode == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes read-only folders")
def test_a_read_only_folder_is_one_sentence_at_the_first_step(tmp_path: Path) -> None:
    """And FRAUD_ASSETS_KEYS is named as the way out."""
    (tmp_path / "closed").mkdir(mode=0o500)
    store = Store(tmp_path / "models", Keys(tmp_path / "closed" / "keys"))

    with pytest.raises(FraudAssetsError, match=r"permission is denied.*FRAUD_ASSETS_KEYS"):
        store.demand_ready("shop")


def test_keys_under_a_file_are_one_sentence_at_the_first_step(tmp_path: Path) -> None:
    """A folder that cannot be made for another reason."""
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "models", Keys(tmp_path / "file" / "keys"))

    with pytest.raises(FraudAssetsError, match="FRAUD_ASSETS_KEYS"):
        store.demand_ready("shop")


def test_a_store_signed_by_another_machine_is_told_before_hours_of_work(tmp_path: Path) -> None:
    """A run with keys of its own learns at its first step that the store is not theirs."""
    store = new_store(tmp_path)
    promoted(store)
    other = Store(store.root, Keys(tmp_path / "other").ensure())

    with pytest.raises(TrustError, match=r"foreign key .*FRAUD_ASSETS_KEYS"):
        other.demand_ready("shop")
