"""Other domains, odd exports: raw payments through the state give the batch's bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fraud_assets.contract import Contract, load_contract
from fraud_assets.data.features import derive_features
from fraud_assets.data.transactions import read_transactions
from fraud_assets.handover.rows import told_of, values_of
from fraud_assets.payments.kept import plan_for
from fraud_assets.release.raw_payments.exported import Exported
from fraud_assets.state.acts.saying import Saying, take_saying
from fraud_assets.state.adapters.memory import Memory
from fraud_assets.state.opening import begin
from fraud_assets.state.state import State

SIZE = 300


def times(random: np.random.Generator, start: str, hours: int) -> pd.Series:
    """Instants in order, many of them equal."""
    made = pd.Timestamp(start) + pd.to_timedelta(
        np.sort(random.integers(0, hours * 4, SIZE)), "min"
    )
    return pd.Series(made)


def parcels(random: np.random.Generator) -> tuple[pd.DataFrame, str]:
    """A parcel service in Berlin over the night in which clocks go back; unicode, commas."""
    made = times(random, "2025-10-25 20:00", 24 * 3)
    frame = pd.DataFrame(
        {
            "Paket": [f"№{n}·ß" for n in range(SIZE)],
            "Zeit": made.dt.strftime("%d.%m.%Y %H:%M"),
            "Kunde": random.choice(
                ["Müller", "Mu\u0308ller", " MÜLLER", "李雷", "👩‍🚀", "", "n/a"], SIZE
            ),
            "Filiale": random.choice(["Ä1", "ä1", "007", "7", "7.0"], SIZE),
            "Betrag": [f"{x:.2f}".replace(".", ",") for x in random.lognormal(3, 2, SIZE)],
            "Betrug": random.integers(0, 2, SIZE),
        }
    )
    contract = """
    source = { path = "data.csv", decimal = "," }
    label = { column = "Betrug", maturity_days = 0.5 }
    [columns]
    id = "Paket"
    sender = "Kunde"
    amount = "Betrag"
    entities = ["Filiale"]
    [columns.event_time]
    column = "Zeit"
    zone = "Europe/Berlin"
    day_first = true
    [features]
    numeric = ["Betrag", "n", "summe", "verh", "anteil", "stunde", "seit", "leute"]
    categorical = ["Filiale"]
    [derived]
    n = { kind = "count", entity = "Kunde", window = "3h" }
    summe = { kind = "sum", of = "Betrag", entity = "Filiale", window = "2h", delay = "1h" }
    verh = { kind = "ratio", of = "Betrag", entity = "Kunde", window = "9h" }
    anteil = { kind = "label_share", entity = "Filiale", window = "1d", delay = "2h" }
    stunde = { kind = "calendar", flag = "hour" }
    seit = { kind = "since_met", entity = "Kunde", other = "Filiale", unit = "hours" }
    leute = { kind = "distinct", of = "Kunde", entity = "Filiale", window = "5h" }
    """
    return frame, contract


def claims(random: np.random.Generator) -> tuple[pd.DataFrame, str]:
    """Insurance claims counted in milliseconds, amounts at the limits of float64, no entity."""
    made = times(random, "2026-01-01", 24 * 9)
    frame = pd.DataFrame(
        {
            "claim": np.arange(SIZE),
            "at": made.astype("datetime64[ms]").astype("int64"),
            "paid": random.choice([1e-300, 5e-324, 0.1, -0.0, 1e14, 1.5, np.nan], SIZE),
            "since": made.astype("datetime64[s]").astype("int64")
            - random.integers(-99, 9**6, SIZE),
            "bad": random.integers(0, 2, SIZE),
        }
    )
    contract = """
    source = { path = "data.parquet" }
    label = { column = "bad", maturity_days = 1 }
    [columns]
    id = "claim"
    amount = "paid"
    event_time = { column = "at", unit = "ms" }
    [features]
    numeric = ["paid", "age", "night"]
    [derived]
    age = { kind = "age", since = { column = "since", unit = "s" } }
    night = { kind = "calendar", flag = "night" }
    """
    return frame, contract


def clicks(random: np.random.Generator) -> tuple[pd.DataFrame, str]:
    """Ad clicks: composite entity, huge and tiny sums, parquet's own types, no label in time."""
    made = times(random, "2024-02-28 22:00", 24 * 4)
    frame = pd.DataFrame(
        {
            "click": random.permutation(SIZE).astype("int64") + 2**53,
            "when": made.dt.tz_localize("UTC").dt.tz_convert("America/New_York"),
            "user": pd.array(random.choice([1, 2, 3, None], SIZE), dtype="Int64"),
            "site": random.choice([1.0, 2.0, np.nan], SIZE),
            "bid": random.choice([1e15, 1.0, 1e-9, -1e15, 3.3, np.nan], SIZE),
            "robot": random.choice([True, False], SIZE),
        }
    )
    contract = """
    source = { path = "data.parquet" }
    label = { column = "robot", positive = [true], negative = [false], maturity_days = 2 }
    [columns]
    id = "click"
    event_time = "when"
    sender = "user"
    amount = "bid"
    entities = ["site"]
    [features]
    numeric = ["bid", "s", "m", "met", "last", "first", "n"]
    [derived]
    s = { kind = "sum", of = "bid", entity = "user", window = "12h", include_current = true }
    m = { kind = "mean", of = "bid", entity = "site", window = "6h", delay = "30m" }
    met = { kind = "since_met", entity = "user", other = "site" }
    last = { kind = "since_last", entity = "site" }
    first = { kind = "age", entity = "user", unit = "seconds" }
    n = { kind = "distinct", of = "site", entity = "user", window = "36h", include_current = true }
    """
    return frame, contract


