"""A kind of derived feature that one new file adds, used wherever derived features are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract, parse_contract
from fraud_assets.data.features import derive_features
from fraud_assets.data.transactions import read_transactions
from fraud_assets.handover.build import build_state
from fraud_assets.handover.rows import payments_of
from fraud_assets.handover.verify import verify_state
from fraud_assets.payments.kept import plan_for
from fraud_assets.scoring.wording import description, wording
from fraud_assets.state.adapters.embedded import Embedded
from fraud_assets.state.opening import begin, go_on

CONTRACT = """
format = 1
name = "toy"
source = { path = "payments.csv" }
label = { column = "fraud", maturity_days = 2 }
columns = { id = "id", event_time = "made", sender = "who", entities = ["shop"], amount = "paid" }
live = { late_after = "20d" }
features = { numeric = ["paid", "f"] }
[derived]
f = { kind = "largest", of = "paid", entity = "who", other = "shop", window = "3d" }
"""
CUT = "2025-03-08T12:00:00"


def _contract(folder: str) -> Contract:
    """The contract, its source of 900 payments written beside it."""
    random = np.random.default_rng(3)
    made = pd.Timestamp("2025-03-01") + pd.to_timedelta(random.integers(0, 15_000, 900), "min")
    pd.DataFrame(
        {
            "id": np.arange(900),
            "made": made.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "who": random.choice(["a", "b", ""], 900, p=[0.9, 0.08, 0.02]),
            "shop": random.choice(["x", "y"], 900, p=[0.95, 0.05]),
            "paid": np.where(
                random.random(900) < 0.05, "", random.integers(1, 99, 900).astype(str)
            ),
            "fraud": 0,
        }
    ).to_csv(Path(folder) / "payments.csv", index=False)
    return parse_contract(CONTRACT, base=Path(folder))


def differing(folder: str) -> list[str]:
    """Where the new kind says something else than in batch; nothing where it never does."""
    contract, found = _contract(folder), []
    rows = read_transactions(contract).rows
    batch = derive_features(rows, contract)["f"].to_numpy()
    came = [one for part in payments_of(rows, contract) for one, _ in part]
    online = begin(Embedded(Path(folder) / "online"), plan_for(contract)).meet(came)
    if np.array([one.features["f"] for one in online]).tobytes() != batch.tobytes():
        found.append("online")
    adapter = Embedded(Path(folder) / "handed over")
    build_state(contract, adapter, CUT)
    state = go_on(adapter, plan_for(contract))
    later = (rows["_time"] > pd.Timestamp(CUT)).to_numpy()
    after = state.meet([one for one, is_later in zip(came, later, strict=True) if is_later])
    if np.array([one.features["f"] for one in after]).tobytes() != batch[later].tobytes():
        found.append("handed over")
    if verify_state(contract, state).differences:
        found.append("verified")
    return found


def sentences(folder: str) -> list[str]:
    """How people are told of the feature."""
    contract = _contract(folder)
    return [description("f", contract), wording("f", contract).text]
