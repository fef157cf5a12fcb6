"""The unfitted pipeline of a family with a setting: its encoding, then its classifier."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.pipeline import Pipeline

from fraud_assets.documents.report.origin import Parameters
from fraud_assets.families.family import EncodingName
from fraud_assets.families.registry import find_families
from fraud_assets.modelling.preprocessing import build_preprocessor


def build_pipeline(
    family: str,
    params: Parameters,
    numeric: Sequence[str],
    categorical: Sequence[str],
    *,
    seed: int = 0,
    encoding: EncodingName | None = None,
    many: Sequence[str] = (),
    presence: Sequence[str] = (),
    gaps: Sequence[str] = (),
    far: Sequence[str] = (),
) -> Pipeline:
    """Unfitted Pipeline of steps `preprocessor` and `classifier`; takes a frame of features.

    `many` are the categorical columns that are encoded by their share of frauds, `presence` the
    numeric ones of which the classifier also sees whether they are missing, `gaps` those that a
    family which takes missing numbers sees as they are, `far` those with far values.

    Raises
    ------
    ContractError
        If the family is not known.
    """
    (found,) = find_families([family])
    preprocessor = build_preprocessor(
        numeric,
        categorical,
        encoding or found.encoding,
        many,
        seed,
        presence=presence,
        gaps=gaps if found.takes_missing else (),
        far=far,
    )
    classifier = found.build(params, seed)
    return Pipeline([("preprocessor", preprocessor), ("classifier", classifier)])
