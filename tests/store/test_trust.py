from __future__ import annotations

import io

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from fraud_assets.errors import TrustError
from fraud_assets.store.store import Store
from fraud_assets.store.versions.trust import (
    BOOSTING_LIBRARIES,
    PICKLING_LIBRARIES,
    load_pipeline,
    pickling_libraries,
)
from tests.store.stores import FILES, added, metadata


def _dumped(value: object) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(value, buffer)
    return buffer.getvalue()


def _pipeline() -> Pipeline:
    rows = pd.DataFrame({"amount": [1.0, 2.0, 3.0, 4.0]})
    steps = [("scale", StandardScaler()), ("classifier", LogisticRegression())]
    return Pipeline(steps).fit(rows, [0, 0, 1, 1])


def test_published_pipeline_scores_as_before(store: Store) -> None:
    """What is loaded from a verified version gives the very same probabilities."""
    pipeline = _pipeline()
    content = FILES | {"pipeline.joblib": _dumped(pipeline)}
    version = added(store, content, metadata(libraries=pickling_libraries()))

    loaded = load_pipeline(store.verify(version))

    rows = pd.DataFrame({"amount": [0.5, 2.5, 9.0]})
    np.testing.assert_array_equal(loaded.predict_proba(rows), pipeline.predict_proba(rows))


@pytest.mark.parametrize("name", PICKLING_LIBRARIES)
def test_other_library_version_is_refused_by_name(store: Store, name: str) -> None:
    """A library of another version than the one that pickled is named with both versions."""
    libraries = pickling_libraries() | {name: "0.0.1"}
    content = FILES | {"pipeline.joblib": b"would not load"}
    version = added(store, content, metadata(libraries=libraries))

    with pytest.raises(TrustError, match=f"{name} 0.0.1 pickled it, [0-9.]+ is installed"):
        load_pipeline(store.verify(version))


@pytest.mark.parametrize("name", BOOSTING_LIBRARIES)
def test_a_library_that_only_some_pipelines_name_binds_those_alone(store: Store, name: str) -> None:
    """Another version of LightGBM does not matter, unless the pickle holds an object of it."""
    libraries = pickling_libraries() | {name: "0.0.1"}
    plain = FILES | {"pipeline.joblib": _dumped(_pipeline())}
    naming = FILES | {"pipeline.joblib": f"c{name}.sklearn\nModel\n.".encode()}

    load_pipeline(store.verify(added(store, plain, metadata(libraries=libraries))))

    with pytest.raises(TrustError, match=f"{name} 0.0.1 pickled it"):
        load_pipeline(store.verify(added(store, naming, metadata(libraries=libraries))))


@pytest.mark.parametrize("libraries", [None, {}, [], "1.0"])
def test_unrecorded_libraries_are_refused(store: Store, libraries: object) -> None:
    """Metadata that does not say what pickled the pipeline is no ground to unpickle it."""
    version = added(store, FILES, metadata(), libraries=libraries)

    with pytest.raises(TrustError, match="joblib was not recorded; numpy was not recorded"):
        load_pipeline(store.verify(version))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"no pickle", "does not load"), (_dumped({"a": 1}), "must be a Pipeline, got dict")],
)
def test_signed_content_that_is_no_pipeline_is_one_sentence(
    store: Store, data: bytes, sentence: str
) -> None:
    """Even signed, what is no pipeline is told as such."""
    content = FILES | {"pipeline.joblib": data}
    version = added(store, content, metadata(libraries=pickling_libraries()))

    with pytest.raises(TrustError, match=sentence):
        load_pipeline(store.verify(version))
