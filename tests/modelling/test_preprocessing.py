"""The encoding of features: one meaning of missing, unseen levels ignored, nothing crashes."""

from __future__ import annotations

import pickletools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix as sparse_rows
from sklearn.metrics import average_precision_score, roc_auc_score

from fraud_assets.contract.names import blend_names, boosting_names
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.pipeline import build_pipeline
from fraud_assets.modelling.preprocessing import (
    EncodingName,
    build_preprocessor,
    columns_with_far_values,
    encoded_names,
)
from fraud_assets.modelling.tuned import dump_pipeline, unpickle_unverified

MISSING = (None, np.nan, pd.NA, "")
ENCODINGS: tuple[EncodingName, ...] = ("onehot", "ordinal")
TRAIN = pd.DataFrame(
    {
        "amount": [1.0, 2.0, np.nan, 9.0],
        "count": [1.0, 1.0, 3.0, 5.0],
        "chain": pd.Series(["ETH", "BTC", np.nan, "ETH"], dtype=object),
        "country": pd.Series(["DE", "DE", "FR", np.nan], dtype=object),
    }
)
NUMERIC, CATEGORICAL = ("amount", "count"), ("chain", "country")


def dense(matrix):
    return np.asarray(matrix.toarray() if hasattr(matrix, "toarray") else matrix)


def fitted(encoding: EncodingName):
    return build_preprocessor(NUMERIC, CATEGORICAL, encoding).fit(TRAIN)


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_every_missing_gives_what_training_gave(encoding: EncodingName, data: st.DataObject):
    """NaN, None, NA and "" in any column, mixed in one frame, encode as training's NaN did."""
    preprocessor = fitted(encoding)
    rows = data.draw(
        st.lists(st.lists(st.sampled_from(MISSING), min_size=4, max_size=4), min_size=1, max_size=4)
    )
    expected = dense(
        preprocessor.transform(
            pd.DataFrame(
                {
                    name: TRAIN[name].dtype.type(np.nan) if name in NUMERIC else np.nan
                    for name in TRAIN
                },
                index=range(len(rows)),
            )
        )
    )

    got = dense(preprocessor.transform(pd.DataFrame(rows, columns=list(TRAIN))))

    np.testing.assert_array_equal(got, expected)
    level = dense(preprocessor.transform(TRAIN.iloc[[2]]))[0]
    assert got[0][0] == level[0]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("numbers", "text"),
    [("float64", object), ("Float64", "string"), ("Int64", "category"), (object, "str")],
)
def test_column_types_do_not_matter(encoding: EncodingName, numbers: object, text: object):
    """The same values in other pandas types, missing ones included, encode the same."""
    preprocessor = fitted(encoding)
    other = TRAIN.astype({**dict.fromkeys(NUMERIC, numbers), **dict.fromkeys(CATEGORICAL, text)})

    np.testing.assert_array_equal(
        dense(preprocessor.transform(other)), dense(preprocessor.transform(TRAIN))
    )


def test_hand_worked_row():
    """Median 2 stands for a missing amount; mean 3.5 and deviation sqrt(10.25) scale it."""
    row = dense(fitted("onehot").transform(TRAIN.iloc[[2]]))[0]

    filled = np.array([1.0, 2.0, 2.0, 9.0])
    assert row[0] == pytest.approx((2 - filled.mean()) / filled.std(), abs=1e-15)
    assert row[2:].tolist() == [0, 0, 1, 0, 1, 0]  # BTC ETH unknown, DE FR unknown


@pytest.mark.parametrize("family", sorted({*FAMILIES, *blend_names(), "xgboost"}))
@pytest.mark.parametrize("far", [5e3, -1e9, 9e14])
def test_one_far_value_spoils_no_family(family: str, far: float):
    """A column that tells frauds does so with one amount of 1e12 among the fitted ones too.

    Trees compare float32, so that a mean and a deviation of such a value's size would leave one
    number of all others.
    """
    if family not in FAMILIES and family in boosting_names():
        pytest.importorskip(family)
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.random((2400, 2)), columns=["told", "noise"])
    label = (rng.random(2400) < 1 / (1 + np.exp(5 - 7 * frame["told"]))).astype(int)
    small = {name: 20 for name in ("n_estimators", "max_iter") if name in FAMILIES[family].defaults}

    def auc(fitted: pd.DataFrame) -> float:
        settings = dict(FAMILIES[family].defaults) | ({} if family.startswith("log") else small)
        found = columns_with_far_values(fitted, ("told", "noise"))
        assert found == (("told",) if fitted is spoilt else ())
        pipeline = build_pipeline(family, settings, ("told", "noise"), (), far=found)
        encoder, classifier = pipeline.named_steps.values()
        FAMILIES[family].fit(classifier, encoder.fit_transform(fitted), label[:1600].to_numpy())
        margins = FAMILIES[family].margin(classifier, encoder.transform(frame[1600:]))
        return float(roc_auc_score(label[1600:], margins))

    spoilt = frame[:1600].copy()
    spoilt.iloc[7, 0] = far

    assert auc(spoilt) > auc(frame[:1600]) - 0.04 > 0.7


