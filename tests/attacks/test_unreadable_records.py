"""Texts of people that would be signed, put in force, and never read again, or forge a line.

At d2ae1cc an actor with a byte that is no UTF-8 made list, rollback and serve fail for ever, and
a line break in a reason showed as a further move in `models show`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store import texts
from fraud_assets.store.journal import journal
from fraud_assets.store.store import Store
from tests.store.stores import added, content, files, metadata, promoted

ODD = {
    "a byte that is no UTF-8": b"ad\xffa",
    "half a surrogate pair": "ad\ud800a".encode("utf-8", "surrogatepass"),
    "a line break": b"ada\npromotion 2026-11-26 by root: all is well",
    "a carriage return": b"ada\rpromotion",
    "an escape": b"ada\x1b[2K\x1b[1A",
    "a null": None,
    "a right-to-left mark": "ad\u202ea".encode(),
    "a line separator": "ada\u2028promotion".encode(),
    "only blanks": "\u00a0 \t".encode(),
    "too much": b"a" * 5000,
}


@pytest.mark.parametrize("what", ["actor", "reason"])
@pytest.mark.parametrize("odd", ODD)
def test_odd_text_moves_nothing(store: Store, what: str, odd: str) -> None:
    """By the real command with the real bytes: one sentence, exit 1, not a byte of the store."""
    first = promoted(store, "1")
    promoted(store, "2")
    before = content(store.root)
    said = {"actor": b"ada", "reason": b"outage", what: ODD[odd]}
    if said[what] is None:
        with pytest.raises(StoreError, match="one line of printable letters"):
            store.rollback(**{k: v.decode() if v else "a\0b" for k, v in said.items()})
    else:
        done = rollback(store, first.version, said["actor"], said["reason"])
        assert done.returncode == 1, done.stderr
        assert b"Traceback" not in done.stderr
        assert f"The {what} must".encode() in done.stderr
    assert content(store.root) == before


def rollback(store: Store, version: str, actor: bytes, reason: bytes):
    environment = {
        **os.environ,
        "FRAUD_ASSETS_MODELS": str(store.root),
        "FRAUD_ASSETS_KEYS": str(store.keys.folder),
    }
    words = ["-m", "fraud_assets", "models", "rollback", version]
    return subprocess.run(
        [sys.executable, *words, "--actor", actor, "--reason", reason],
        env=environment,
        capture_output=True,
        check=False,
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec=None), min_size=1, max_size=50))
def test_law_of_said_texts(text: str) -> None:
    """Whatever is accepted is one line that prints and that JSON brings back unchanged."""
    try:
        said = texts.reason(text)
    except StoreError:
        return
    assert said.splitlines() == [said]
    assert json.loads(json.dumps(said)) == said
    assert said.encode() and texts.printable(said) == said  # noqa: PT018


@given(text=st.text(st.characters(codec=None), max_size=3000))
def test_law_of_our_own_sentences(text: str) -> None:
    """Any sentence of the gate, whatever names it quotes, makes a reason or nothing at all."""
    line = texts.one_line(text)

    assert line == "" or texts.reason(line) == line.strip()


def test_a_record_that_cannot_be_read_back_is_not_placed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What every later reader would refuse is refused before a byte of the store changes."""
    promoted(store, "1")
    before = content(store.root)
    signed = journal.sign_move

    def damaged(draft, keys):
        return type(draft)(**{**signed(draft, keys).to_dict(), "override": None, "reason": "x"})

    monkeypatch.setattr(journal, "sign_move", damaged)
    with pytest.raises(TrustError, match="changed after it was signed"):
        promoted(store, "2")
    store.sweep()
    assert content(store.root) == before


def test_what_an_older_release_signed_forges_no_line(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A reason with a line break, signed before such were refused, is shown on one line."""
    from fraud_assets.cli import main

    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(store.keys.folder))
    forged = "outage\npromotion 2099-01-01T00:00:00+00:00 by root: all is well\x1b[2K"
    with monkeypatch.context() as patch:
        patch.setattr("fraud_assets.store.texts.reason", lambda text: text)
        version = promoted(store, "1", verdict={"decision": "promote", "sentence": forged}).version
        store.rollback(version, actor="ada", reason=forged)

    assert main(["models", "show", version, "--store", str(store.root)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert not any(line.startswith("promotion 2099") for line in lines)
    assert sum("by root: all is well" in line for line in lines) == 2
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize("name", [b"\x1b[2Kx", b"a\nb", b"\xff\xfe"])
def test_names_of_stray_files_forge_no_line(
    store: Store, name: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    """A file that was slipped into a version is named in letters that print."""
    promoted(store, "1")
    version = added(store, files("2"), metadata())
    (store.root / version / os.fsdecode(name)).write_bytes(b"")

    with pytest.raises(TrustError, match="was never signed") as refused:
        store.verify(version)
    assert str(refused.value).isprintable()
    assert str(refused.value).encode()


def test_a_foreign_fingerprint_forges_no_line(store: Store) -> None:
    """What an unsigned record claims as its key is escaped before it is told."""
    promoted(store, "1")
    pointer = json.loads((store.root / "latest.json").read_bytes())
    (store.root / "latest.json").write_text(json.dumps({**pointer, "key": "\x1b[2K\n\u202e"}))

    with pytest.raises(TrustError, match="foreign key") as refused:
        store.current()
    assert str(refused.value).isprintable()
