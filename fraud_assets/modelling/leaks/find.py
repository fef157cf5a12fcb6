"""Every feature of a week's windows measured against the label, before anything is fitted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec
import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.cleaning import CleanedFeatures
from fraud_assets.data.columns import LABEL, ROW, TIME
from fraud_assets.documents.report.leaks import Leak, LeaksSection
from fraud_assets.modelling.leaks import bounds
from fraud_assets.modelling.leaks.looks import blank_for_frauds
from fraud_assets.modelling.leaks.measures.label_sums import LabelSums
from fraud_assets.modelling.leaks.measures.measured import MeasuredFeature
from fraud_assets.modelling.leaks.shared import repeated_entities, shared_rows
from fraud_assets.modelling.leaks.single import gravest_of, judge_feature
from fraud_assets.terms.times import column_name


def find_leaks(cleaned: CleanedFeatures, contract: Contract) -> LeaksSection:
    """What is too good to be true in the three windows, gravest first.

    Nothing is chosen by it, so that the judged rows may take part: more frauds, fewer alarms.
    """
    found = [leak for leak in _of_features(cleaned, contract) if leak is not None]
    return LeaksSection(
        found=_in_order(found),
        checked=_checked(found, contract),
        shared=shared_rows(cleaned, contract),
        repeated=repeated_entities(cleaned, contract),
    )


def among_others(section: LeaksSection, leak: Leak, contract: Contract) -> LeaksSection:
    """The section with one more finding."""
    found = [*section.found, leak]
    return msgspec.structs.replace(
        section, found=_in_order(found), checked=_checked(found, contract)
    )


def _in_order(found: Sequence[Leak]) -> tuple[Leak, ...]:
    return tuple(sorted(found, key=lambda leak: (leak.severity, -leak.value, leak.features)))


def _checked(found: Sequence[Leak], contract: Contract) -> dict[str, str]:
    """The reasons that the contract gives for what was found."""
    named, reasons = {name for leak in found for name in leak.features}, contract.policy.checked
    return {name: reasons[name] for name in sorted(named & set(reasons))}


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
    label = cleaned.frame[LABEL].to_numpy()
    if not 0 < label.sum() < len(label):
        return
    look = _Looked(cleaned, contract, label)
    for name in cleaned.features:
        yield look.at(cleaned.frame[name], name in look.facts)
    for column, derived in inputs_of(contract).items():
        if column in cleaned.history:
            leak = look.at(look.raw(column), is_fact=False)
            yield None if leak is None else _said_of(leak, derived)


@dataclass(frozen=True)
class _Looked:
    """What every feature is held against."""

    cleaned: CleanedFeatures
    contract: Contract
    label: np.ndarray

    @cached_property
    def facts(self) -> frozenset[str]:
        return facts_of_payment(self.contract)

    @cached_property
    def time(self) -> np.ndarray | None:
        frame = self.cleaned.frame
        return frame[TIME].to_numpy(dtype="datetime64[us]") if TIME in frame else None

    @cached_property
    def places(self) -> np.ndarray:
        """Where the windowed rows stand in the history (n,)."""
        return pd.Index(self.cleaned.history[ROW]).get_indexer(self.cleaned.frame[ROW])

    @cached_property
    def sums(self) -> LabelSums:
        columns, history = self.contract.columns, self.cleaned.history
        entities = dict.fromkeys((columns.sender, *columns.entities))
        label = (history[LABEL] == 1).fillna(value=False).to_numpy(dtype=np.float64)
        named = tuple(name for name in entities if name is not None and name in history)
        return LabelSums(history, named, label, self.places)

    @cached_property
    def parts(self) -> tuple[tuple[str, np.ndarray], ...]:
        """Windows whose rows have frauds enough to be looked at by themselves."""
        window = self.cleaned.frame["_window"].to_numpy()
        masks = ((name, window == name) for name in ("fit", "threshold", "judged"))
        return tuple(
            (name, mask)
            for name, mask in masks
            if bounds.WINDOW_FRAUDS <= self.label[mask].sum() < mask.sum()
        )

    def raw(self, column: str) -> pd.Series:
        """A column of the windowed rows that is no feature."""
        return self.cleaned.history[column].iloc[self.places].reset_index(drop=True)

    def _is_no_amount(self, values: pd.Series) -> bool:
        """Whether the amount is there for honest payments alone: then no payment makes it."""
        if values.name != self.contract.columns.amount:
            return False
        blank = blank_for_frauds.find(MeasuredFeature(values, self.label))
        return blank is not None and blank.severity == "refuse"

    def at(self, values: pd.Series, is_fact: bool) -> Leak | None:
        """The gravest finding in all rows, or in one window where these say less."""
        is_fact = is_fact and not self._is_no_amount(values)
        whole = judge_feature(MeasuredFeature(values, self.label, self.time, is_fact, self.sums))
        if whole is not None and whole.severity == "refuse":
            return whole
        parts = (
            MeasuredFeature(
                values[mask].reset_index(drop=True),
                self.label[mask],
                is_fact=is_fact,
                part=name,
            )
            for name, mask in self.parts
        )
        return gravest_of([whole, *map(judge_feature, parts)])


def inputs_of(contract: Contract) -> dict[str, tuple[str, ...]]:
    """Columns that are no features, with the features derived of them; facts left out."""
    features, facts = set(contract.features.names), facts_of_payment(contract)
    found: dict[str, tuple[str, ...]] = {}
    for name, kind in contract.derived.items():
        column = column_name(getattr(kind, "of", None))
        if name in features and name not in facts and column is not None:
            found[column] = (*found.get(column, ()), name)
    known = {contract.columns.amount, contract.columns.sender, *contract.columns.entities}
    return {name: of for name, of in found.items() if name not in features | known}


def _said_of(leak: Leak, derived: tuple[str, ...]) -> Leak:
    """A finding on a column as one on what is derived of it."""
    (column,) = leak.features
    text = f"{', '.join(derived)} {'is' if len(derived) == 1 else 'are'} derived of {column}"
    return msgspec.structs.replace(leak, features=derived, text=f"{text}, and {leak.text}")
