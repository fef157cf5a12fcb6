"""The tuned pipeline as a value: the bytes to publish, their digest, and how they came about."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

import joblib
from sklearn.pipeline import Pipeline

from fraud_assets.data.provenance.made import Made
from fraud_assets.documents.report.judged import Threshold
from fraud_assets.documents.report.origin import Parameters
from fraud_assets.documents.report.search import SearchSection
from fraud_assets.modelling.judging.earlier import EarlierFrauds
from fraud_assets.modelling.reach import FittedReach


@dataclass(frozen=True)
class TunedPipeline:
    """What the week's search found.

    `payload` is exactly the published `pipeline.joblib`, `digest` its SHA-256; `features` are
    the encoded names, one for each known level; `training_samples` the rows that the classifier
    was fitted on; `presence` the numbers of which the classifier sees whether they are missing;
    `search` is None where nobody searched. `reach` is how far back the rows lie, None for the
    fitted window itself. `earlier` are the frauds of the history that the threshold may rest on,
    None where nobody scored them, for what `not_scored` says.
    """

    payload: bytes
    digest: str
    family: str
    parameters: Parameters
    threshold: Threshold
    features: tuple[str, ...]
    training_samples: int
    presence: tuple[str, ...] = ()
    search: SearchSection | None = None
    made: Made | None = None
    reach: FittedReach | None = None
    earlier: EarlierFrauds | None = None
    not_scored: str = ""

    @property
    def half_life_days(self) -> float | None:
        """Days in which a fitted row's weight halves, or None where all weigh the same."""
        return None if self.reach is None else self.reach.half_life_days

    @property
    def content(self) -> str:
        """Digest of the model and of the history that it was fitted on."""
        return sha256(f"{self.digest} {self.reach}".encode())


def unpickle_unverified(payload: bytes) -> Pipeline:
    """The Pipeline out of its bytes, which runs whatever code they hold.

    For bytes that this process made or whose seal it checked; the pipeline of a published
    version is `fraud_assets.store.versions.trust.load_pipeline`'s.
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
