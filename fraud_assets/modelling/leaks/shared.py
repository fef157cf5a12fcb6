"""Rows that two windows share, and entities that were frauds before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.cleaning import CleanedFeatures
from fraud_assets.data.columns import AMOUNT, LABEL, ROW, SENDER, TIME
from fraud_assets.documents.report.leaks import RepeatedEntity, SharedRows


def shared_rows(cleaned: CleanedFeatures, contract: Contract) -> SharedRows:
    """Judged rows whose features are those of a fitted row, and payments under two ids."""
    fit, judged = (cleaned.window(name) for name in ("fit", "judged"))
    known = _hashes(fit[list(cleaned.features)])
    same = np.isin(_hashes(judged[list(cleaned.features)]), known)
    fraud = judged[LABEL].to_numpy() == 1
    return SharedRows(
        judged=int(same.sum()),
        of_judged=len(judged),
        judged_frauds=int((same & fraud).sum()),
        of_judged_frauds=int(fraud.sum()),
        under_new_ids=_under_new_ids(cleaned, contract),
    )


def repeated_entities(cleaned: CleanedFeatures, contract: Contract) -> tuple[RepeatedEntity, ...]:
    """Judged frauds of entities that had a fraud among the fitted rows, for each entity."""
    columns = contract.columns
    names = [name for name in (columns.sender, *columns.entities) if name is not None]
    entity = cleaned.history.set_index(ROW)
    fit, judged = (cleaned.window(name) for name in ("fit", "judged"))
    before, now = (window.loc[window[LABEL] == 1, ROW] for window in (fit, judged))
    return tuple(
        RepeatedEntity(
            entity=name,
            judged_frauds=int(entity.loc[now, name].isin(entity.loc[before, name].dropna()).sum()),
            of_judged_frauds=len(now),
        )
        for name in dict.fromkeys(names)
    )


def _hashes(frame: pd.DataFrame) -> np.ndarray:
    return pd.util.hash_pandas_object(frame, index=False).to_numpy()


def _under_new_ids(cleaned: CleanedFeatures, contract: Contract) -> int | None:
    """Windowed payments that repeat another one in all but the id; None without an id or time."""
    if contract.columns.id is None or TIME not in cleaned.history:
        return None
    raw = [name for name in contract.features.names if name not in contract.derived]
    roles = [name for name in (TIME, SENDER, AMOUNT) if name in cleaned.history]
    windowed = cleaned.history[ROW].isin(cleaned.frame[ROW])
    rows = cleaned.history.loc[windowed, [*roles, *(name for name in raw if name not in roles)]]
    return int(rows.duplicated().sum())
