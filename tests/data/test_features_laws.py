"""No later row and no label that is not yet known changes an earlier row's features."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from fraud_assets.data.features import derive_features
from tests.data.features_support import contract_of, payments

unshrunk = settings(deadline=None, max_examples=400, phases=[Phase.generate])
some = settings(deadline=None, max_examples=40)
Derivation = Callable[[pd.DataFrame], pd.DataFrame]
Case = tuple[pd.DataFrame, pd.DataFrame, np.datetime64]


def derive(rows: pd.DataFrame) -> pd.DataFrame:
    """The derivation under test, all kinds."""
    return derive_features(rows, contract_of())


@st.composite
def deletions(draw: st.DrawFn) -> Case:
    """Payments, the same without some of the rows at or after an instant, the instant."""
    rows = draw(payments())
    cut = draw(st.sampled_from(rows["_time"].tolist()))
    flags = draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    later = (rows["_time"] >= cut).to_numpy()
    return rows, rows[~(later & np.array(flags))].reset_index(drop=True), cut


@st.composite
def alterations(draw: st.DrawFn) -> Case:
    """Payments, the same with other rows at or after an instant, the instant."""
    rows, others = draw(payments()), draw(payments())
    cut = draw(st.sampled_from(rows["_time"].tolist()))
    changed = pd.concat([rows[rows["_time"] < cut], others[others["_time"] >= cut]])
    return rows, changed.reset_index(drop=True), cut


@st.composite
def hidden_labels(draw: st.DrawFn) -> Case:
    """Payments, the same with labels reported after an instant or not yet matured withdrawn."""
    rows = draw(payments())
    cut = draw(st.sampled_from(rows["_time"].tolist()))
    immature = rows["_time"] > cut - pd.Timedelta("2h")
    unreported = rows["_known_at"].isna() & (rows["_time"] > cut - pd.Timedelta("3h"))
    hidden = (rows["_known_at"] > cut) | immature | unreported
    changed = rows.assign(_label=rows["_label"].mask(hidden, 0))
    return rows, changed, cut + pd.Timedelta("1us")


def obeys(derivation: Derivation, case: Case) -> bool:
    """Whether the rows before the instant get the same bits from both frames."""
    rows, changed, cut = case
    before, after = (frame[frame["_time"] < cut] for frame in map(derivation, (rows, changed)))
    names = list(contract_of().derived)
    return bool(before[names].to_numpy().tobytes() == after[names].to_numpy().tobytes())


@some
@given(deletions())
def test_deleting_later_rows_changes_nothing(case: Case) -> None:
    """Rows at or after an instant may be deleted: earlier features keep every bit."""
    assert obeys(derive, case)


@some
@given(alterations())
def test_altering_later_rows_changes_nothing(case: Case) -> None:
    """Rows at or after an instant may be replaced: earlier features keep every bit."""
    assert obeys(derive, case)


@some
@given(hidden_labels())
def test_labels_not_yet_known_change_nothing(case: Case) -> None:
    """A label that matures or is reported after a row is not seen by it."""
    assert obeys(derive, case)


def _leaky_mean(rows: pd.DataFrame) -> pd.DataFrame:
    """The usual slip: the mean over all of a sender's payments, later ones included."""
    mean = rows["paid"].groupby(rows["who"], dropna=False).transform("mean")
    return derive(rows).assign(mean_5h=mean)


def _leaky_label(rows: pd.DataFrame) -> pd.DataFrame:
    """The other slip: the fraud share without regard to when labels became known."""
    return derive(rows.assign(_known_at=pd.NaT))


def _leaky_maturity(rows: pd.DataFrame) -> pd.DataFrame:
    """The quiet slip: a label without a report counts as known once the short delay is over."""
    return derive_features(rows, contract_of(maturity_days=0))


def _leaky_labels_without_delay(rows: pd.DataFrame) -> pd.DataFrame:
    share = rows["_label"].astype(float).groupby(rows["shop"], dropna=False).cumsum()
    return derive(rows).assign(share_3h=share)


@pytest.mark.parametrize(
    ("leaky", "law"),
    [
        (_leaky_mean, deletions()),
        (_leaky_mean, alterations()),
        (_leaky_label, hidden_labels()),
        (_leaky_labels_without_delay, hidden_labels()),
        (_leaky_maturity, hidden_labels()),
    ],
    ids=["mean-deletion", "mean-alteration", "label-report", "label-delay", "label-maturity"],
)
def test_a_leaky_variant_fails_the_law(leaky: Derivation, law: st.SearchStrategy[Case]) -> None:
    """The laws have teeth: each finds a counterexample to a derivation that looks ahead."""
    try:
        find(law, lambda case: not obeys(leaky, case), settings=unshrunk)
    except NoSuchExample:
        pytest.fail("the law did not notice the leak")
