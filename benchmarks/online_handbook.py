"""`python -m benchmarks.online_handbook`: 1.75 M payments and twelve windows, online against batch.

The handbook's payments go one after the other, as a caller writes them, through the service's own
reader and state in this process; frauds are labelled as soon as they were paid, and count once
they are mature. Every derived feature is compared with `derive_features` to the bit. Ends with 1
where one differs.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.public_data import missing, raw_rows
from fraud_assets.contract import Contract
from fraud_assets.data.columns import LABEL, TIME
from fraud_assets.data.features import derive_features
from fraud_assets.payments.kept import plan_for
from fraud_assets.payments.reader import RawReader
from fraud_assets.payments.roles import raw_columns
from fraud_assets.state.acts.filling import add_labels
from fraud_assets.state.opening import begin, close, open_adapter

OUT = Path(__file__).parent / "out" / "online_handbook.json"
BATCH, LATER, PROGRESS = 500, 2**62, 200_000


def main() -> int:
    """Replay, compare, print and write the figures; 1 where a bit differs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.online_handbook")
    parser.add_argument("--most", type=int, help="only the first payments; default: all")
    most = parser.parse_args().most
    if absent := missing("handbook"):
        print(absent, file=sys.stderr)
        return 1
    contract, rows = raw_rows("handbook")
    rows = rows.sort_values(TIME, kind="stable").iloc[:most].reset_index(drop=True)
    expected = derive_features(rows, contract)[list(contract.derived)]
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        got = np.array(list(_online(contract, rows, folder)), dtype=np.float64)
        seconds = time.process_time() - began
        size = sum(file.stat().st_blocks * 512 for file in Path(folder).rglob("*.mdb"))
    theirs = expected.to_numpy(dtype=np.float64, na_value=np.nan)
    differ = (got.view(np.int64) != theirs.view(np.int64)) & ~(np.isnan(got) & np.isnan(theirs))
    found = {
        "payments": len(rows),
        "features": len(contract.derived),
        "differing_values": int(differ.sum()),
        "differing_features": [
            n for n, some in zip(expected, differ.any(axis=0), strict=True) if some
        ],
        "processor_us_each": round(1e6 * seconds / len(rows), 1),
        "state_mib": round(size / 2**20, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=1))
    return 1 if found["differing_values"] else 0


def _online(contract: Contract, rows: pd.DataFrame, folder: str) -> Iterator[list[float]]:
    reader, names = RawReader(contract, lambda: LATER), list(contract.derived)
    state = begin(open_adapter(folder, contract.name), plan_for(contract))
    columns = raw_columns(contract)
    fraud = (rows[LABEL] == 1).fillna(value=False).to_numpy(dtype=bool)
    for start in range(0, len(rows), BATCH):
        part = rows.iloc[start : start + BATCH]
        payments = [reader.read(raw).payment for raw in _raw(part, columns)]
        for found in state.meet(payments):
            yield [found.features[name] for name in names]
        marked = zip(payments, fraud[start : start + BATCH], strict=True)
        add_labels(state, [(one.id or "", True, None) for one, is_fraud in marked if is_fraud])
        if start % PROGRESS == 0:
            print(f"{start:,} payments", file=sys.stderr, flush=True)
    close(state)


def _raw(part: pd.DataFrame, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    """Payments as a caller writes them as JSON."""
    frame = part[list(columns)]
    for name in frame.select_dtypes(["datetime", "datetimetz"]):
        frame = frame.assign(**{name: frame[name].map(lambda at: at.isoformat())})
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


if __name__ == "__main__":
    sys.exit(main())
