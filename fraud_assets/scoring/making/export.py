"""Writes the service's own files of a version from its fitted pipeline. Heavy: scikit-learn."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fraud_assets.contract import Contract
from fraud_assets.data.kinds.column import Spellings
from fraud_assets.data.rows import Rows
from fraud_assets.families.family import Converted, UnconvertibleError
from fraud_assets.families.forest import Forest
from fraud_assets.features.arrays import Floats
from fraud_assets.payments.words import text_words
from fraud_assets.profiles import CATEGORY_MISSING, PARITY_TOLERANCE
from fraud_assets.scoring.cuts.stored import forest_tables
from fraud_assets.scoring.cuts.tables import is_narrow
from fraud_assets.scoring.making.convert import convert_classifier
from fraud_assets.scoring.making.describe import (
    EncodedColumns,
    describe_features,
    place_tables,
    plain_features,
)
from fraud_assets.scoring.making.golden_rows import make_golden
from fraud_assets.scoring.making.sides import with_sides
from fraud_assets.scoring.scorer import NamedArrays, load_scorer
from fraud_assets.scoring.shapley import Leaves, has_ready_answers, leaves_by_width
from fraud_assets.scoring.spec import FOREST, FORMAT, GOLDEN, SPEC, TABLES, Feature, Spec
from fraud_assets.values.text import NORMALISATION

_PARITY_ROWS = 2000
"""Legitimate payments on which a conversion is compared before it is believed."""


def export_scorer(
    pipeline: Any,
    contract: Contract,
    legitimate: Rows,
    threshold: float,
    judged: Rows | None = None,
    *,
    spellings: Mapping[str, Spellings] | None = None,
    scores: Floats | None = None,
) -> dict[str, bytes]:
    """The service's own files, by name, for whichever classifier the pipeline ends in.

    `legitimate` are the legitimate payments that reasons compare with; golden rows are drawn
    from `judged` (default: the legitimate ones; `scores` (n,) are the pipeline's of them where
    they are known already), with texts as the export spells them where `spellings` say how. A
    classifier that has no conversion, or whose conversion does not give its probabilities, yields
    files that say so and make the service go through scikit-learn.
    """
    files = _converted_or_not(pipeline, contract, legitimate, threshold)
    source = legitimate if judged is None else judged
    golden = make_golden(files, pipeline, source.features, spellings=spellings, scores=scores)
    return files | {GOLDEN: golden}


def _converted_or_not(
    pipeline: Any, contract: Contract, legitimate: Rows, threshold: float
) -> dict[str, bytes]:
    features = legitimate.features[list(contract.features.names)]
    try:
        converted = convert_classifier(pipeline.named_steps["classifier"])
        described, columns = describe_features(pipeline, contract)
    except UnconvertibleError as error:
        return _through_pipeline(contract, features, threshold, str(error))
    encoded = _dense(pipeline.named_steps["preprocessor"].transform(features))
    mean = encoded.mean(axis=0) if len(encoded) else np.zeros(len(columns.names))
    if isinstance(converted.model, Forest):
        described, columns, forest = with_sides(described, columns, converted.model)
        converted = replace(converted, model=forest)
    spec = _spec(contract, converted, (described, columns), mean, threshold)
    files = _files(spec, converted, mean, place_tables(contract, features))
    gap = _largest_gap(files, pipeline, features.iloc[:_PARITY_ROWS])
    if gap > PARITY_TOLERANCE:
        why = f"its conversion differs by {gap:.1e}, more than {PARITY_TOLERANCE:.0e}"
        return _through_pipeline(contract, features, threshold, why)
    return files


def _spec(
    contract: Contract,
    converted: Converted,
    encoding: tuple[tuple[Feature, ...], EncodedColumns],
    mean: Floats,
    threshold: float,
) -> Spec:
    features, columns = encoding
    return Spec(
        format=FORMAT,
        family="forest" if isinstance(converted.model, Forest) else "linear",
        contract=contract.name,
        normalisation=NORMALISATION,
        case=contract.features.case,
        missing_text=tuple(sorted(text_words(contract.source))),
        missing_level=CATEGORY_MISSING,
        features=features,
        columns=columns.names,
        owner_of=columns.owners,
        link=converted.link,
        scale=converted.scale,
        calibrator=converted.calibrator,
        threshold=float(threshold),
        intercept=converted.intercept,
        base=_base(converted, mean),
    )


def _base(converted: Converted, mean: Floats) -> float:
    if isinstance(converted.model, Forest):
        roots = converted.model.expected_values()[converted.model.roots]
        return converted.intercept + float(roots.sum())
    return converted.intercept + float(converted.model @ mean)


def _files(spec: Spec, converted: Converted, mean: Floats, tables: NamedArrays) -> dict[str, bytes]:
    files = {SPEC: msgspec.json.format(msgspec.json.encode(spec), indent=1)}
    if isinstance(converted.model, Forest):
        from fraud_assets.scoring.onnx_forest import (  # noqa: PLC0415  # only forests need onnx
            forest_model,
            with_inner_roots,
        )

        files[FOREST] = forest_model(with_inner_roots(converted.model), len(spec.columns))
        leaves = list(leaves_by_width(converted.model))
        by_cuts = is_narrow(converted.model) and not has_ready_answers(leaves)
        reasons = forest_tables(converted.model) if by_cuts else _leaf_tables(leaves)
        tables = {**tables, **reasons}
    else:
        tables = {**tables, "weights": converted.model, "mean": mean}
    files[TABLES] = _archive(tables)
    return files


def _leaf_tables(found: Iterable[Leaves]) -> NamedArrays:
    groups = {len(leaves.column): leaves for leaves in found}
    tables: dict[str, NDArray[np.generic]] = {"widths": np.array(sorted(groups), dtype=np.int64)}
    for width, leaves in groups.items():
        for name in ("column", "low", "high", "zero", "value"):
            tables[f"leaves_{width}_{name}"] = getattr(leaves, name)
    return tables


def _archive(tables: NamedArrays) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **tables)
    return buffer.getvalue()


def _through_pipeline(
    contract: Contract, features: pd.DataFrame, threshold: float, why: str
) -> dict[str, bytes]:
    spec = Spec(
        format=FORMAT,
        family="pipeline",
        contract=contract.name,
        normalisation=NORMALISATION,
        case=contract.features.case,
        missing_text=tuple(sorted(text_words(contract.source))),
        missing_level=CATEGORY_MISSING,
        features=plain_features(contract),
        columns=(),
        owner_of=(),
        link="identity",
        scale="probability",
        calibrator=None,
        threshold=float(threshold),
        intercept=0.0,
        base=0.0,
        why_pipeline=why,
    )
    text = msgspec.json.format(msgspec.json.encode(spec), indent=1)
    return {SPEC: text, TABLES: _archive(place_tables(contract, features))}


def _largest_gap(files: dict[str, bytes], pipeline: Any, features: pd.DataFrame) -> float:
    if features.empty:
        return 0.0
    scorer = load_scorer(files)
    rows = [scorer.encoder.row(values) for values in features.to_dict("records")]
    gaps = np.abs(scorer.score_batch(rows) - pipeline.predict_proba(features)[:, 1])
    return float(gaps.max()) if np.isfinite(gaps).all() else float("inf")


def _dense(matrix: Any) -> Floats:
    return np.asarray(matrix.todense() if hasattr(matrix, "todense") else matrix, dtype=np.float64)
