from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from fraud_assets.cli import models
from fraud_assets.errors import FraudAssetsError, RefusedError, StoreError
from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store
from tests.store.stores import FILES, added, files, metadata, new_store, promoted

COMMANDS = ["list", "show", "verify", "rollback", "promote"]
SIGNED = ["--actor", "duty officer", "--reason", "outage"]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An empty store that the environment names, keys included."""
    monkeypatch.setenv("FRAUD_ASSETS_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(tmp_path / "keys"))
    return new_store(tmp_path, Keys(tmp_path / "keys"))


def _run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    models.register(parser.add_subparsers())
    args = parser.parse_args(["models", *words])
    return int(args.run(args))


def _read(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    assert _run(*words, "--json") == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_every_command_explains_itself(
    command: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """--help works everywhere and exits with 0."""
    with pytest.raises(SystemExit) as exit_:
        _run(*command, "--help")
    assert exit_.value.code == 0
    assert "usage:" in capsys.readouterr().out


def test_list_of_an_empty_store_says_how_to_fill_it(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing published yet is no error."""
    assert _run("list") == 0
    assert "The store is empty" in capsys.readouterr().out


def test_list_needs_no_keys_where_there_is_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody who has just installed it sees an empty store, not a fault of keys."""
    monkeypatch.setenv("FRAUD_ASSETS_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(tmp_path / "keys"))

    assert _run("list") == 0
    assert "The store is empty" in capsys.readouterr().out
    assert not (tmp_path / "keys").exists()


def test_list_tells_what_serves_and_what_was_refused(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each version is listed once with its state, numbers and verdict."""
    first, second = promoted(store, "1"), promoted(store, "2")
    model = {"family": "adaboost", "parameters": {}}
    third = added(store, FILES, metadata(recall=0.93, model=model))
    refused = store.refuse(FILES, metadata(decision="refuse"), reason="recall 0.81")

    found = _read(capsys, "list")

    states = {row["version"]: row["state"] for row in found["versions"]}
    assert states == {
        first.version: "served",
        second.version: "serves",
        third: "never served",
        refused: "refused",
    }
    assert found["serving"] == second.version
    assert [move["kind"] for move in found["moves"]] == ["promotion", "promotion"]
    assert _run("list") == 0
    printed = capsys.readouterr().out
    assert "0.9300" in printed
    assert "family adaboost" in printed
    assert max(map(len, printed.splitlines())) <= 80