def timeless(random: np.random.Generator) -> tuple[pd.DataFrame, str]:
    """No event time, no id, no entity."""
    frame = pd.DataFrame(
        {
            "v1": random.normal(size=SIZE),
            "kind": random.choice(["a", "B", "-", ""], SIZE),
            "y": random.integers(0, 2, SIZE),
        }
    )
    return (
        frame,
        """
    source = { path = "data.csv" }
    label = { column = "y" }
    windows = { by = "shares" }
    [features]
    numeric = ["v1"]
    categorical = ["kind"]
    """,
    )


WORLDS = {one.__name__: one for one in (parcels, claims, clicks, timeless)}


def written_world(name: str, folder: Path) -> Contract:
    """The world's data and contract as files."""
    frame, said = WORLDS[name](np.random.default_rng(7))
    text = f'format = 1\nname = "{name}"\n{said}'
    if "data.csv" in said:
        frame.to_csv(folder / "data.csv", index=False)
    else:
        frame.to_parquet(folder / "data.parquet")
    (folder / "contract.toml").write_text(text)
    return load_contract(folder / "contract.toml")


def online(contract: Contract, rows: pd.DataFrame) -> tuple[np.ndarray, list[dict], set[str]]:
    """Derived features (n, d), features that the payment itself tells, columns sent otherwise."""
    exported = Exported(contract, rows["_row"].tolist())
    columns = values_of(rows, contract, exported.reader.read_columns)
    state: State = begin(Memory(), plan_for(contract))
    told = told_of(rows, contract)
    waiting: list[tuple[int, str, bool]] = []
    derived, own = [], []
    for at, row in enumerate(rows["_row"].tolist()):
        read = exported.reader.read(exported.raw(row, {n: v[at] for n, v in columns.items()}))
        now = read.payment.time or 0
        for since, payment, is_fraud in sorted(one for one in waiting if one[0] <= now):
            take_saying(state, Saying(payment, is_fraud, since))
        waiting = [one for one in waiting if one[0] > now]
        (found,) = state.meet([read.payment])
        derived.append([found.features[name] for name in contract.derived])
        own.append(read.features)
        waiting += [(since or 0, read.payment.id or "", fraud) for fraud, since in told[at]]
    return np.array(derived, dtype=float), own, exported.rewritten


@pytest.mark.parametrize("name", WORLDS)
def test_raw_payments_give_the_batchs_bits(name: str, tmp_path: Path) -> None:
    """Every feature of every good row, as exported, in event order."""
    contract = written_world(name, tmp_path)
    rows = read_transactions(contract).rows
    names = list(contract.derived)
    expected = derive_features(rows, contract)

    derived, own, rewritten = online(contract, rows)

    assert len(rows) > 100
    assert rewritten == set()
    if names:
        batch = expected[names].to_numpy(dtype=np.float64)
        wrong = derived.view(np.int64) != batch.view(np.int64)
        wrong &= ~(np.isnan(derived) & np.isnan(batch))
        assert [n for n, bad in zip(names, wrong.any(axis=0), strict=True) if bad] == []
    for feature in (n for n in contract.features.names if n not in contract.derived):
        given = [None if pd.isna(v) else v for v in expected[feature]]
        assert [one[feature] for one in own] == given
