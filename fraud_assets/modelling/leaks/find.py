"""Every feature of a week's windows measured against the label, before anything is fitted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.cleaning import CleanedFeatures
from fraud_assets.data.columns import LABEL, TIME
from fraud_assets.documents.report.leaks import Leak, LeaksSection
from fraud_assets.modelling.leaks.alone import measure_alone
from fraud_assets.modelling.leaks.levels import FEW
from fraud_assets.modelling.leaks.shared import repeated_entities, shared_rows
from fraud_assets.modelling.leaks.single import Measures, judge_feature
from fraud_assets.modelling.leaks.times import seconds_after
from fraud_assets.terms.times import column_name


def find_leaks(cleaned: CleanedFeatures, contract: Contract) -> LeaksSection:
    """What is too good to be true in the three windows, gravest first.

    Nothing is chosen by it, so that the judged rows may take part: more frauds, fewer alarms.
    """
    return section_of(
        [leak for leak in _of_features(cleaned, contract) if leak is not None], cleaned, contract
    )


def section_of(found: Sequence[Leak], cleaned: CleanedFeatures, contract: Contract) -> LeaksSection:
    """The report's section, with the reasons that the contract gives for what was found."""
    named = {name for leak in found for name in leak.features}
    reasons = contract.policy.checked
    return LeaksSection(
        found=tuple(sorted(found, key=lambda leak: (leak.severity, -leak.value, leak.features))),
        checked={name: reasons[name] for name in sorted(named & set(reasons))},
        shared=shared_rows(cleaned, contract),
        repeated=repeated_entities(cleaned, contract),
    )


def facts_of_payment(contract: Contract) -> frozenset[str]:
    """Features that the payment itself makes: its amount, and what is derived from such facts."""
    columns = contract.columns
    facts = {columns.amount, columns.sender, *columns.entities} - {None}
    derived = {
        name
        for name, kind in contract.derived.items()
        if {column_name(column) for _, column in kind.columns.values()} <= {None, *facts}
    }
    return frozenset({*derived, *([] if columns.amount is None else [columns.amount])})


def _of_features(cleaned: CleanedFeatures, contract: Contract) -> Iterator[Leak | None]:
    frame, facts = cleaned.frame, facts_of_payment(contract)
    label = frame[LABEL].to_numpy()
    if not 0 < label.sum() < len(label):
        return
    time = frame[TIME].to_numpy(dtype="datetime64[us]") if TIME in frame else None
    for name in cleaned.features:
        values = frame[name]
        after = None if time is None else seconds_after(values, time)
        lag = None if after is None else measure_alone(after, label)
        alone = measure_alone(values, label)
        yield judge_feature(Measures(alone, after, lag, name in facts, _has_few(values)))


def _has_few(values: pd.Series) -> bool:
    numeric = pd.api.types.is_numeric_dtype(values.dtype)
    return not numeric or len(np.unique(values.dropna().to_numpy())) <= FEW
