"""One side of `benchmarks.worlds`: fits each world by the `fraud_assets` on its path, old or new.

`python worlds_side.py SIDE CHOICE MOVES FOLDER...` writes SIDE.json and SIDE.pickle into each
folder. Where the side counts frauds that fits without their weeks have scored, so are those fits,
SIDE_0.pickle and so on, and the JSON holds how many frauds each block had before and after the law
moved. CHOICE is `one`, the same family for both sides, or `chain`, whatever the side's own search
would publish.
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
    side, choice, moves, *folders = sys.argv[1:]
    fit = FITS[side, choice]
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
    from fraud_assets.modelling.reach import FittedReach, joined_rows  # noqa: PLC0415

    setting = SETTING | STEADY_TREES
    fit, threshold, earlier = cleaned.rows("fit"), cleaned.rows("threshold"), cleaned.earlier_rows
    tuned = freeze(FAMILY, setting, fit, threshold, contract, earlier=earlier, reach=FittedReach())
    _keep(joblib.load(io.BytesIO(tuned.payload)), Path(f"{base}.pickle"))
    rows = joined_rows(earlier, fit)
    made = _blocks(FAMILY, setting, rows, contract, base=base, moves=moves)
    return {"blocks": made, "family": FAMILY}


def _blocks(
    family: str, setting: Any, rows: Any, contract: Any, *, base: Path, moves: np.datetime64
) -> list[list[int]]:
    """Frauds of each block before and after the law moved; keeps the fit without it."""
    from fraud_assets.modelling.left_out import fits_without_blocks  # noqa: PLC0415

    blocks = []
    for k, (block, pipeline) in enumerate(fits_without_blocks(family, setting, rows, contract)):
        _keep(pipeline, Path(f"{base}_{k}.pickle"))
        moved = block.time[block.label == 1] >= moves
        blocks.append([int((~moved).sum()), int(moved.sum())])
    return blocks


def _chain_before(cleaned: Any, contract: Any, base: Path, _: np.datetime64) -> dict[str, Any]:
    from fraud_assets.modelling.candidates import (  # noqa: PLC0415  # an earlier commit's
        compare_candidates,
    )
    from fraud_assets.modelling.rows import to_rows  # noqa: PLC0415  # an earlier commit's

    from fraud_assets.modelling.tuning import tune  # noqa: PLC0415  # an earlier commit's

    names = contract.features.names
    fit, threshold = (to_rows(cleaned.window(name), names) for name in ("fit", "threshold"))
    tuned = tune(fit, threshold, compare_candidates(fit, contract), contract)
    _keep(joblib.load(io.BytesIO(tuned.payload)), Path(f"{base}.pickle"))
    return {"family": tuned.family}


def _chain_today(cleaned: Any, contract: Any, base: Path, moves: np.datetime64) -> dict[str, Any]:
    """What would be published, and its fits without each block where the threshold counts them."""
    from fraud_assets.modelling.reach import joined_rows  # noqa: PLC0415
    from fraud_assets.modelling.search.candidates import compare_candidates  # noqa: PLC0415
    from fraud_assets.modelling.tuning import tune  # noqa: PLC0415

    fit, threshold, earlier = cleaned.rows("fit"), cleaned.rows("threshold"), cleaned.earlier_rows
    leaderboard = compare_candidates(fit, contract, earlier=earlier)
    tuned = tune(fit, threshold, leaderboard, contract, earlier=earlier)
    _keep(joblib.load(io.BytesIO(tuned.payload)), Path(f"{base}.pickle"))
    found = {"family": tuned.family, "blocks": []}
    if tuned.threshold.evidence.earlier_fits:
        rows = fit if tuned.reach is None else tuned.reach.taken(joined_rows(earlier, fit))
        made = _blocks(tuned.family, tuned.parameters, rows, contract, base=base, moves=moves)
        found["blocks"] = made
    return found


def _keep(pipeline: Any, path: Path) -> None:
    path.write_bytes(pickle.dumps(pipeline))


FITS = {
    ("before", "one"): _fit_before,
    ("today", "one"): _fit_today,
    ("before", "chain"): _chain_before,
    ("today", "chain"): _chain_today,
}

if __name__ == "__main__":
    main()
