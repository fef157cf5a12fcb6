"""Reads encoding tables out of a fitted preprocessor, and places and words of each feature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fraud_assets.contract import Contract
from fraud_assets.contract.sections.rules import Rule
from fraud_assets.contract.sections.words import Scalar
from fraud_assets.encodings.registry import encoding_of
from fraud_assets.encodings.tables import codes_of
from fraud_assets.families.family import UnconvertibleError
from fraud_assets.modelling.preprocessing import missing_name
from fraud_assets.payments.words import missing_numbers
from fraud_assets.scoring.places import POINTS
from fraud_assets.scoring.scorer import NamedArrays
from fraud_assets.scoring.spec import Categorical, Feature, Numeric, Presence
from fraud_assets.scoring.wording import description, wording
from fraud_assets.values.words import allowed_levels, allowed_numbers

Value = TypeVar("Value", str, float)


@dataclass(frozen=True)
class EncodedColumns:
    """The encoded columns' names (columns,), the number of each one's feature, those with gaps."""

    names: tuple[str, ...]
    owners: tuple[int, ...]
    gaps: tuple[str, ...] = ()


def describe_features(
    pipeline: Any, contract: Contract
) -> tuple[tuple[Feature, ...], EncodedColumns]:
    """The features in the contract's order, and the columns that they are encoded in."""
    names = contract.features.names
    features: dict[str, Feature] = {}
    columns, owners, gaps = list[str](), list[int](), tuple[str, ...]()
    for kind, part, chosen in pipeline.named_steps["preprocessor"].transformers_:
        if part == "drop":
            continue
        if kind == "presence":
            for name, presence in _presences(part, list(chosen), at=len(columns)).items():
                features[name] = msgspec.structs.replace(features[name], presence=presence)
                columns.append(missing_name(name))
                owners.append(names.index(name))
            continue
        gaps = tuple(chosen) if kind == "gaps" else gaps
        for feature in _described(kind, part, list(chosen), contract, at=len(columns)):
            features[feature.name] = feature
            columns += _columns(feature)
            owners += [names.index(feature.name)] * _width(feature)
    found = tuple(features[name] for name in names)
    return found, EncodedColumns(tuple(columns), tuple(owners), gaps)


def _described(
    kind: str, part: Any, names: list[str], contract: Contract, at: int
) -> Sequence[Feature]:
    """The features of one part of the preprocessor, whose columns begin at position `at`."""
    if kind in {"num", "gaps", "far"}:
        return _numeric(part, names, contract, at)
    encoder = part.named_steps["encoder"]
    encoding = encoding_of(encoder)
    if encoding is None:
        raise UnconvertibleError(
            f"its {type(encoder).__name__} drops or merges levels, or has no conversion"
        )
    steps = part[list(part.named_steps).index("encoder") :]
    found = []
    for name, codes in zip(names, codes_of(encoding, steps, encoder.categories_), strict=True):
        found.append(_text(name, contract, codes.levels, codes.unseen, at))
        at += len(codes.unseen)
    return found


def _width(feature: Feature) -> int:
    return 1 if isinstance(feature, Numeric) else len(feature.unseen)


def _columns(feature: Feature) -> list[str]:
    """Names of the encoded columns; one column bears the feature's own."""
    if isinstance(feature, Numeric) or len(feature.unseen) == 1:
        return [feature.name]
    return [f"{feature.name}_{level}" for level in feature.levels]


def _presences(part: Any, names: list[str], at: int) -> dict[str, Presence]:
    """By feature the columns, from `at` on, that say whether a number is missing."""
    scaler = part.named_steps["scaler"]
    scaled = (0.0 - scaler.mean_) / scaler.scale_, (1.0 - scaler.mean_) / scaler.scale_
    return {
        name: Presence(at + i, float(present), float(absent))
        for i, (name, present, absent) in enumerate(zip(names, *scaled, strict=True))
    }