@pytest.mark.parametrize("sparse", [True, False])
def test_ordinary_amounts_are_not_far(sparse: bool):
    """Weights of a column of mostly zeros are those without any bound."""
    rng = np.random.default_rng(0)
    amount = np.where(rng.random(6000) < 0.8, 0.0, rng.lognormal(4, 1.5, 6000))
    frame = pd.DataFrame({"amount": amount, "other": rng.normal(size=6000)})
    label = (rng.random(6000) < 1 / (1 + np.exp(3 - amount / 400 - frame["other"]))).astype(int)
    assert columns_with_far_values(frame, ("amount", "other")) == ()
    encoded = build_preprocessor(("amount", "other"), (), "onehot").fit_transform(frame)
    rows = sparse_rows(encoded) if sparse else encoded
    family, found = FAMILIES["logistic_regression"], []

    for fit in (family.fit, lambda model, *given: model.fit(*given)):
        model = family.build(family.defaults, 0)
        fit(model, rows[:4000], label[:4000])
        found.append(average_precision_score(label[4000:], family.margin(model, rows[4000:])))

    assert found[0] == found[1] > 0.25


def test_unseen_levels_are_ignored():
    """A level that training did not see is all zeros one-hot and -1 as an ordinal."""
    row = pd.DataFrame([{"amount": 1, "count": 1, "chain": "DOGE", "country": "DE"}])

    assert dense(fitted("onehot").transform(row))[0, 2:].tolist() == [0, 0, 0, 1, 0, 0]
    assert dense(fitted("ordinal").transform(row))[0, 2:].tolist() == [-1, 0]


def test_names_are_the_same_for_both_encodings():
    """One name for each known level, whatever the encoding."""
    names = {encoded_names(fitted(e)) for e in ENCODINGS}

    assert names == {
        (
            *NUMERIC,
            "chain_BTC",
            "chain_ETH",
            "chain_unknown",
            "country_DE",
            "country_FR",
            "country_unknown",
        )
    }


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(("numeric", "categorical"), [(NUMERIC, ()), ((), CATEGORICAL)])
def test_one_kind_of_column_is_enough(encoding: EncodingName, numeric, categorical):
    """A contract without numeric or without categorical features encodes and names as many."""
    preprocessor = build_preprocessor(numeric, categorical, encoding)

    width = dense(preprocessor.fit_transform(TRAIN)).shape[1]

    names = encoded_names(preprocessor)
    assert width == (len(names) if encoding == "onehot" else len(numeric) + len(categorical))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_empty_and_constant_columns(encoding: EncodingName):
    """A column that is all missing or constant keeps its place and stays finite."""
    frame = TRAIN.assign(amount=np.nan, count=7.0)
    frame["chain"] = pd.Series([np.nan] * 4, dtype=object)

    matrix = dense(build_preprocessor(NUMERIC, CATEGORICAL, encoding).fit_transform(frame))

    assert np.isfinite(matrix).all()
    np.testing.assert_array_equal(matrix[:, :2], 0)


def test_a_word_in_a_numeric_column_is_an_error():
    """Only missing values are missing: a word is refused, not taken for the median."""
    with pytest.raises(ValueError, match="Unable to parse"):
        fitted("onehot").transform(TRAIN.assign(amount="many"))


@pytest.mark.parametrize("family", ["hist_gradient_boosting", "logistic_regression"])
def test_pickle_names_public_libraries_only(family: str):
    """The pickled pipeline refers to nothing of this package, so it loads without it."""
    pipeline = build_pipeline(family, {}, NUMERIC, CATEGORICAL).fit(TRAIN, [0, 1, 0, 1])

    payload = dump_pipeline(pipeline)

    assert b"fraud_assets" not in payload
    text = [arg for op, arg, _ in pickletools.genops(_raw(payload)) if isinstance(arg, str)]
    roots = {t.split(".")[0] for t in text if t.startswith(("sklearn.", "pandas.", "numpy."))}
    assert roots <= {"sklearn", "pandas", "numpy"}
    np.testing.assert_array_equal(
        unpickle_unverified(payload).predict_proba(TRAIN), pipeline.predict_proba(TRAIN)
    )


def _raw(payload: bytes) -> bytes:
    """A plain pickle of the same object: joblib's arrays are no pickle opcodes."""
    import pickle

    return pickle.dumps(unpickle_unverified(payload))