def test_list_shows_a_damaged_version_beside_the_sound(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """One damaged version does not hide the others."""
    promoted(store, "1")
    damaged = added(store, files("2"), metadata())
    (store.root / damaged / "report.json").unlink()

    rows = {row["version"]: row for row in _read(capsys, "list")["versions"]}

    assert "report.json is missing" in rows[damaged]["fault"]
    assert sum(row["fault"] is None for row in rows.values()) == 1


def test_list_with_a_lost_pointer_fails_after_the_table(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """The versions are still listed; the exit says what is wrong and how to mend it."""
    version = promoted(store, "1").version
    (store.root / "latest.json").unlink()

    with pytest.raises(StoreError, match=f"models rollback {version}"):
        _run("list")
    assert f"{version}  unknown" in capsys.readouterr().out


@pytest.mark.parametrize("damage", ["deleted", "emptied", "unsigned"])
def test_list_fails_where_what_serves_is_gone(
    store: Store, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    """The row is there, and the exit says what to do; a version that served before is told only."""
    first, second = promoted(store, "1"), promoted(store, "2")
    shutil.rmtree(store.root / first.version)
    rows = {row["version"]: row for row in _read(capsys, "list")["versions"]}
    assert rows[first.version]["state"] == "missing"
    assert "though it served: restore" in rows[first.version]["fault"]

    folder = store.root / second.version
    (folder / "model.sig").unlink()
    if damage == "deleted":
        shutil.rmtree(folder)
    elif damage == "emptied":
        shutil.rmtree(folder)
        folder.mkdir()

    with pytest.raises(StoreError, match=f"{second.version} is .*models rollback"):
        _run("list")
    state = "missing" if damage == "deleted" else "serves"
    assert f"{second.version}  {state}" in capsys.readouterr().out


def test_show_prints_verified_metadata_and_moves(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """A version's own numbers, and when it served by whose hand; refused ones too."""
    version = promoted(store, "1").version
    refused = store.refuse(FILES, metadata(decision="refuse"), reason="recall 0.81")

    assert _read(capsys, "show", version)["moves"][0]["actor"] == "test"
    assert _read(capsys, "show", refused)["refusal"]["reason"] == "recall 0.81"
    assert _run("show", version) == 0
    assert "promotion" in capsys.readouterr().out


def test_show_trusts_no_edited_metadata(store: Store) -> None:
    """What is shown is what was signed, or nothing."""
    version = promoted(store, "1").version
    path = store.root / version / "metadata.json"
    path.chmod(0o644)
    path.write_text(path.read_text().replace('"as_of": "2026', '"as_of": "2027'))

    with pytest.raises(FraudAssetsError, match=r"metadata\.json differs"):
        _run("show", version)


def test_verify_names_every_fault_and_fails(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """All versions, the refused and the log are checked; any fault gives exit code 1."""
    version = promoted(store, "1").version
    refused = store.refuse(FILES, metadata(decision="refuse"), reason="r")
    assert _run("verify") == 0
    (store.root / version / "t.npz").unlink()
    (store.root / "refused" / refused / "model.sig").unlink()
    log = store.root / "promotions.jsonl"
    log.write_text(log.read_text().replace("a test", "b test"))

    assert _run("verify") == 1
    out = capsys.readouterr().out
    assert "t.npz is missing" in out
    assert f"refused/{refused}: {refused} is not trusted: model.sig is missing" in out
    assert "promotions.jsonl line 1 was changed" in out
    assert _run("verify", refused) == _run("verify", version) == 1


def test_rollback_moves_back(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a version it goes to what served before; it says what serves now."""
    first, second = promoted(store, "1"), promoted(store, "2")

    assert _run("rollback", *SIGNED) == 0
    out = capsys.readouterr().out
    assert out == f"rollback: {first.version} serves, {second.version} did before.\n"
    assert _read(capsys, "rollback", second.version, *SIGNED)["actor"] == "duty officer"
    now = store.current()
    assert now is not None
    assert now.version == second.version


@pytest.mark.parametrize(
    "words",
    [
        ["rollback", *SIGNED],
        ["promote", "VERSION", "--override", *SIGNED],
        ["shadow", "VERSION", *SIGNED],
        ["prune", "--keep", "1"],
    ],
)
def test_acts_are_refused_where_another_contract_is_worked_on(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """Its name is in FRAUD_ASSETS_CONTRACT; nothing is moved, and the sentence says what to set."""
    first, second = promoted(store, "1"), promoted(store, "2")
    (tmp_path / "other.toml").write_text('name = "other"')
    monkeypatch.setenv("FRAUD_ASSETS_CONTRACT", str(tmp_path / "other.toml"))

    with pytest.raises(StoreError, match=r"belongs to contract shop.*FRAUD_ASSETS_MODELS=.*other"):
        _run(*(word.replace("VERSION", first.version) for word in words))

    assert store.current() == second
    (tmp_path / "other.toml").write_text('name = "shop"')
    assert _run("rollback", *SIGNED) == 0


def test_promote_explains_the_gate(store: Store) -> None:
    """There is no promotion by hand but an override, and the sentence says so."""
    now = promoted(store)
    version = added(store, files("2"), metadata())

    with pytest.raises(RefusedError, match=r"goes through the gate.* --override --actor"):
        _run("promote", version)
    assert store.current() == now


@pytest.mark.parametrize(
    "words",
    [["promote", "v", "--override"], ["promote", "v", "--override", "--actor", "a"], ["rollback"]],
)
def test_moves_without_actor_or_reason_are_wrong_usage(store: Store, words: list[str]) -> None:
    """Exit code 2 where actor or reason are left out."""
    with pytest.raises(SystemExit) as exit_:
        _run(*words)
    assert exit_.value.code == 2


def test_override_is_shown_for_as_long_as_it_serves(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """Breaking the glass works on refused candidates and is seen in the list afterwards."""
    refused = store.refuse(FILES, metadata(decision="refuse"), reason="r")

    pointer = _read(capsys, "promote", refused, "--override", *SIGNED)

    assert pointer["override"]["reason"] == "outage"
    (row,) = _read(capsys, "list")["versions"]
    assert row["state"] == "serves by override"


def test_store_can_be_named(store: Store, tmp_path: Path) -> None:
    """--store looks elsewhere than FRAUD_ASSETS_MODELS."""
    version = promoted(store, "1").version

    assert _run("verify", version) == 0
    with pytest.raises(StoreError, match="--store must be a folder"):
        _run("verify", version, "--store", str(tmp_path / "other"))