def plain_features(contract: Contract) -> tuple[Feature, ...]:
    """The features without encoding tables, for a winner served through scikit-learn."""
    numeric = [
        _number(name, contract, i, median=0.0, mean=0.0, scale=1.0)
        for i, name in enumerate(contract.features.numeric)
    ]
    categorical = [
        _text(name, contract, {}, (0.0,), len(numeric) + i)
        for i, name in enumerate(contract.features.categorical)
    ]
    return (*numeric, *categorical)


def place_tables(contract: Contract, legitimate: pd.DataFrame) -> NamedArrays:
    """Arrays from which `scoring.places` places a value, by the feature's position."""
    tables: dict[str, NDArray[np.generic]] = {}
    for index, name in enumerate(contract.features.names):
        values = legitimate[name]
        tables[f"missing_{index}"] = np.array(values.isna().mean() if len(values) else 0.0)
        if name in contract.features.numeric:
            tables[f"points_{index}"] = _points(values.dropna().to_numpy(dtype=np.float64))
        else:
            shares = values.value_counts(normalize=True, dropna=True) * (1 - values.isna().mean())
            tables[f"levels_{index}"] = np.array([str(level) for level in shares.index], dtype="U")
            tables[f"shares_{index}"] = shares.to_numpy(dtype=np.float64)
    return tables


def _points(values: Any) -> Any:
    ordered = np.sort(values)
    if len(ordered) <= POINTS:
        return ordered
    return ordered[np.linspace(0, len(ordered) - 1, POINTS).round().astype(int)]


def _numeric(part: Any, names: list[str], contract: Contract, at: int) -> list[Numeric]:
    imputer, scaler = part.named_steps.get("imputer"), part.named_steps.get("scaler")
    means = np.zeros(len(names))
    if scaler is not None:
        means = scaler.center_ if hasattr(scaler, "center_") else scaler.mean_
    medians = means if imputer is None else imputer.statistics_  # without one gaps stay
    scales = np.ones(len(names)) if scaler is None else scaler.scale_
    # SimpleImputer fills a column that is empty in training with 0, keeping NaN as its statistic.
    medians = np.where(np.isnan(medians.astype(float)), 0.0, medians.astype(float))
    return [
        _number(name, contract, at + i, median=float(m), mean=float(c), scale=float(s))
        for i, (name, m, c, s) in enumerate(zip(names, medians, means, scales, strict=True))
    ]


def _number(
    name: str, contract: Contract, position: int, *, median: float, mean: float, scale: float
) -> Numeric:
    rules = _rules(name, contract)
    least = [rule.min for rule in rules if rule.min is not None]
    most = [rule.max for rule in rules if rule.max is not None]
    return Numeric(
        name=name,
        description=description(name, contract),
        wording=wording(name, contract),
        median=median,
        mean=mean,
        scale=scale,
        position=position,
        minimum=max(least, default=None),
        maximum=min(most, default=None),
        missing=missing_numbers(contract.source),
        one_of=_allowed([allowed_numbers(listed) for listed in _listed(rules)]),
        required=any(rule.required for rule in rules),
    )


def _text(
    name: str,
    contract: Contract,
    levels: dict[str, tuple[float, ...]],
    unseen: tuple[float, ...],
    position: int,
) -> Categorical:
    rules, case = _rules(name, contract), contract.features.case
    return Categorical(
        name=name,
        description=description(name, contract),
        wording=wording(name, contract),
        levels=levels,
        unseen=unseen,
        position=position,
        one_of=_allowed([allowed_levels(listed, case) for listed in _listed(rules)]),
        required=any(rule.required for rule in rules),
    )


def _rules(name: str, contract: Contract) -> list[Rule]:
    return [rule for rule in contract.rules.values() if rule.column == name]


def _allowed(lists: list[tuple[Value, ...]]) -> tuple[Value, ...] | None:
    """The values that every list of a rule's `one_of` holds; None where no rule lists any."""
    if not lists:
        return None
    return tuple(value for value in lists[0] if all(value in other for other in lists[1:]))


def _listed(rules: list[Rule]) -> list[tuple[Scalar, ...]]:
    return [rule.one_of for rule in rules if rule.one_of is not None]
