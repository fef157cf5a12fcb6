"""Point-in-time features: hand-worked values, the reference, and an outside engine."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.data.features import derive_features
from fraud_assets.data.splits.reach import history_needed
from fraud_assets.errors import ContractError
from fraud_assets.features.batch.sums import exact_sums
from tests.data.features_support import contract_of, payments, reference, to_time

some = settings(deadline=None, max_examples=40)


def _frame(hours: list[float], **columns: list[object]) -> pd.DataFrame:
    size = len(hours)
    plain = {
        "who": ["a"] * size,
        "shop": ["x"] * size,
        "paid": [1.0] * size,
        "_row": list(range(size)),
        "_label": pd.array([0] * size, dtype="Int8"),
    }
    return pd.DataFrame(plain | columns | {"_time": to_time(pd.Series(hours))})


def _derived(rows: pd.DataFrame, declaration: str) -> list[float]:
    return derive_features(rows, contract_of(f"f = {declaration}"))["f"].tolist()


@some
@given(payments())
def test_equals_the_slow_reference(rows: pd.DataFrame) -> None:
    """Every kind gives exactly what a look at all rows for each row gives."""
    contract = contract_of()

    fast = derive_features(rows, contract)

    pd.testing.assert_frame_equal(
        fast[list(contract.derived)], reference(rows, contract), check_exact=True
    )


@some
@given(payments(), st.integers(0, 24))
def test_start_emits_the_same_values_for_fewer_rows(rows: pd.DataFrame, half_hours: int) -> None:
    """Rows before the start are history only; the rest keep every value."""
    contract = contract_of()
    start = to_time(pd.Series([half_hours / 2]))[0].to_datetime64()

    late = derive_features(rows, contract, start=start)

    every = derive_features(rows, contract)
    expected = every[every["_time"] >= start].reset_index(drop=True)
    pd.testing.assert_frame_equal(late, expected, check_exact=True)


@some
@given(payments(), st.integers(0, 24))
def test_history_needed_is_enough(rows: pd.DataFrame, half_hours: int) -> None:
    """Rows further back than the needed history change no emitted value."""
    declaration = 'f = { kind = "mean", of = "paid", entity = "shop", window = "3h", delay = "2h" }'
    contract = contract_of(declaration)
    start = to_time(pd.Series([half_hours / 2]))[0].to_datetime64()
    needed = history_needed(contract)
    assert needed == timedelta(hours=5)

    recent = rows[rows["_time"] >= start - np.timedelta64(needed)]

    pd.testing.assert_frame_equal(
        derive_features(recent, contract, start=start),
        derive_features(rows, contract, start=start),
        check_exact=True,
    )


def test_a_window_is_open_at_both_ends() -> None:
    """A payment exactly a window old does not count, nor does one at the same instant."""
    rows = _frame([0, 1, 3, 3])

    assert _derived(rows, '{ kind = "count", entity = "who", window = "3h" }') == [0, 1, 1, 1]


def test_a_delayed_window_holds_its_end() -> None:
    """(t - 3 h, t - 1 h] holds a payment one hour old and none three hours old."""
    rows = _frame([0, 2, 3])

    declaration = '{ kind = "count", entity = "who", window = "2h", delay = "1h" }'
    assert _derived(rows, declaration) == [0, 1, 1]


def test_a_fraud_counts_once_it_is_known() -> None:
    """A matured fraud without its report counts as not fraud until the report comes."""
    rows = _frame(
        [0, 2, 4, 5],
        _label=pd.array([1, 0, 0, 0], dtype="Int8"),
        _known_at=to_time(pd.Series([4.0, np.nan, np.nan, np.nan])),
    )

    declaration = '{ kind = "label_share", entity = "who", window = "9h", delay = "1h" }'
    assert _derived(rows, declaration) == [0, 0, 1 / 2, 1 / 3]


@pytest.mark.parametrize("reported", [True, False], ids=["empty report", "no reports"])
def test_a_label_without_a_report_counts_once_it_has_matured(reported: bool) -> None:
    """With 6 hours of maturity the fraud at 0 h is unknown at 5 h and known at 6 h.

    The delay of one hour alone would let a row learn of a fraud that nobody had noticed.
    """
    rows = _frame([0, 5, 6, 7], _label=pd.array([1, 0, 0, 0], dtype="Int8"))
    rows = rows.assign(_known_at=to_time(pd.Series([np.nan] * 4))) if reported else rows
    share = 'f = { kind = "label_share", entity = "who", window = "9h", delay = "1h" }'

    derived = derive_features(rows, contract_of(share, maturity_days=0.25))

    assert derived["f"].tolist() == [0, 0, 1 / 2, 1 / 3]


def test_a_row_without_an_entity_has_no_history() -> None:
    """It sees nobody, nobody sees it, and its feature is missing even with its own row."""
    rows = _frame([0, 1, 2], who=["a", None, "a"])

    declaration = '{ kind = "count", entity = "who", window = "3h", include_current = true }'
    np.testing.assert_array_equal(_derived(rows, declaration), [1, np.nan, 2])


def test_a_start_that_lies_ahead_is_missing() -> None:
    """A first-seen time after the payment could not have been known."""
    rows = _frame([0, 1], born=to_time(pd.Series([0.5, 0.5])))

    declaration = '{ kind = "age", since = "born", unit = "hours" }'
    np.testing.assert_array_equal(_derived(rows, declaration), [np.nan, 0.5])


def test_a_window_is_not_poisoned_by_what_left_it() -> None:
    """After a payment of 1e300 has left the window, its cents are there again."""
    rows = _frame([0, 5, 6, 7], paid=[1e300, 0.25, 0.5, 1.0])

    assert _derived(rows, '{ kind = "sum", of = "paid", entity = "who", window = "3h" }') == [
        0.0,
        0.0,
        0.25,
        0.75,
    ]


@some
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=70), st.data())
def test_sums_depend_on_the_window_alone(values: list[float], data: st.DataObject) -> None:
    """The same values in a window give the same bits, whatever surrounds them."""
    array = np.array(values)
    low = data.draw(st.integers(0, len(values)))
    high = data.draw(st.integers(low, len(values)))

    inside = exact_sums(array, np.array([low]), np.array([high]))

    alone = exact_sums(array[low:high], np.array([0]), np.array([high - low]))
    assert inside.tobytes() == alone.tobytes()
    assert inside[0] == pytest.approx(array[low:high].sum(), rel=1e-9, abs=1e-6)


@some
@given(payments())
def test_equals_duckdb(rows: pd.DataFrame) -> None:
    """An outside engine's window functions give the same counts, means and distincts."""
    duckdb = pytest.importorskip("duckdb")
    names = ["count_3h", "mean_late_5h", "sum_9h", "distinct_4h"]
    known = rows.dropna(subset=["who", "shop"]).reset_index(drop=True)
    ours = derive_features(known, contract_of())[names]

    theirs = duckdb.query("""
        SELECT
          count(*) OVER (PARTITION BY who ORDER BY _time RANGE BETWEEN
            INTERVAL '10799999999 us' PRECEDING AND INTERVAL '1 us' PRECEDING) AS count_3h,
          avg(paid) OVER (PARTITION BY who ORDER BY _time RANGE BETWEEN
            INTERVAL '21599999999 us' PRECEDING AND INTERVAL '1 h' PRECEDING) AS mean_late_5h,
          coalesce(sum(paid) OVER (PARTITION BY shop ORDER BY _time RANGE BETWEEN
            INTERVAL '32399999999 us' PRECEDING AND INTERVAL '1 us' PRECEDING), 0) AS sum_9h,
          count(DISTINCT shop) OVER (PARTITION BY who ORDER BY _time RANGE BETWEEN
            INTERVAL '14399999999 us' PRECEDING AND INTERVAL '1 us' PRECEDING) AS distinct_4h
        FROM known ORDER BY _row
    """).df()

    pd.testing.assert_frame_equal(ours, theirs.astype(float))


def test_an_unfit_declaration_names_every_fault() -> None:
    """A missing column and a text to average are told together, each with its key."""
    contract = contract_of(
        'm = { kind = "mean", of = "shop", entity = "who", window = "1h" }\n'
        'n = { kind = "count", entity = "device", window = "1h" }'
    )

    with pytest.raises(ContractError) as caught:
        derive_features(_frame([0]), contract)

    assert [fault.key for fault in caught.value.faults] == ["derived.m.of", "derived.n.entity"]


def test_a_delay_excludes_the_own_row() -> None:
    """A window that ends before the payment cannot hold the payment."""
    with pytest.raises(ContractError, match="both a delay and include_current"):
        contract_of(
            'f = { kind = "count", entity = "who", window = "1h", delay = "1h", '
            "include_current = true }"
        )


def test_an_age_has_one_start() -> None:
    """An age counts from an entity's first payment or from a column, never both."""
    with pytest.raises(ContractError, match="either an entity or a since column"):
        contract_of('f = { kind = "age", entity = "who", since = "born" }')
