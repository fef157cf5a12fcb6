"""From the source to the state: any cut gives the same answers, and a difference is named."""

from __future__ import annotations

import json
from pathlib import Path

import lmdb
import numpy as np
import pandas as pd
import pytest

from fraud_assets.cli import main
from fraud_assets.contract import Contract, load_contract
from fraud_assets.data.features import derive_features
from fraud_assets.data.transactions import read_transactions
from fraud_assets.errors import StateError, StateMovedError
from fraud_assets.handover.build import build_state
from fraud_assets.handover.rows import payments_of
from fraud_assets.handover.verify import verify_state
from fraud_assets.payments.kept import plan_for
from fraud_assets.payments.reader import RawReader
from fraud_assets.state.acts.filling import fill
from fraud_assets.state.adapters.memory import Memory
from fraud_assets.state.opening import begin, go_on

CONTRACT = """
format = 1
name = "toy"
source = { path = "payments.csv" }
label = { column = "fraud", known_at = "reported", maturity_days = 2 }
live = { late_after = "20d" }
[columns]
id = "id"
event_time = "made"
sender = "who"
entities = ["device"]
amount = "paid"
[features]
numeric = ["paid", "n", "usual", "shops", "share", "age", "last", "met"]
categorical = ["shop"]
case = "upper"
[derived]
n = { kind = "count", entity = "who", window = "3d", include_current = true }
usual = { kind = "mean", of = "paid", entity = "who", window = "5d" }
shops = { kind = "distinct", of = "who", entity = "device", window = "9d" }
share = { kind = "label_share", entity = "device", window = "9d", delay = "1d" }
age = { kind = "age", entity = "who" }
last = { kind = "since_last", entity = "device" }
met = { kind = "since_met", entity = "who", other = "device" }
[rules.paid_positive]
column = "paid"
min = 0
"""


@pytest.fixture
def contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Contract:
    """400 payments of eight senders over a month, ids, labels and a few bad rows among them."""
    random = np.random.default_rng(3)
    size = 400
    made = pd.Timestamp("2025-03-01") + pd.to_timedelta(np.sort(random.integers(0, 720, size)), "h")
    fraud = random.random(size) < 0.2
    reported = (made + pd.Timedelta("30h")).strftime("%Y-%m-%d %H:%M:%S")
    pd.DataFrame(
        {
            "id": np.arange(size) + 1000,
            "made": made.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "who": [f" s{n}" for n in random.integers(0, 8, size)],
            "device": random.choice(["7", "07", "x", ""], size),
            "shop": random.choice(["eth", "ETH", "n/a"], size),
            "paid": [f"{p:.2f}" for p in random.lognormal(3, 1, size)],
            "fraud": fraud.astype(int),
            "reported": np.where(fraud & (random.random(size) < 0.7), reported, ""),
        }
    ).assign(paid=lambda f: f["paid"].where(f.index % 97 != 5, "-1")).to_csv(
        tmp_path / "payments.csv", index=False
    )
    (tmp_path / "contract.toml").write_text(CONTRACT)
    monkeypatch.setenv("FRAUD_ASSETS_CONTRACT", str(tmp_path / "contract.toml"))
    monkeypatch.setenv("FRAUD_ASSETS_STATE", str(tmp_path / "state"))
    return load_contract(tmp_path / "contract.toml")


def test_a_row_and_its_payment_are_the_same(contract: Contract) -> None:
    """Typed from the source or read from JSON: equal content, so that an id is known again."""
    raw = read_transactions(contract)
    exported = pd.read_csv(contract.base / "payments.csv", dtype=str, keep_default_na=False)
    reader = RawReader(contract)
    rows = [payment for part in payments_of(raw.rows, contract) for payment, _ in part]

    sent = [reader.read(exported.iloc[at].to_dict()).payment for at in raw.rows["_row"]]

    assert [one.content for one in rows] == [one.content for one in sent]


