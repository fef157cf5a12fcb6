"""A wide and large set through the whole chain: minutes, memory, and plain boosting beside it.

600,000 payments with 120 columns: 100 numbers, 20 texts of which three have over 5,000 levels,
half of all cells missing (see `wide_set`). The chain runs as `fraud-assets run` does, in one
process of its own; beside it scikit-learn's HistGradientBoosting, untuned, on all rows before the
judged ones, those that choose the threshold among them: as it comes, and steadied as anybody would
where it diverges on rare frauds; the better of both by ROC-AUC counts. Exits with 1 where the chain
fails, takes too long or too much memory, or ranks worse beyond noise.

    python -m benchmarks.wide [--rows N --keep FOLDER]     table, and benchmarks/out/wide.json
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.preprocessing import OrdinalEncoder

from benchmarks.finish import finish
from benchmarks.wide_set import write_set
from fraud_assets.contract import load_contract
from fraud_assets.data.cleaning import clean
from fraud_assets.data.transactions import read_transactions
from fraud_assets.documents.formats import to_plain
from fraud_assets.modelling.statistics.bootstrap import bootstrap, percentile_estimate
from fraud_assets.modelling.statistics.ranking import Ranking
from fraud_assets.modelling.tuned import unpickle_unverified

OUT = Path(__file__).parent / "out" / "wide.json"
ROWS = 600_000
PLAIN = ({}, {"l2_regularization": 1.0, "early_stopping": False, "max_iter": 200})
MOST_MINUTES, MOST_GIB = 10.0, 8.0
PROPORTIONAL = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


class PeakMemory(threading.Thread):
    """Largest sum over a process group of each process's share of memory, looked at twice a second.

    Shared pages count once (Linux: `Pss` of `smaps_rollup`).
    """

    def __init__(self, group: int) -> None:
        super().__init__(daemon=True)
        self.group, self.gib, self._over = group, 0.0, threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.5):
            self.gib = max(self.gib, sum(map(self._kib, Path("/proc").glob("[0-9]*"))) / 2**20)

    def stop(self) -> float:
        """The peak in GiB."""
        self._over.set()
        self.join()
        return self.gib

    def _kib(self, process: Path) -> int:
        try:
            if os.getpgid(int(process.name)) != self.group:
                return 0
            found = PROPORTIONAL.search((process / "smaps_rollup").read_text())
        except (OSError, ValueError):  # it has ended
            return 0
        return int(found[1]) if found else 0


def run_chain(contract: Path, home: Path) -> dict[str, Any]:
    """Wall and processor minutes, peak memory, exit code and the lines of the run."""
    environment = os.environ | {
        "FRAUD_ASSETS_CONTRACT": str(contract),
        "FRAUD_ASSETS_MODELS": str(home / "models"),
        "FRAUD_ASSETS_KEYS": str(home / "keys"),
    }
    started, before = time.monotonic(), _processor_seconds()
    with (home / "run.log").open("w") as log:
        chain = subprocess.Popen(
            [sys.executable, "-m", "fraud_assets", "run"],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=home,
            start_new_session=True,
        )
        memory = PeakMemory(chain.pid)
        memory.start()
        exit_code = chain.wait()
    return {
        "minutes": (time.monotonic() - started) / 60,
        "processor_minutes": (_processor_seconds() - before) / 60,
        "peak_gib": memory.stop(),
        "exit_code": exit_code,
        "lines": (home / "run.log").read_text().splitlines(),
    }


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def compare(contract_path: Path, models: Path) -> dict[str, Any]:
    """Judged figures of the newest model, if any, and of plain boosting on all earlier rows."""
    contract = load_contract(contract_path)
    cleaned = clean(read_transactions(contract), contract)
    judged = cleaned.rows("judged")
    kept = sorted([*models.glob("fraud_detector_*"), *models.glob("refused/fraud_detector_*")])
    if not kept:
        return {}
    pipeline = unpickle_unverified((kept[-1] / "pipeline.joblib").read_bytes())
    ours = pipeline.predict_proba(judged.features)[:, 1]
    before = pd.concat([cleaned.earlier, cleaned.window("fit"), cleaned.window("threshold")])
    label, senders = judged.label, judged.sender
    fits = _plain(before, judged.features, contract)
    best = max((Ranking.of(scores, label) for scores in fits), key=lambda one: one.measure()[0])
    ranks = [Ranking.of(ours, label), best]
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


def _plain(before: pd.DataFrame, later: pd.DataFrame, contract: Any) -> list[np.ndarray]:
    numeric, texts = list(contract.features.numeric), list(contract.features.categorical)
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    encoder.fit(before[texts].fillna("unknown"))

    def matrix(frame: pd.DataFrame) -> np.ndarray:
        codes = encoder.transform(frame[texts].fillna("unknown"))
        return np.hstack([frame[numeric].to_numpy(dtype=np.float64), codes])

    fitted, asked, label = matrix(before), matrix(later), before["_label"].to_numpy()
    models = [HistGradientBoostingClassifier(random_state=0, **setting) for setting in PLAIN]
    return [model.fit(fitted, label).predict_proba(asked)[:, 1] for model in models]


def table(result: dict[str, Any]) -> str:
    """What the run took, and each measure beside plain boosting's."""
    took = (
        f"{result['rows']:,} rows: {result['minutes']:.1f} minutes ({MOST_MINUTES:g} allowed), "
        f"{result['processor_minutes']:.1f} of a processor, peak {result['peak_gib']:.1f} GiB "
        f"({MOST_GIB:g} allowed), exit code {result['exit_code']}"
    )
    lines = [took]
    for measure, found in result["judged"].items():
        gap = found["difference"]
        lines.append(
            f"{measure}: ours {found['ours']:.4f}, plain boosting on all rows {found['plain']:.4f}"
            f", difference {gap['value']:+.4f} ({gap['low']:+.4f} to {gap['high']:+.4f}, "
            f"n = {gap['n']} frauds)"
        )
    missed = ", ".join(result["missed"])
    return "\n".join([*lines, f"Missed: {missed}." if missed else "Held."])


def missed(result: dict[str, Any]) -> list[str]:
    """Which of the bounds the run does not keep."""
    found = {
        "published": result["exit_code"] == 0,
        "minutes": result["minutes"] <= MOST_MINUTES,
        "memory": result["peak_gib"] <= MOST_GIB,
        "a model to judge": bool(result["judged"]),
    }
    found |= {name: of["difference"]["high"] >= 0 for name, of in result["judged"].items()}
    return [name for name, held in found.items() if not held]


def measure(rows: int, home: Path) -> dict[str, Any]:
    """The run on so many rows, with what it made beside plain boosting."""
    (home / "data").mkdir(parents=True, exist_ok=True)
    contract = write_set(home / "data", rows)
    result: dict[str, Any] = {"rows": rows} | run_chain(contract, home)
    print("\n".join(result["lines"]), flush=True)
    result["judged"] = compare(contract, home / "models")
    return result | {"missed": missed(result)}


def main() -> int:
    parser = argparse.ArgumentParser(description="The wide and large set through the whole chain")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--keep", type=Path, help="an empty folder in which all is kept")
    asked, started = parser.parse_args(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(asked.rows, asked.keep or Path(folder))
    finish(table(result), result, OUT, started)
    return 1 if result["missed"] else 0


if __name__ == "__main__":
    sys.exit(main())
