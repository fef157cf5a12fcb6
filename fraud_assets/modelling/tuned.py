"""The tuned pipeline as a value: the bytes to publish, their digest, and how they came about."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.pipeline import Pipeline
from sklearn.tree import BaseDecisionTree

from fraud_assets.data.provenance.made import Made
from fraud_assets.modelling.thresholds import Threshold


@dataclass(frozen=True)
class TunedPipeline:
    """What the week's search found.

    `payload` is exactly the published `pipeline.joblib`, `digest` its SHA-256; `features` are
    the encoded names, one for each known level; `training_samples` the rows that the classifier
    was fitted on; `search` is JSON-able.
    """

    payload: bytes
    digest: str
    family: str
    parameters: dict[str, Any]
    threshold: Threshold
    features: tuple[str, ...]
    training_samples: int
    search: dict[str, Any]
    made: Made | None = None


def unpickle_unverified(payload: bytes) -> Pipeline:
    """The Pipeline out of its bytes, which runs whatever code they hold.

    For bytes that this process made or whose seal it checked; the pipeline of a published
    version is `fraud_assets.store.trust.load_pipeline`'s.
    """
    return joblib.load(io.BytesIO(payload))


def dump_pipeline(pipeline: Pipeline) -> bytes:
    """Bytes of a fitted Pipeline, the same for the same fit in any process."""
    buffer = io.BytesIO()
    joblib.dump(pipeline, buffer)
    return buffer.getvalue()


def sha256(payload: bytes) -> str:
    """Hex digest of the payload."""
    return hashlib.sha256(payload).hexdigest()


def clean_trees(classifier: Any) -> None:
    """Zero the padding between the fields of scikit-learn's tree nodes, in place.

    The padding is memory that was never written: two equal fits may differ in it, and with it
    in their pickles.
    """
    for tree in _trees(classifier):
        state = tree.tree_.__getstate__()
        # Not zeros_like: it fills a structured array field by field, around the padding.
        nodes = np.zeros(len(state["nodes"]), dtype=state["nodes"].dtype)
        for name in nodes.dtype.names:
            nodes[name] = state["nodes"][name]
        tree.tree_.__setstate__(state | {"nodes": nodes})


def _trees(classifier: Any) -> list[BaseDecisionTree]:
    members = getattr(classifier, "estimators_", [])
    if isinstance(classifier, GradientBoostingClassifier):
        return list(np.ravel(members))
    return [member for member in members if isinstance(member, BaseDecisionTree)]