@pytest.mark.parametrize("cut", [None, "2025-03-02", "2025-03-16T11:00:00", "2025-03-30"])
def test_any_cut_gives_the_same_answers(contract: Contract, cut: str | None) -> None:
    """Built until the cut, and the rest decided online: the batch's bits over all."""
    raw, adapter = read_transactions(contract), Memory()
    build_state(contract, adapter, cut)
    state = go_on(adapter, plan_for(contract))
    after = [p for part in payments_of(raw.rows, contract) for p in part]
    fill(state, after[len(after) // 2 :])  # some are known by their ids, none counts twice

    build_state(contract, adapter)
    verified = verify_state(contract, state)

    assert verified.compared > 100
    assert verified.differences == ()


def test_online_in_event_order_is_the_batch(contract: Contract) -> None:
    """From an empty state, every feature of every payment, to the bit."""
    raw = read_transactions(contract)
    batch = derive_features(raw.rows, contract)[list(contract.derived)].to_numpy()
    unlabelled = derive_features(raw.rows.assign(_label=0), contract)
    state = begin(Memory(), plan_for(contract))

    came = [one for part in payments_of(raw.rows, contract) for one, _ in part]
    found = np.array([[*one.features.values()] for one in state.meet(came)])

    assert found.tobytes() == unlabelled[list(contract.derived)].to_numpy().tobytes()
    assert found.shape == batch.shape


def test_the_command_builds_shows_and_verifies(
    contract: Contract, capsys: pytest.CaptureFixture[str]
) -> None:
    """Building again adds nothing; a verified state has no difference."""
    done = [main(["state", "build", "--json"]) for _ in range(2)]
    built = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    shown = main(["state", "show", "who", "s1", "--json"])
    entity = json.loads(capsys.readouterr().out)
    unknown = main(["state", "show", "nobody", "s1"])
    verified = main(["state", "verify"])

    assert done == [0, 0]
    assert built[0]["added"] > 390
    assert (built[1]["added"], built[1]["known"]) == (0, built[0]["added"])
    assert (shown, unknown, verified) == (0, 2, 0)
    assert entity["payments_kept"] > 5
    assert "0 differences." in capsys.readouterr().out


def test_a_flipped_byte_of_any_record_is_named(
    contract: Contract, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where no payment of the sample asks for that record; put back, all holds again."""
    assert main(["state", "build"]) == 0
    with lmdb.open(str(tmp_path / "state" / contract.name)) as held:
        with held.begin() as transaction:
            records = dict(transaction.cursor())
        # One of a payment, one of an entity: others are read when the state is opened.
        firsts = {key[:1]: key for key in sorted(records, reverse=True) if key[:1] in b"IT"}
        for key in firsts.values():
            value = records[key]
            at = len(value) // 2
            flipped = value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]
            with held.begin(write=True) as transaction:
                transaction.put(key, flipped)

    status = main(["state", "verify", "--sample", "1"])
    named = capsys.readouterr().err
    with (
        lmdb.open(str(tmp_path / "state" / contract.name)) as held,
        held.begin(write=True) as transaction,
    ):
        for key in firsts.values():
            transaction.put(key, records[key])

    assert len(firsts) == 2
    assert status == 1
    assert f"the record {min(firsts.values()).hex()} and 1 more" in named
    assert main(["state", "verify", "--sample", "1"]) == 0


def test_a_state_that_misses_a_payment_is_named(contract: Contract) -> None:
    """The payment, the feature, and both values."""
    raw, adapter = read_transactions(contract), Memory()
    everything = [one for part in payments_of(raw.rows, contract) for one in part]
    state = begin(adapter, plan_for(contract))
    fill(state, [one for at, one in enumerate(everything) if at != 300])

    verified = verify_state(contract, state)

    assert {"n", "usual"} & {one.feature for one in verified.differences}


def test_a_state_begun_anew_is_not_answered_from_by_who_held_the_old_one(
    contract: Contract,
) -> None:
    """A worker that has it open is told, and goes on once it is built; topping up moves nothing."""
    adapter = Memory()
    build_state(contract, adapter)
    held = go_on(adapter, plan_for(contract))
    (payment, _), *_ = next(payments_of(read_transactions(contract).rows, contract))
    build_state(contract, adapter)
    held.meet([payment])

    begin(adapter, plan_for(contract), is_complete=False)

    with pytest.raises(StateMovedError, match="built anew"):
        held.meet([payment])


def test_a_build_that_broke_off_is_not_served_from(contract: Contract) -> None:
    """Nor is a state of other features; both say what to do."""
    adapter = Memory()
    begin(adapter, plan_for(contract), is_complete=False)

    with pytest.raises(StateError, match=r"broke off.*Build it: fraud-assets state build"):
        go_on(adapter, plan_for(contract))

    build_state(contract, adapter)
    other = contract.model_copy(update={"derived": dict(list(contract.derived.items())[:2])})
    with pytest.raises(StateError, match="was built for others"):
        go_on(adapter, plan_for(other))
