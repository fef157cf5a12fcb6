"""One side of `benchmarks.worlds`: fits each world by the `fraud_assets` on its path, old or new.

`python worlds_side.py SIDE SETTING FOLDER...` fits hist_gradient_boosting with the setting (JSON),
writes SIDE.json and SIDE.pickle into each folder, and SIDE_older.pickle where the side may take
half of the history's frauds for the threshold.
"""

from __future__ import annotations

import inspect
import io
import json
import pickle
import sys
from pathlib import Path
from typing import Any

import joblib

from fraud_assets.contract import load_contract
from fraud_assets.data.cleaning import clean
from fraud_assets.data.transactions import read_transactions
from fraud_assets.modelling.fitting import freeze

FAMILY = "hist_gradient_boosting"


def main() -> None:
    side, told_setting, *folders = sys.argv[1:]
    setting = json.loads(told_setting)
    looks_back = "earlier" in inspect.signature(freeze).parameters
    for folder in map(Path, folders):
        contract = load_contract(folder / "history" / "contract.toml")
        cleaned = clean(read_transactions(contract), contract)
        told = {f"{window.name}_frauds": window.frauds for window in cleaned.windows}
        if looks_back:
            told |= _fit_history(cleaned, contract, setting, folder / side)
        else:
            from fraud_assets.modelling.rows import to_rows  # noqa: PLC0415  # an earlier commit's

            names = contract.features.names
            fit, threshold = (to_rows(cleaned.window(n), names) for n in ("fit", "threshold"))
            _keep(
                freeze(FAMILY, setting, fit, threshold, contract), Path(f"{folder / side}.pickle")
            )
        (folder / f"{side}.json").write_text(json.dumps(told))


def _fit_history(
    cleaned: Any, contract: Any, setting: dict[str, Any], base: Path
) -> dict[str, int]:
    """Fits on all before the threshold window, and on what lies before half of all frauds."""
    from fraud_assets.modelling.reach import divided, joined_rows  # noqa: PLC0415

    threshold = cleaned.rows("threshold")
    rows = joined_rows(cleaned.earlier_rows, cleaned.rows("fit"))
    every = rows.frauds + threshold.frauds
    half = rows.time[rows.label == 1][every // 2]
    for name, fit in (("", rows), ("_older", divided(rows, half)[0])):
        tuned = freeze(FAMILY, setting, fit, threshold, contract)
        _keep(tuned, Path(f"{base}{name}.pickle"))
    return {"history_frauds": every}


def _keep(tuned: Any, path: Path) -> None:
    path.write_bytes(pickle.dumps(joblib.load(io.BytesIO(tuned.payload))))


if __name__ == "__main__":
    main()
