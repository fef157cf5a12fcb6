"""A digest of values as they lie in memory: equal for a copy, another for whatever was changed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.data.provenance.content import exact_digest

TEXTS = st.lists(st.one_of(st.text(max_size=3), st.none(), st.just(np.nan)), max_size=4)


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "amount": [1.5, np.nan, -0.0],
            "who": pd.Series(["a", np.nan, "b"], dtype=object),
            "text": pd.Series(["x", None, "y"], dtype="str"),
            "kind": pd.Categorical(["p", "q", "p"]),
            "count": pd.Series([1, pd.NA, 3], dtype="Int8"),
            "time": np.array(["2025-01-01", "NaT", "2025-01-03"], dtype="datetime64[us]"),
            "mixed": pd.Series([1, "1", None], dtype=object),
        }
    )


CHANGES = {
    "a number": ("amount", 0, 2.5),
    "the sign of a zero": ("amount", 2, 0.0),
    "a text": ("who", 0, "c"),
    "a text of pandas": ("text", 2, "z"),
    "a category": ("kind", 0, "q"),
    "a nullable number": ("count", 1, 0),
    "a time": ("time", 0, np.datetime64("2025-01-02")),
    "the type of one value": ("mixed", 0, "1"),
}


def test_a_copy_has_the_same_digest() -> None:
    """Nothing of it depends on where values lie."""
    assert exact_digest(frame(), frame()) == exact_digest(frame(), frame().copy())


@pytest.mark.parametrize("what", CHANGES)
def test_one_changed_value_changes_it(what: str) -> None:
    """Each kind of column, and what equals without being the same."""
    name, row, value = CHANGES[what]
    changed = frame()
    changed.loc[row, name] = value

    assert exact_digest(changed) != exact_digest(frame())


def test_names_types_order_and_cuts_count() -> None:
    """The same values under another name, type, order or cut are others."""
    one = pd.DataFrame({"a": [1, 2, 3, 4]})
    others = [
        (one.rename(columns={"a": "b"}),),
        (one.astype("int32"),),
        (one.iloc[::-1],),
        (one.iloc[:2], one.iloc[2:]),
        (one.set_axis([4, 5, 6, 7]),),
    ]

    found = {exact_digest(one), *(exact_digest(*parts) for parts in others)}

    assert len(found) == 1 + len(others)


@given(TEXTS, TEXTS)
def test_two_columns_of_text_agree_only_where_they_are_the_same(
    one: list[object], other: list[object]
) -> None:
    """Law: texts that run into each other, empty ones and missing ones of two kinds included."""
    digests = [exact_digest(pd.Series(v, dtype=object).to_frame("a")) for v in (one, other)]

    same = [repr(value) for value in one] == [repr(value) for value in other]
    assert (digests[0] == digests[1]) == same
