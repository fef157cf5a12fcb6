"""What deliveries say of the label, brought to the payment's row: label, time, times taken back."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.columns import KNOWN_AT, LABEL, TIME
from fraud_assets.data.deliveries.arrivals import DELIVERED
from fraud_assets.data.deliveries.taken_back import with_times_taken_back
from fraud_assets.features.labels import NEVER, Period, Statement, fraud_periods

_DAY_MICROS = 86_400_000_000
_MISSING = np.iinfo(np.int64).min


def known_from_delivery(rows: pd.DataFrame, arrivals: pd.DataFrame) -> pd.DataFrame:
    """Rows whose labels are known from their report on, and not before they were delivered."""
    delivered = arrivals.loc[rows.index, DELIVERED]
    if not delivered.notna().any():
        return rows
    missing = pd.Series(np.datetime64("NaT", "us"), index=rows.index)
    known = rows.get(KNOWN_AT, missing)
    later = known.where(~(delivered > known) & known.notna(), delivered)
    return rows.assign(**{KNOWN_AT: later.where(delivered.notna(), known)})


def with_label_history(
    kept: pd.DataFrame,
    said: pd.DataFrame,
    payment: pd.Series,
    timed: pd.Series,
    contract: Contract,
) -> pd.DataFrame:
    """Payments with their present label, since when, and when they were frauds before.

    Parameters
    ----------
    kept
        One row for each payment.
    said
        Deliveries in order, with what they say of the label; those of payments in `kept`.
    payment
        For each delivery of `said` the index of its payment's row.
    timed
        Whether each of them has a time of delivery.

    Where neither a report nor a delivery has a time, the latest label is all that is known.
    """
    if KNOWN_AT not in kept or TIME not in kept:
        return kept
    maturity = round(contract.label.maturity_days * _DAY_MICROS)
    matured = kept[TIME].to_numpy(dtype="datetime64[us]").view(np.int64) + maturity
    when = dict(zip(kept.index, matured.tolist(), strict=True))
    periods = {
        row: fraud_periods(statements, when[row])
        for row, statements in _statements(said, payment, timed).items()
    }
    now = {row: found[-1] for row, found in periods.items() if found and found[-1].end == NEVER}
    past = {row: found[: len(found) - (row in now)] for row, found in periods.items()}
    return with_times_taken_back(_labelled(kept, periods, now), past)


def _statements(
    said: pd.DataFrame, payment: pd.Series, timed: pd.Series
) -> dict[int, list[Statement]]:
    """What was said of each payment that some delivery calls a fraud and others speak of too."""
    told = said[LABEL].notna()
    said, payment, has_time = said[told], payment[told], timed[told].to_numpy()
    fraud = (said[LABEL] == 1).to_numpy(dtype=bool)
    several = payment.duplicated(keep=False).to_numpy() & payment.isin(payment[fraud]).to_numpy()
    known = said[KNOWN_AT].to_numpy(dtype="datetime64[us]").view(np.int64)[several]
    found: defaultdict[int, list[Statement]] = defaultdict(list)
    columns = (payment[several], fraud[several], known, has_time[several])
    for row, is_fraud, at, is_timed in zip(*(one.tolist() for one in columns), strict=True):
        statement = Statement(is_fraud, None if at == _MISSING else at, is_timed)
        if found[row][-1:] != [statement]:  # the same again says nothing new
            found[row].append(statement)
    return {row: statements for row, statements in found.items() if len(statements) > 1}


def _labelled(
    kept: pd.DataFrame, periods: dict[int, list[Period]], now: dict[int, Period]
) -> pd.DataFrame:
    """The rows with the label of their last period; its start is when it became known."""
    if not periods:
        return kept
    rows = list(periods)
    label, known = kept[LABEL].copy(), kept[KNOWN_AT].copy()
    label[rows] = [int(row in now) for row in rows]
    starts = np.array([now[row].start if row in now else _MISSING for row in rows], dtype=np.int64)
    stamps = pd.Series(starts.view("datetime64[us]"), index=rows)
    known[rows] = stamps.where(stamps.notna(), known[rows])
    return kept.assign(**{LABEL: label, KNOWN_AT: known})
