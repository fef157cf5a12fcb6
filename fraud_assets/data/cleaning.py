"""cleaned_features: the week's windows with their point-in-time features.

Work is bounded by the windows: features are derived from the first fitted day on, with only as
much earlier history as the longest derived window looks back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.columns import LABEL, ROW, TIME
from fraud_assets.data.features import derive_features
from fraud_assets.data.kinds.column import Spellings
from fraud_assets.data.known_entities import known_entities_mask
from fraud_assets.data.provenance.content import digest_of_rows
from fraud_assets.data.provenance.made import Made
from fraud_assets.data.quarantine import Tally
from fraud_assets.data.rows import Rows, to_rows
from fraud_assets.data.splits.reach import history_needed
from fraud_assets.data.splits.week import Split, Window, split_week
from fraud_assets.data.splits.windows import EARLIER
from fraud_assets.data.transactions import RawTransactions
from fraud_assets.errors import InsufficientEvidenceError
from fraud_assets.work.workers import OpensExecutor, in_this_process


@dataclass(frozen=True)
class CleanedFeatures:
    """The three windows, ready for models.

    `frame` holds features and roles of every windowed row plus `_window`, `features` the names of
    those that models see; `history` the typed raw rows behind them, so that a champion with
    another contract can be scored on the same rows. `spellings` say how the export writes the
    levels of each category. `earlier` are the rows before the fitted window, as `frame`, among
    which the search may look back.
    """

    features: tuple[str, ...]
    frame: pd.DataFrame
    history: pd.DataFrame
    windows: tuple[Window, ...]
    time_respected: bool
    as_of: np.datetime64 | None
    newest: np.datetime64 | None
    fingerprint: str
    rows_read: int
    tally: Tally
    notes: tuple[str, ...] = ()
    spellings: Mapping[str, Spellings] = field(default_factory=dict)
    made: Made | None = None
    earlier: pd.DataFrame = field(default_factory=pd.DataFrame)

    def window(self, name: str) -> pd.DataFrame:
        """The rows of one window: "fit", "threshold" or "judged"."""
        return self.frame[self.frame["_window"] == name]

    @property
    def earlier_rows(self) -> Rows | None:
        """The rows before the fitted window as models take them, or None where there are none."""
        return to_rows(self.earlier, self.features) if len(self.earlier) else None

    def rows(self, name: str) -> Rows:
        """The same rows as models and their judges take them."""
        return to_rows(self.window(name), self.features)

    def span(self, name: str) -> Window:
        """From when to when a window reaches, and what it counts."""
        return next(window for window in self.windows if window.name == name)


def clean(
    raw: RawTransactions, contract: Contract, opening: OpensExecutor = in_this_process
) -> CleanedFeatures:
    """Split the week and derive the contract's features for its windows.

    `opening` opens what derives them, where the rows are too many for one piece.

    Raises
    ------
    StaleDataError, InsufficientEvidenceError
        As `fraud_assets.data.splits.split_week`.
    """
    split = split_of(raw, contract)
    everything = windowed_features(raw.rows, split, contract, opening)
    before = (everything["_window"] == EARLIER).to_numpy()
    frame, earlier = (everything[at].reset_index(drop=True) for at in (~before, before))
    return CleanedFeatures(
        contract.features.names,
        frame,
        raw.rows,
        tuple(_recount(window, frame) for window in split.windows),
        split.time_respected,
        raw.as_of,
        raw.newest,
        data_fingerprint(frame, earlier),
        raw.read,
        raw.tally,
        split.notes,
        raw.spellings,
        earlier=earlier,
    )


def split_of(raw: RawTransactions, contract: Contract) -> Split:
    """The week's windows; where they lack frauds, the reason names the rule that took them.

    Raises as `clean`.
    """
    try:
        return split_week(raw.rows, contract, raw.as_of)
    except InsufficientEvidenceError as error:
        taken = raw.tally.frauds_taken()
        if not taken:
            raise
        raise InsufficientEvidenceError(f"{error} {taken}") from error


def windowed_features(
    rows: pd.DataFrame, split: Split, contract: Contract, opening: OpensExecutor = in_this_process
) -> pd.DataFrame:
    """Features and roles of the rows that belong to a window, labelled as known in time."""
    first = _first_instant(rows, split)
    derived = derive_features(_reached_back_to(rows, first, contract), contract, first, opening)
    entities = (contract.evaluation.k_entity, contract.evaluation.exclude_known)
    roles = [name for name in derived if str(name).startswith("_")]
    names = [*contract.features.names, *(name for name in entities if name), *roles]
    keep = pd.Series(split.window, index=rows[ROW].to_numpy())
    label = pd.Series(split.label, index=rows[ROW].to_numpy())
    frame = derived[list(dict.fromkeys(names))].copy()
    frame["_window"] = frame[ROW].map(keep)
    frame[LABEL] = frame[ROW].map(label).astype("int8")
    frame = frame[frame["_window"] != ""].reset_index(drop=True)
    return _without_known(frame, contract)


def _reached_back_to(
    rows: pd.DataFrame, first: np.datetime64 | None, contract: Contract
) -> pd.DataFrame:
    """The rows that features from `first` on can depend on."""
    needed = history_needed(contract)
    if first is None or needed is None:
        return rows
    return rows[rows[TIME] >= pd.Timestamp(first) - needed]


def _without_known(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Leave judged rows out whose entity was known as fraudulent, where the contract says so."""
    entity = contract.evaluation.exclude_known
    if entity is None or TIME not in frame:
        return frame
    fraud, judged = frame[LABEL] == 1, frame["_window"] == "judged"
    known = known_entities_mask(
        frame[entity].to_numpy(),
        frame[TIME].to_numpy(),
        fraud_entity=frame.loc[fraud, entity].to_numpy(),
        fraud_time=frame.loc[fraud, TIME].to_numpy(),
        delay=timedelta(days=contract.label.maturity_days),
    )
    return frame[~(known & judged.to_numpy())].reset_index(drop=True)


def data_fingerprint(frame: pd.DataFrame, earlier: pd.DataFrame) -> str:
    """SHA-256 over every value and the columns' names: what "the same data" means.

    Where a row stood in its export is no part of it, nor whether ids came as numbers or texts.
    """
    return digest_of_rows(*(part.drop(columns=ROW, errors="ignore") for part in (frame, earlier)))


def _recount(window: Window, frame: pd.DataFrame) -> Window:
    """The window with the rows that are left in it."""
    inside = frame["_window"] == window.name
    return replace(window, rows=int(inside.sum()), frauds=int(frame.loc[inside, LABEL].sum()))


def _first_instant(rows: pd.DataFrame, split: Split) -> np.datetime64 | None:
    if TIME not in rows:
        return None
    times = rows[TIME].to_numpy(dtype="datetime64[us]")
    return times[split.window != ""].min()
