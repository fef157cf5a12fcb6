"""Reasons of narrow forests, cut by cut: the same exact values as leaf by leaf."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.families.forest import Forest, join
from fraud_assets.scoring.cuts import explainer
from fraud_assets.scoring.cuts.explainer import CutShapley
from fraud_assets.scoring.cuts.stored import forest_tables, stored_forest
from fraud_assets.scoring.cuts.tables import MOST_COLUMNS, cuts_of, is_narrow
from fraud_assets.scoring.making.export import _leaf_tables
from fraud_assets.scoring.scorer import load_scorer, read_tables
from fraud_assets.scoring.shapley import TreeShapley, leaves_by_width
from fraud_assets.scoring.spec import TABLES
from tests.scoring.worlds import NAMES, files, payments


def grown(seed: int, columns: int, leaves: int, trees: int = 3) -> Forest:
    """Trees that split any leaf by any column at a few round numbers, again and again.

    So paths repeat columns, and some contradict themselves; some covers are next to nothing.
    """
    rng = np.random.default_rng(seed)
    return join([_tree(rng, columns, leaves) for _ in range(trees)])


def _tree(rng: np.random.Generator, columns: int, leaves: int) -> Forest:
    nodes = 2 * leaves - 1
    feature, left, right = np.full(nodes, -1), np.zeros(nodes, int), np.zeros(nodes, int)
    open_leaves, made = [0], 1
    while made < nodes:
        node = open_leaves.pop(int(rng.integers(len(open_leaves))))
        feature[node], left[node], right[node] = rng.integers(columns), made, made + 1
        open_leaves += [made, made + 1]
        made += 2
    leaf = feature < 0
    cover = np.where(leaf, rng.choice([1e-6, 1.0, 5.0, 300.0], nodes), 0.0)
    for node in reversed(np.flatnonzero(~leaf)):
        cover[node] = cover[left[node]] + cover[right[node]]
    threshold = np.where(leaf, 0.0, rng.integers(0, 6, nodes) / 2)
    value = np.where(leaf, rng.choice([0.0, 0.0, 1.0, -3.5, 0.7], nodes), 0.0)
    return Forest(feature, threshold, left, right, value, cover, np.zeros(1, dtype=np.int64))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    columns=st.integers(1, MOST_COLUMNS),
    leaves=st.integers(1, 60),
    places=st.lists(st.integers(-1, 6), min_size=MOST_COLUMNS, max_size=MOST_COLUMNS),
)
def test_contributions_are_those_leaf_by_leaf_and_sum_to_the_margin(seed, columns, leaves, places):
    """Laws: parity with the other algorithm, and efficiency, on and between thresholds."""
    forest, row = grown(seed, columns, leaves), np.array(places[:columns]) / 2

    found = CutShapley(forest, columns).contributions(row)

    expected = TreeShapley(leaves_by_width(forest), columns).contributions(row)
    assert found == pytest.approx(expected, abs=1e-9)
    base = forest.expected_values()[forest.roots].sum()
    assert base + found.sum() == pytest.approx(forest.sums(row[None, :])[0], abs=1e-9)


def test_a_side_that_no_row_can_reach_moves_nobody():
    """By hand: x0 <= 1, and on its left x0 <= 2, whose right side no number is on."""
    forest = Forest(
        feature=np.array([0, 0, -1, -1, -1]),
        threshold=np.array([1.0, 2.0, 0, 0, 0]),
        left=np.array([1, 3, 0, 0, 0]),
        right=np.array([2, 4, 0, 0, 0]),
        value=np.array([0, 0, 4.0, 8.0, 11.0]),
        cover=np.array([10.0, 4, 6, 3, 1]),
        roots=np.array([0]),
    )
    explained = CutShapley(forest, 1)
    mean = (6 * 4 + 3 * 8 + 1 * 11) / 10

    assert explained.contributions(np.array([0.0])) == pytest.approx([8 - mean])
    assert explained.contributions(np.array([1.5])) == pytest.approx([4 - mean])
    assert explained.contributions(np.array([7.0])) == pytest.approx([4 - mean])


def test_cuts_below_which_every_leaf_says_the_same_are_left_out():
    """Although their means, summed in float64, would differ in the last bit."""
    cover = np.array([10.0, 7, 3, 0.7, 6.3])
    values = np.array([0, 0, 0.3, 0.1, 0.1])
    arrays = np.array([0, 1, -1, -1, -1]), np.zeros(5), np.array([1, 3, 0, 0, 0])
    forest = Forest(*arrays, np.array([2, 4, 0, 0, 0]), values, cover, np.array([0]))

    cuts = cuts_of(forest)

    assert cuts.begins.tolist() == [0, 1, 1]
    assert cuts.moves.tolist() == pytest.approx([0.1 - 0.16, 0.3 - 0.16])


@pytest.mark.parametrize("value", [0.0, 2.5])
def test_a_forest_that_asks_nothing_has_no_contributions(value):
    """Of trees that are one leaf."""
    nothing = np.zeros(1, dtype=np.int64)
    forest = Forest(nothing - 1, np.zeros(1), nothing, nothing, np.array([value]), *[nothing] * 2)

    assert CutShapley(forest, 3).contributions(np.ones(3)).tolist() == [0, 0, 0]


@pytest.mark.parametrize("count", [10, 65_533, 65_536])
def test_a_column_may_have_more_thresholds_than_16_bits_count(count):
    """By hand: stumps at 0, 1, 2, ... that say -1 and 1, half of the cover each."""
    root = 3 * np.arange(count)
    forest = Forest(
        feature=np.tile([0, -1, -1], count),
        threshold=np.repeat(np.arange(count, dtype=float), 3),
        left=np.repeat(root + 1, 3),
        right=np.repeat(root + 2, 3),
        value=np.tile([0.0, -1, 1], count),
        cover=np.tile([2.0, 1, 1], count),
        roots=root,
    )
    explained = CutShapley(forest, 1)

    for at in (-1.0, 0.0, 3.5, count - 1.5, count):
        below = np.count_nonzero(np.arange(count) < at)
        assert explained.contributions(np.array([at])) == pytest.approx([2 * below - count])


def test_many_cuts_are_worked_on_in_parts(monkeypatch):
    """However many a part has, what comes out is the same but for the last bits."""
    forest, row = grown(3, 6, 400), np.array([0.4, 1.0, 2.2, 0.0, 1.7, 3.0])
    whole = CutShapley(forest, 6).contributions(row)

    monkeypatch.setattr(explainer, "_CHUNK", 7)

    assert CutShapley(forest, 6).contributions(row) == pytest.approx(whole, abs=1e-12)


def test_a_stored_forest_is_the_forest():
    """Array by array, after compression."""
    forest, buffer = grown(1, 5, 30), io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **forest_tables(forest))

    found = stored_forest(read_tables(buffer.getvalue()))

    assert found is not None
    for name in ("feature", "left", "right", "cover", "roots"):
        assert getattr(found, name).tolist() == getattr(forest, name).tolist()
    leaf = forest.is_leaf
    assert found.value[leaf].tolist() == forest.value[leaf].tolist()
    assert found.threshold[~leaf].tolist() == forest.threshold[~leaf].tolist()


def test_a_forest_of_more_columns_is_stored_leaf_by_leaf():
    """All subsets of its columns would be too many."""
    assert is_narrow(grown(0, MOST_COLUMNS, 200))
    assert not is_narrow(grown(0, MOST_COLUMNS + 1, 200))


def test_a_forest_whose_answers_fit_into_tables_is_stored_leaf_by_leaf_too():
    """Looking them up is faster than any sum."""
    tables = read_tables(files("gradient_boosting")[TABLES])

    assert stored_forest(tables) is None


@pytest.mark.parametrize("family", NAMES)
def test_a_version_that_holds_leaves_is_explained_as_before(family, monkeypatch):
    """Earlier releases stored these; what they explained, replays compare to the last bit."""
    monkeypatch.setattr("fraud_assets.scoring.shapley.TABLE_BYTES", 0)  # too small for any
    now = files.__wrapped__(family)
    tables = read_tables(now[TABLES])
    if (forest := stored_forest(tables)) is None:
        pytest.skip("its version holds no forest")
    rest = {name: array for name, array in tables.items() if not name.startswith("forest_")}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **rest, **_leaf_tables(leaves_by_width(forest)))
    new, old = load_scorer(now), load_scorer(now | {TABLES: buffer.getvalue()})
    leaf_by_leaf = TreeShapley(leaves_by_width(forest), len(old.spec.columns))

    for values in payments(30, 21).features.to_dict("records"):
        row = old.encoder.row(values)
        encoded = np.zeros(len(old.spec.columns))
        old.encoder.write(row, memoryview(encoded))
        columns = leaf_by_leaf.contributions(encoded)
        expected = np.bincount(old.spec.owner_of, columns)

        assert old.explain(row).contributions.tolist() == expected.tolist()
        assert new.explain(row).contributions == pytest.approx(expected, abs=1e-9)
