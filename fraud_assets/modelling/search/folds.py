"""Folds that respect time, and each fold's rows encoded once for all candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedKFold, TimeSeriesSplit

from fraud_assets.data.rows import Rows
from fraud_assets.errors import InsufficientEvidenceError
from fraud_assets.families.family import EncodingName
from fraud_assets.modelling.preprocessing import build_preprocessor
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

    Where rows have a time every validation row is later than its training rows
    (`TimeSeriesSplit`); else the folds are shuffled and stratified by label.

    Raises
    ------
    InsufficientEvidenceError
        If a fold lacks frauds or legitimate rows on either side.
    """
    smallest = min(rows.frauds, len(rows) - rows.frauds)
    if smallest < count + 1:
        raise InsufficientEvidenceError(_too_few(rows, count))
    if rows.time is None:
        splitter = StratifiedKFold(count, shuffle=True, random_state=seed)
        folds = list(splitter.split(np.zeros(len(rows)), rows.label))
    else:
        folds = list(TimeSeriesSplit(count).split(np.zeros(len(rows))))
    if any(len(np.unique(rows.label[side])) < 2 for fold in folds for side in fold):
        raise InsufficientEvidenceError(_too_few(rows, count))
    return folds


def encode_folds(
    rows: Rows,
    folds: Sequence[Fold],
    columns: tuple[Sequence[str], Sequence[str]],
    encoding: EncodingName,
    many: Sequence[str] = (),
    *,
    presence: Sequence[str] = (),
) -> list[EncodedFold]:
    """Fit the preprocessor on each fold's training rows and encode both sides once."""
    return [_encode(rows, fold, columns, encoding, many, presence=presence) for fold in folds]


def _encode(
    rows: Rows,
    fold: Fold,
    columns: tuple[Sequence[str], Sequence[str]],
    encoding: EncodingName,
    many: Sequence[str],
    *,
    presence: Sequence[str],
) -> EncodedFold:
    train, valid = fold
    preprocessor = build_preprocessor(*columns, encoding, many, presence=presence)
    return EncodedFold(
        train=preprocessor.fit_transform(rows.features.iloc[train], rows.label[train]),
        train_label=rows.label[train],
        valid=preprocessor.transform(rows.features.iloc[valid]),
        valid_label=rows.label[valid],
    )


def _too_few(rows: Rows, count: int) -> str:
    return (
        f"Each of the {count} folds must hold frauds and legitimate rows on both sides, got "
        f"{rows.frauds} frauds among {len(rows)} fit rows; "
        "lengthen the fit window or set fewer search.folds."
    )
