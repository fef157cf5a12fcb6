"""`make bench-online`: raw payments through POST /decisions, against what the weekly run computes.

All good rows of the contract's source (the shipped 26 weeks) go as JSON in event order through the
real service on an empty state. Every derived feature of every answer is compared with
`cleaned_features`' derivation to the bit, every probability with the same version's scorer on
those features. Ends with 1 where one differs.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.serve_world import FLAGGED_SHARE, fit, new_store, payments, publish, threshold_for
from fraud_assets.contract import Contract, load_contract
from fraud_assets.data.columns import ROW
from fraud_assets.data.features import derive_features
from fraud_assets.data.source import read_source
from fraud_assets.data.transactions import read_transactions
from fraud_assets.payments.kept import plan_for
from fraud_assets.payments.roles import raw_columns
from fraud_assets.scoring.making.export import export_scorer
from fraud_assets.scoring.scorer import Scorer, load_scorer
from fraud_assets.state.opening import begin, close, open_adapter
from fraud_assets.store.store import Store

OUT = Path(__file__).parent / "out" / "online.json"
FAMILY, BATCH, WAIT_SECONDS = "gradient_boosting", 500, 120


def main() -> int:
    """Replay, compare, print the table and write the figures; 1 where anything differs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.online", description=__doc__)
    parser.add_argument("--most", type=int, help="only the first payments; default: all")
    contract = load_contract("crypto_gateway")
    rows = read_transactions(contract).rows.iloc[: parser.parse_args().most]
    expected = derive_features(rows, contract)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        store = new_store(place)
        pipeline, legitimate = fit(FAMILY), payments(4000, 77)
        threshold = threshold_for(pipeline, payments(20_000, 5), FLAGGED_SHARE)
        publish(store, pipeline, threshold, FAMILY)
        sample = legitimate.take(legitimate.label == 0)
        scorer = load_scorer(export_scorer(pipeline, contract, sample, threshold, legitimate))
        close(begin(open_adapter(str(place / "state"), contract.name), plan_for(contract)))
        with _serving(store, place / "state") as port:
            began = time.perf_counter()
            answers = list(_answers(port, _raw(contract, rows)))
            seconds = time.perf_counter() - began
        found = _compared(answers, expected, contract, scorer)
        found |= {
            "payments": len(rows),
            "microseconds_each": round(1e6 * seconds / len(rows), 1),
            "state_mib": _mib(place / "state"),
        }
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(found, indent=2) + "\n")
    for name, value in found.items():
        print(f"{name:24} {value:>12,}")
    return 1 if found["differing_features"] or found["differing_probabilities"] else 0


def _mib(state: Path) -> float:
    size = sum(file.stat().st_blocks * 512 for file in state.rglob("*.mdb"))
    return round(size / 2**20, 1)


def _raw(contract: Contract, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The good rows as exported, in event order, as a gateway would send them."""
    export = read_source(contract)
    frame = export.frame[raw_columns(contract)].set_axis(export.position).loc[rows[ROW]]
    for name in frame.select_dtypes(["datetime", "datetimetz"]):
        frame[name] = frame[name].map(lambda at: at.isoformat(), na_action="ignore")
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def _answers(port: int, raw: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_SECONDS)
    for start in range(0, len(raw), BATCH):
        body = json.dumps({"payments": raw[start : start + BATCH]})
        connection.request("POST", "/decisions/batch", body, {"content-type": "application/json"})
        answer = connection.getresponse()
        data = json.loads(answer.read())
        if answer.status != 200:
            raise SystemExit(f"/decisions/batch answered {answer.status}: {data}")
        yield from data["decisions"]
    connection.close()


def _compared(
    answers: list[dict[str, Any]], expected: pd.DataFrame, contract: Contract, scorer: Scorer
) -> dict[str, Any]:
    names = list(contract.derived)
    served = pd.DataFrame([answer["features"] for answer in answers])[names].astype(float)
    ours = served.to_numpy().view(np.int64)
    theirs = expected[names].to_numpy(dtype=np.float64, na_value=np.nan)
    both_missing = np.isnan(theirs) & served.isna().to_numpy()
    inputs = expected[list(contract.features.names)].to_dict("records")
    probabilities = scorer.score_batch([scorer.encoder.row(values) for values in inputs])
    answered = np.array([answer["fraud_probability"] for answer in answers])
    return {
        "derived_values": int(theirs.size),
        "differing_features": int(((ours != theirs.view(np.int64)) & ~both_missing).sum()),
        "differing_probabilities": int((answered != probabilities).sum()),
        "flagged": sum(answer["is_flagged"] for answer in answers),
    }


@contextmanager
def _serving(store: Store, state: Path) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {
        **os.environ,
        "FRAUD_ASSETS_MODELS": str(store.root),
        "FRAUD_ASSETS_KEYS": str(store.keys.folder),
        "FRAUD_ASSETS_STATE": str(state),
    }
    command = [sys.executable, "-m", "fraud_assets", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environment)
    deadline = time.monotonic() + WAIT_SECONDS
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


if __name__ == "__main__":
    sys.exit(main())
