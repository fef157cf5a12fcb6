"""Folds that respect time, and each fold's rows encoded once for all candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pandas.util import hash_pandas_object
from sklearn.model_selection import StratifiedKFold, TimeSeriesSplit

from fraud_assets.data.rows import Rows
from fraud_assets.errors import InsufficientEvidenceError
from fraud_assets.families.family import EncodingName, Family
from fraud_assets.modelling.preprocessing import (
    build_preprocessor,
    columns_of_many_levels,
    columns_with_far_values,
    columns_with_gaps,
)
from fraud_assets.modelling.statistics.intervals import cluster_codes
from fraud_assets.work.packing import WorkData

Fold = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class EncodedFold(WorkData):
    """One fold as matrices (dense or CSR) under one encoding.

    The encoding is fitted on the training rows.
    """

    train: Any
    train_label: np.ndarray
    valid: Any
    valid_label: np.ndarray


def make_folds(rows: Rows, count: int, seed: int) -> list[Fold]:
    """Positions of training and validation rows of each fold.

    Where rows have a time no validation row is earlier than its training rows
    (`TimeSeriesSplit`); else the folds are shuffled and stratified by label, and a sender's rows,
    or without senders rows that say the same, stay together.

    Raises
    ------
    InsufficientEvidenceError
        If a fold lacks frauds or legitimate rows on either side.
    """
    smallest = min(rows.frauds, len(rows) - rows.frauds)
    if smallest < count + 1:
        raise InsufficientEvidenceError(_too_few(rows, count))
    if rows.time is None:
        folds = _shuffled(rows, count, seed)
    else:
        folds = list(TimeSeriesSplit(count).split(np.zeros(len(rows))))
    if any(len(np.unique(rows.label[side])) < 2 for fold in folds for side in fold):
        raise InsufficientEvidenceError(_too_few(rows, count))
    return folds


def _shuffled(rows: Rows, count: int, seed: int) -> list[Fold]:
    """Folds of senders, or of rows that say the same, stratified by whether there is fraud.

    Twins on both sides would favour families that remember rows. Where they are too few to be
    dealt out, as where all columns have a few levels, rows are.
    """
    group = _together(rows)
    fraud = np.bincount(group, weights=rows.label == 1) > 0
    splitter = StratifiedKFold(count, shuffle=True, random_state=seed)
    if min(fraud.sum(), (~fraud).sum()) < count or len(fraud) == len(rows):
        return list(splitter.split(np.zeros(len(rows)), rows.label))
    parts = splitter.split(np.zeros(len(fraud)), fraud)
    return [tuple(np.flatnonzero(np.isin(group, side)) for side in part) for part in parts]  # type: ignore[misc]


def _together(rows: Rows) -> np.ndarray:
    """The group (n,) of each row: its sender's, or without senders that of its twins."""
    if rows.sender is not None:
        return cluster_codes(rows.sender, len(rows))
    said = hash_pandas_object(rows.features, index=False).to_numpy()
    return np.unique(said, return_inverse=True)[1]


class EncodedFolds:
    """The folds' rows under each encoding that a family asks for, made once.

    The preprocessor is fitted on each fold's training rows. Which columns have many levels is a
    matter of all rows.
    """

    def __init__(
        self,
        rows: Rows,
        folds: Sequence[Fold],
        numeric: Sequence[str],
        categorical: Sequence[str],
    ) -> None:
        self._rows, self._folds = rows, folds
        self._numeric, self._categorical = numeric, categorical
        self._many = columns_of_many_levels(rows.features, categorical)
        self._has_gaps = bool(columns_with_gaps(rows.features, numeric))
        self._made: dict[tuple[EncodingName, bool, tuple[str, ...]], list[EncodedFold]] = {}

    def of(self, family: Family, presence: tuple[str, ...] = ()) -> list[EncodedFold]:
        """The folds as the family sees them; `presence` as in `build_pipeline`."""
        key = family.encoding, family.takes_missing and self._has_gaps, presence
        if key not in self._made:
            self._made[key] = [self._encode(fold, *key) for fold in self._folds]
        return self._made[key]

    def _encode(
        self, fold: Fold, encoding: EncodingName, keeps_gaps: bool, presence: tuple[str, ...]
    ) -> EncodedFold:
        (train, valid), rows = fold, self._rows
        fitted = rows.features.iloc[train]
        preprocessor = build_preprocessor(
            self._numeric,
            self._categorical,
            encoding,
            self._many,
            presence=presence,
            gaps=columns_with_gaps(fitted, self._numeric) if keeps_gaps else (),
            far=columns_with_far_values(fitted, self._numeric),
        )
        return EncodedFold(
            train=preprocessor.fit_transform(fitted, rows.label[train]),
            train_label=rows.label[train],
            valid=preprocessor.transform(rows.features.iloc[valid]),
            valid_label=rows.label[valid],
        )


def _too_few(rows: Rows, count: int) -> str:
    others = len(rows) - rows.frauds
    way = (
        "keep more legitimate rows (search.legitimate_per_fraud, search.legitimate_at_least)"
        if others < rows.frauds
        else "lengthen the fit window"
    )
    return (
        f"Each of the {count} folds must hold frauds and legitimate rows on both sides, got "
        f"{rows.frauds:,} frauds and {others:,} legitimate rows to search on; {way} or set fewer "
        "search.folds."
    )
