"""One side of `benchmarks.worlds`: fits each world by the `fraud_assets` on its path, old or new.

`python worlds_side.py SIDE FOLDER...` writes SIDE.json and SIDE.pickle into each folder. Where the
side counts frauds that fits without their weeks have scored, so are those fits, SIDE_0.pickle and
so on, and the JSON holds how many frauds each block had before and after the law moved.
"""

from __future__ import annotations

import io
import json
import pickle
import sys
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from fraud_assets.contract import load_contract
from fraud_assets.data.cleaning import clean
from fraud_assets.data.transactions import read_transactions

FAMILY = "hist_gradient_boosting"
SETTING = {"max_iter": 200}


def main() -> None:
    side, moves, *folders = sys.argv[1:]
    fit = _fit_before if side == "before" else _fit_today
    for folder in map(Path, folders):
        contract = load_contract(folder / "history" / "contract.toml")
        cleaned = clean(read_transactions(contract), contract)
        told = {f"{window.name}_frauds": window.frauds for window in cleaned.windows}
        told |= fit(cleaned, contract, folder / side, np.datetime64(moves))
        (folder / f"{side}.json").write_text(json.dumps(told))


def _fit_before(cleaned: Any, contract: Any, base: Path, _: np.datetime64) -> dict[str, Any]:
    from fraud_assets.modelling.families import STEADY_TREES  # noqa: PLC0415  # an earlier commit's
    from fraud_assets.modelling.rows import to_rows  # noqa: PLC0415  # an earlier commit's

    from fraud_assets.modelling.fitting import freeze  # noqa: PLC0415  # an earlier commit's

    names = contract.features.names
    fit, threshold = (to_rows(cleaned.window(name), names) for name in ("fit", "threshold"))
    tuned = freeze(FAMILY, SETTING | STEADY_TREES, fit, threshold, contract)
    _keep(joblib.load(io.BytesIO(tuned.payload)), Path(f"{base}.pickle"))
    return {}


def _fit_today(cleaned: Any, contract: Any, base: Path, moves: np.datetime64) -> dict[str, Any]:
    """The published fit on all before the threshold window, and the fits without each block."""
    from fraud_assets.families.members.hist_gradient_boosting import (  # noqa: PLC0415
        STEADY_TREES,
    )
    from fraud_assets.modelling.freezing import freeze  # noqa: PLC0415
    from fraud_assets.modelling.left_out import fits_without_blocks  # noqa: PLC0415
    from fraud_assets.modelling.reach import FittedReach, joined_rows  # noqa: PLC0415

    setting = SETTING | STEADY_TREES
    fit, threshold, earlier = cleaned.rows("fit"), cleaned.rows("threshold"), cleaned.earlier_rows
    tuned = freeze(FAMILY, setting, fit, threshold, contract, earlier=earlier, reach=FittedReach())
    _keep(joblib.load(io.BytesIO(tuned.payload)), Path(f"{base}.pickle"))
    rows, blocks = joined_rows(earlier, fit), []
    for k, (block, pipeline) in enumerate(fits_without_blocks(FAMILY, setting, rows, contract)):
        _keep(pipeline, Path(f"{base}_{k}.pickle"))
        moved = block.time[block.label == 1] >= moves
        blocks.append([int((~moved).sum()), int(moved.sum())])
    return {"blocks": blocks}


def _keep(pipeline: Any, path: Path) -> None:
    path.write_bytes(pickle.dumps(pipeline))


if __name__ == "__main__":
    main()
