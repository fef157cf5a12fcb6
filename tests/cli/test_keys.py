from __future__ import annotations

import json
from pathlib import Path

import pytest

from fraud_assets.cli import main
from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store
from tests.store.stores import new_store, promoted

SIGNED = ["--actor", "ada", "--reason", "yearly"]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store with one version that the environment names, keys included."""
    monkeypatch.setenv("FRAUD_ASSETS_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(tmp_path / "keys"))
    store = new_store(tmp_path, Keys(tmp_path / "keys"))
    promoted(store)
    return store


def test_rotate_and_list(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """Who put which key in place, when and why; the newest signs."""
    assert main(["keys", "rotate", *SIGNED]) == 0
    assert "signs from now on" in capsys.readouterr().out
    assert main(["keys", "rotate", "--json", *SIGNED]) == 0
    assert json.loads(capsys.readouterr().out)["cause"] == "rotation"

    assert main(["keys", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["role"] for row in rows] == ["trusted", "trusted", "signs"]
    assert [row["actor"] for row in rows] == [None, "ada", "ada"]
    assert main(["keys", "list"]) == 0
    assert rows[2]["fingerprint"][:12] in capsys.readouterr().out


def test_adopt_says_whom_to_give_the_new_key(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """A lost private key is replaced on record, and the way to the scoring machines is named."""
    store.keys.private.unlink()
    assert main(["keys", "rotate", *SIGNED]) == 1
    assert "say so with --adopt" in capsys.readouterr().err

    assert main(["keys", "rotate", "--adopt", *SIGNED]) == 0
    assert f"Give every scoring machine the new {store.keys.public}" in capsys.readouterr().out


def test_check_names_every_fault(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """Files, permissions, the pair, rotations and each store; exit 1 where one fails."""
    assert main(["keys", "check"]) == 0
    assert capsys.readouterr().out.count(": holds\n") == 5

    store.keys.public.chmod(0o666)
    (store.root / "latest.json").unlink()
    assert main(["keys", "check", "--json"]) == 1
    found = {row["what"]: row["fault"] for row in json.loads(capsys.readouterr().out)}
    assert "chmod 644" in found[str(store.keys.public)]
    assert found[str(store.keys.private)] is None
    assert found[str(store.root)]


@pytest.mark.parametrize("words", [["rotate"], ["rotate", "--actor", "a"], []])
def test_wrong_usage(words: list[str]) -> None:
    """An act on keys is somebody's, for a reason."""
    with pytest.raises(SystemExit) as exit_:
        main(["keys", *words])
    assert exit_.value.code == 2
