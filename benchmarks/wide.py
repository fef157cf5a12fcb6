"""A wide and large set through the whole chain: minutes, memory, and plain boosting beside it.

600,000 payments with 120 columns: 100 numbers, 20 texts of which three have over 5,000 levels,
half of all cells missing. The chain runs as `fraud-assets run` does, in one process of its own;
beside it scikit-learn's HistGradientBoosting, untuned, on all rows before the judged ones.

    python -m benchmarks.wide [--rows N]     table, and benchmarks/out/wide.json
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.preprocessing import OrdinalEncoder

from fraud_assets.contract import load_contract
from fraud_assets.data.cleaning import clean
from fraud_assets.data.transactions import read_transactions
from fraud_assets.documents.formats import to_plain
from fraud_assets.modelling.statistics.bootstrap import bootstrap, percentile_estimate
from fraud_assets.modelling.statistics.ranking import Ranking
from fraud_assets.modelling.tuned import unpickle_unverified

OUT = Path(__file__).parent / "out" / "wide.json"
ROWS, NUMBERS, FEW, MANY = 600_000, 100, 17, (5_200, 8_000, 12_000)
FRAUD_SHARE, MISSING = 0.02, 0.5
MOST_MINUTES, MOST_GIB = 10.0, 8.0


def write_set(folder: Path, rows: int, seed: int = 0) -> Path:
    """Parquet files of a month each and the contract beside them; the contract's path."""
    rng = np.random.default_rng(seed)
    fraud = rng.random(rows) < FRAUD_SHARE
    columns: dict[str, Any] = {"id": np.arange(rows).astype(str)}
    span = np.timedelta64(364 * 86_400, "s") * (np.arange(rows) / rows)
    columns["at"] = np.datetime64("2025-01-01", "us") + span.astype("timedelta64[us]")
    columns["is_fraud"] = fraud.astype("int8")
    columns["known_at"] = columns["at"] + np.timedelta64(3, "D")
    columns["sender"] = rng.integers(0, rows // 8, rows).astype(str)
    numbers = rng.normal(size=(rows, NUMBERS)).astype(np.float64)
    story = rng.integers(0, 4, rows)
    for kind in range(4):  # each story shows in three columns of its own
        push = fraud & (story == kind) & (rng.random(rows) < 0.93)
        numbers[push, 3 * kind : 3 * kind + 3] += rng.gamma(3.0, 0.6, (int(push.sum()), 3))
    numbers[:, ::4] = np.exp(numbers[:, ::4] * 2)  # heavy tails
    numbers[rng.random(numbers.shape) < MISSING] = np.nan
    columns |= {f"n{at:03d}": numbers[:, at] for at in range(NUMBERS)}
    for at in range(FEW):
        columns[f"t{at:02d}"] = _texts(rng, rows, int(rng.integers(3, 40)), fraud, 0.0)
    for at, levels in enumerate(MANY):
        columns[f"m{at}"] = _texts(rng, rows, levels, fraud, 0.5)
    frame = pd.DataFrame(columns)
    for at, part in enumerate(np.array_split(np.arange(rows), 12)):
        frame.iloc[part].to_parquet(folder / f"month_{at:02d}.parquet", index=False)
    contract = folder / "contract.toml"
    contract.write_text(_contract())
    return contract


def _texts(
    rng: np.random.Generator, rows: int, levels: int, fraud: np.ndarray, signal: float
) -> np.ndarray:
    """Levels of a skewed law; a twentieth of them draws frauds; half of them missing."""
    code = (levels * rng.random(rows) ** 2).astype(int)
    drawn = fraud & (rng.random(rows) < signal)
    code[drawn] = 20 * rng.integers(0, max(levels // 20, 1), int(drawn.sum()))
    names = np.array([f"L{(7919 * k) % 100_003:06d}" for k in range(levels)], dtype=object)
    texts = names[np.minimum(code, levels - 1)]
    texts[rng.random(rows) < MISSING] = None
    return texts


def _contract() -> str:
    numeric = [f"n{at:03d}" for at in range(NUMBERS)]
    texts = [f"t{at:02d}" for at in range(FEW)] + [f"m{at}" for at in range(len(MANY))]
    return f"""format = 1
name = "wide"
owner = "team:fraud"

[source]
path = "."
format = "parquet"

[columns]
id = "id"
event_time = "at"
sender = "sender"

[label]
column = "is_fraud"
known_at = "known_at"
maturity_days = 7

[features]
numeric = {json.dumps(numeric)}
categorical = {json.dumps(texts)}
"""


def run_chain(contract: Path, home: Path) -> dict[str, Any]:
    """Seconds, peak memory of the largest process, exit code and the last lines of the run."""
    environment = os.environ | {
        "FRAUD_ASSETS_CONTRACT": str(contract),
        "FRAUD_ASSETS_MODELS": str(home / "models"),
        "FRAUD_ASSETS_KEYS": str(home / "keys"),
    }
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "fraud_assets", "run"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=home,
    )
    return {
        "minutes": (time.monotonic() - started) / 60,
        "largest_process_gib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20,
        "exit_code": done.returncode,
        "last_lines": (done.stdout + done.stderr).splitlines()[-12:],
    }


def compare(contract_path: Path, models: Path) -> dict[str, Any]:
    """Judged figures of the newest candidate and of plain boosting on all earlier rows."""
    contract = load_contract(contract_path)
    cleaned = clean(read_transactions(contract), contract)
    judged = cleaned.rows("judged")
    kept = sorted([*models.glob("fraud_detector_*"), *models.parent.glob("refused/*")])
    pipeline = unpickle_unverified((kept[-1] / "pipeline.joblib").read_bytes())
    ours = pipeline.predict_proba(judged.features)[:, 1]
    before = pd.concat([cleaned.earlier, cleaned.window("fit"), cleaned.window("threshold")])
    plain = _plain(before, judged.features, contract)
    label, senders = judged.label, judged.sender
    ranks = [Ranking.of(scores, label) for scores in (ours, plain)]
    auc, ap = ([ranking.measure()[at] for ranking in ranks] for at in (0, 1))

    def difference(weights: np.ndarray) -> tuple[float, float]:
        mine, other = (ranking.measure(weights) for ranking in ranks)
        return mine[0] - other[0], mine[1] - other[1]

    drawn = bootstrap(difference, np.unique(senders, return_inverse=True)[1], 0, replicates=200)
    names = ("roc_auc", "average_precision")
    return {
        name: {
            "ours": values[0],
            "plain": values[1],
            "difference": to_plain(
                percentile_estimate(values[0] - values[1], drawn[:, at], int(label.sum()))
            ),
        }
        for at, (name, values) in enumerate(zip(names, (auc, ap), strict=True))
    }


def _plain(before: pd.DataFrame, later: pd.DataFrame, contract: Any) -> np.ndarray:
    numeric, texts = list(contract.features.numeric), list(contract.features.categorical)
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    encoder.fit(before[texts].fillna("unknown"))

    def matrix(frame: pd.DataFrame) -> np.ndarray:
        codes = encoder.transform(frame[texts].fillna("unknown"))
        return np.hstack([frame[numeric].to_numpy(dtype=np.float64), codes])

    model = HistGradientBoostingClassifier(random_state=0)
    model.fit(matrix(before), before["_label"].to_numpy())
    return np.asarray(model.predict_proba(matrix(later))[:, 1])


def main() -> None:
    parser = argparse.ArgumentParser(description="The wide and large set through the whole chain")
    parser.add_argument("--rows", type=int, default=ROWS)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        (home / "data").mkdir()
        contract = write_set(home / "data", rows)
        result: dict[str, Any] = {"rows": rows} | run_chain(contract, home)
        print("\n".join(result["last_lines"]))
        result["judged"] = compare(contract, home / "models")
    held = result["minutes"] <= MOST_MINUTES and result["largest_process_gib"] <= MOST_GIB
    result["held"] = held
    print(
        f"{rows:,} rows: {result['minutes']:.1f} minutes ({MOST_MINUTES:g} allowed), largest "
        f"process {result['largest_process_gib']:.1f} GiB ({MOST_GIB:g} allowed)"
    )
    for measure, found in result["judged"].items():
        gap = found["difference"]
        print(
            f"{measure}: ours {found['ours']:.4f}, plain boosting on all rows {found['plain']:.4f}"
            f", difference {gap['value']:+.4f} ({gap['low']:+.4f} to {gap['high']:+.4f})"
        )
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
