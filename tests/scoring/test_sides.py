"""Numbers with gaps stand where a missing one goes the way that the fit sends it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier

from fraud_assets.families.forest import Forest, join
from fraud_assets.families.registry import FAMILIES
from fraud_assets.scoring.making.describe import EncodedColumns
from fraud_assets.scoring.making.sides import MOST, with_sides
from fraud_assets.scoring.spec import MissingSide, Numeric, Wording

WORDS = Wording("", "", "", "")


def number(name: str, position: int) -> Numeric:
    return Numeric(name, "", WORDS, median=0.0, mean=0.0, scale=1.0, position=position)


def stump(column: int, threshold: float, left: float, right: float, *, goes_left: bool) -> Forest:
    return Forest(
        feature=np.array([column, -1, -1]),
        threshold=np.array([threshold, 0.0, 0.0]),
        left=np.array([1, 0, 0]),
        right=np.array([2, 0, 0]),
        value=np.array([0.0, left, right]),
        cover=np.array([2.0, 1.0, 1.0]),
        roots=np.array([0]),
        missing_left=np.array([goes_left, False, False]),
    )


def encoded(features: tuple[Numeric, ...], columns: int, values: list[float]) -> np.ndarray:
    """One row, as the service writes it."""
    row = np.zeros((1, columns))
    for feature, value in zip(features, values, strict=True):
        for side in feature.sides or (MissingSide(feature.position, 0.0),):
            row[0, side.position] = side.missing if np.isnan(value) else value
    return row


@pytest.mark.parametrize(
    ("ways", "sides"),
    [
        ([True], [(0, -MOST)]),
        ([False], [(0, MOST)]),
        ([True, False], [(0, -MOST), (2, MOST)]),
    ],
)
def test_a_number_stands_once_or_twice(ways: list[bool], sides: list[tuple[int, float]]) -> None:
    """Once where all splits send missing ones the same way; what comes again comes last."""
    forest = join([stump(0, 1.0, 5.0, 7.0, goes_left=way) for way in ways])
    columns = EncodedColumns(("a", "b"), (0, 1), gaps=("a",))

    features, found, sided = with_sides((number("a", 0), number("b", 1)), columns, forest)

    first = features[0]
    assert isinstance(first, Numeric)
    assert [(side.position, side.missing) for side in first.sides] == sides
    assert found.owners == ((0, 1) if len(sides) == 1 else (0, 1, 0))
    assert sided.missing_left is None
    expected = sum(5.0 if way else 7.0 for way in ways)
    row = encoded((first, number("b", 1)), len(found.names), [np.nan, 0.0])
    assert sided.sums(row).tolist() == [expected]


def test_a_split_between_missing_and_all_others_stays_one() -> None:
    """HistGradientBoosting writes it as an infinite threshold, which any number is below."""
    forest = stump(0, np.inf, 5.0, 7.0, goes_left=False)
    columns = EncodedColumns(("a",), (0,), gaps=("a",))

    (feature,), found, sided = with_sides((number("a", 0),), columns, forest)

    rows = [encoded((feature,), len(found.names), [value]) for value in (1e300, np.nan)]  # type: ignore[arg-type]
    assert [sided.sums(row)[0] for row in rows] == [5.0, 7.0]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.floats(0.05, 0.9))
def test_forest_and_sides_give_what_the_library_gives(seed: int, share: float) -> None:
    """Rows with NaN anywhere have the decision function of HistGradientBoosting itself."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(300, 3))
    label = (matrix[:, 0] + rng.normal(size=300) > 0).astype(int)
    matrix[rng.random(matrix.shape) < share] = np.nan
    fitted = HistGradientBoostingClassifier(max_iter=8, min_samples_leaf=5).fit(matrix, label)
    converted = FAMILIES["hist_gradient_boosting"].convert(fitted)
    assert isinstance(converted.model, Forest)
    numbers = tuple(number(name, at) for at, name in enumerate("abc"))
    columns = EncodedColumns(("a", "b", "c"), (0, 1, 2), gaps=("a", "b", "c"))

    features, found, sided = with_sides(numbers, columns, converted.model)

    expected = fitted.decision_function(matrix)
    rows = [encoded(features, len(found.names), list(row)) for row in matrix]  # type: ignore[arg-type]
    assert converted.model.sums(matrix) + converted.intercept == pytest.approx(expected, abs=1e-9)
    assert sided.sums(np.vstack(rows)) + converted.intercept == pytest.approx(expected, abs=1e-9)
