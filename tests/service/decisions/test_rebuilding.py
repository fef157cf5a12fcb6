"""A state that is lost or damaged is noticed, never answered from, and rebuilt by itself."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lmdb
import pytest

from fraud_assets.cli import main
from fraud_assets.state.adapters.embedded import FILE
from tests.service.decisions.test_decisions import CONTRACT, payment
from tests.service.stores import Server, new_store, promote, serving
from tests.waiting import wait_until

TABLE = """id,made,who,amount,chain,country,fraud
s1,2026-10-31T20:00:00Z,a,10,eth,DE,0
s2,2026-10-31T23:30:00Z,a,20,eth,DE,0
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source of two payments, its contract, and where state and record lie."""
    (tmp_path / "payments.csv").write_text(TABLE)
    (tmp_path / "contract.toml").write_text(CONTRACT.replace("none.csv", "payments.csv"))
    monkeypatch.setenv("FRAUD_ASSETS_CONTRACT", str(tmp_path / "contract.toml"))
    monkeypatch.setenv("FRAUD_ASSETS_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("FRAUD_ASSETS_DECISIONS", str(tmp_path / "decisions"))
    promote(
        new_store(tmp_path),
        "gradient_boosting",
        {"contract.toml": (tmp_path / "contract.toml").read_bytes()},
    )
    return tmp_path


def lost(state: Path) -> None:
    """Nothing is left."""
    shutil.rmtree(state)


def truncated(state: Path) -> None:
    """The file's second half is gone."""
    file = state / "crypto_gateway" / FILE
    os.truncate(file, file.stat().st_size // 2)


def overwritten(state: Path) -> None:
    """The file is no state at all."""
    file = state / "crypto_gateway" / FILE
    file.write_bytes(b"\x00" * file.stat().st_size)


def flipped(state: Path) -> None:
    """A bit of each record of an entity is another."""
    with lmdb.open(str(state / "crypto_gateway")) as held, held.begin(write=True) as transaction:
        tracks = [(key, value) for key, value in transaction.cursor() if key[:1] == b"T"]
        for key, value in tracks:
            transaction.put(key, value[:-1] + bytes([value[-1] ^ 1]))


def moved(state: Path) -> None:
    """A record of an entity stands under another key, as a bit of its key is another."""
    with lmdb.open(str(state / "crypto_gateway")) as held, held.begin(write=True) as transaction:
        tracks = [(key, value) for key, value in transaction.cursor() if key[:1] == b"T"]
        for key, value in tracks:
            transaction.delete(key)
            transaction.put(key[:-1] + bytes([key[-1] ^ 1]), value)


def decided(server: Server, **changes: Any) -> dict[str, Any]:
    """The answer to a payment, once there is one."""
    status, told = server.ask("/decisions", payment(2, **changes))
    assert status == 200, told
    return told


@pytest.mark.slow
@pytest.mark.parametrize("damage", [lost, truncated, overwritten, flipped])
def test_a_state_that_is_lost_or_damaged_is_rebuilt_by_itself(
    folder: Path, damage: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """From source and record: every payment counts, and a repeated one gets its first answer."""
    store = new_store(folder)
    with serving(store) as server:
        wait_until(lambda: server.ask("/ready")[1]["decisions"] == "ready")
        first = decided(server, id="p1")
        assert first["features"]["count"] == 3  # two of the source, and itself
        known = {"payment_id": "p1", "is_fraud": True, "known_at": "2026-11-02T00:00:00Z"}
        assert server.ask("/labels", {"labels": [known]})[1]["accepted"] == 1
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(30)
    damage(folder / "state")

    with serving(store) as server:
        status, told = server.ask("/decisions", payment(3, id="p2"))
        if status == 503:
            assert told["detail"][0]["loc"] == ["state"]
        wait_until(lambda: server.ask("/ready")[1]["decisions"] == "ready")
        again = decided(server, id="p1")
        later = server.ask("/decisions", payment(3, id="p2"))[1]
        labels = server.ask("/labels", {"labels": [known]})[1]

    assert again == first | {"repeated": True}
    assert later["features"]["count"] == 4
    assert labels["repeated"] == 1
    assert main(["state", "verify", "--json"]) == 0
    verified = json.loads(capsys.readouterr().out)
    assert (verified["compared"], verified["differences"]) == (4, [])


@pytest.mark.slow
def test_while_it_is_rebuilt_it_says_so_and_answers_nothing(folder: Path) -> None:
    """503 with the reason, in /ready and /health too; scoring goes on."""
    rows = "".join(
        f"b{n},2026-10-{1 + n % 28:02}T10:00:00Z,w{n % 99},5,eth,DE,0\n" for n in range(30_000)
    )
    (folder / "payments.csv").write_text(TABLE + rows)
    with serving(new_store(folder)) as server:
        told = wait_until_told(server, "being rebuilt")
        status, answer = server.ask("/decisions", payment(2))
        scored = server.ask("/predict", {
            "amount": 1.0, "age": 1.0, "count": 1, "chain": "ETH", "country": "DE",
        })  # fmt: skip
        wait_until(lambda: server.ask("/ready")[1]["decisions"] == "ready")
        assert decided(server, who="w1")["features"]["age"] > 20

    assert "there is none" in told
    assert (status, answer["detail"][0]["type"]) == (503, "unavailable")
    assert scored[0] == 200


def wait_until_told(server: Server, words: str) -> str:
    """What /ready says of decisions once it has these words."""
    wait_until(lambda: words in server.ask("/ready")[1]["decisions"])
    return str(server.ask("/ready")[1]["decisions"])


@pytest.mark.slow
def test_the_contract_of_another_version_builds_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What this machine has must be what the version needs; the sentence says which to name."""
    other = (folder / "contract.toml").read_text().replace('window = "24h"', 'window = "25h"')
    (folder / "other.toml").write_text(other)
    monkeypatch.setenv("FRAUD_ASSETS_CONTRACT", str(folder / "other.toml"))

    with serving(new_store(folder)) as server:
        told = wait_until_told(server, "failed")

    assert "Name the version's by FRAUD_ASSETS_CONTRACT" in told
    assert not (folder / "state" / "crypto_gateway.building").exists()


@pytest.mark.slow
def test_what_nobody_asks_for_is_looked_at_all_the_same(folder: Path) -> None:
    """A record under a wrong key is found by the walk that lets old payments go; then rebuilt."""
    with serving(new_store(folder)) as server:
        wait_until(lambda: server.ask("/ready")[1]["decisions"] == "ready")
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(30)
    moved(folder / "state")

    with serving(new_store(folder)) as server:
        told = wait_until_told(server, "rebuilt")
        wait_until(lambda: server.ask("/ready")[1]["decisions"] == "ready")
        assert decided(server)["features"]["count"] == 3

    assert "is not what was written" in told or "damage was found" in told
