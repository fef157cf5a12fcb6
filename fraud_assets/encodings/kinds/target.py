"""Target: a level becomes its share of frauds, drawn towards the share of all.

The classifier is fitted on codes that do not know their own row's label: scikit-learn cross-fits
them (`TargetEncoder.fit_transform`). How far a level is drawn follows from its rows (empirical
Bayes, Micci-Barreca 2001, doi:10.1145/507533.507538). A level never seen has the share of all.
"""

from __future__ import annotations

from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import TargetEncoder

from fraud_assets.encodings.encoding import Encoding


def _build(seed: int) -> TargetEncoder:
    apart = StratifiedKFold(5, shuffle=True, random_state=seed)
    return TargetEncoder(target_type="binary", smooth="auto", cv=apart)


def _own_name(column: str, levels: list[str]) -> list[str]:  # noqa: ARG001
    return [column]


ENCODING = Encoding(name="target", build=_build, width=lambda _: 1, names=_own_name)
