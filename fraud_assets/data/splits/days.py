"""Folders by date are held to their word: else an older one that nobody opened may be missed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.columns import TIME
from fraud_assets.data.source.export import Export
from fraud_assets.errors import DataError


def demand_days(rows: pd.DataFrame, export: Export, contract: Contract) -> None:
    """Demand that no typed row (n,) was made after the date of its folder.

    Raises
    ------
    DataError
        If one was: then the folder's date is none of its payments.
    """
    if contract.source.reach is None or TIME not in rows or not len(rows):
        return
    never = np.datetime64("NaT", "us")
    latest = np.array([f.latest if f.latest is not None else never for f in export.files])
    limit = latest.astype("datetime64[us]")[export.file]
    later = rows[TIME].to_numpy(dtype="datetime64[us]") >= limit
    if later.any():
        file = export.files[int(export.file[later][0])]
        raise DataError(
            f"No row may be made after the date of its folder (source.days), as older folders are "
            f"not opened, but {int(later.sum()):,} are, the first in {file.path}. Take source.days "
            "out of the contract, or export again."
        )
