"""From a version to its pipeline: only bytes that were verified are unpickled.

A pickle is code. It is loaded from the very bytes whose digest was compared with the signed one,
under the library versions that wrote it: other versions may load it and score differently.
"""

from __future__ import annotations

import importlib.metadata
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fraud_assets.documents.unread import readable
from fraud_assets.errors import TrustError
from fraud_assets.store.versions.verified import Verified
from fraud_assets.store.versions.version import PIPELINE_FILE

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

PICKLING_LIBRARIES = ("joblib", "numpy", "pandas", "scikit-learn", "scipy")
"""Libraries whose objects or formats a pickled pipeline contains."""

BOOSTING_LIBRARIES = ("catboost", "lightgbm", "xgboost")
"""Libraries of which only a pipeline that names one in its pickle has objects."""


def pickling_libraries() -> dict[str, str]:
    """The installed version of each of these libraries, as metadata's `libraries` wants it."""
    needed = {name: importlib.metadata.version(name) for name in PICKLING_LIBRARIES}
    others = {name: _installed(name) for name in BOOSTING_LIBRARIES}
    return needed | {name: version for name, version in others.items() if version is not None}


def load_pipeline(verified: Verified) -> Pipeline:
    """Unpickle the pipeline of a version that was verified.

    Raises
    ------
    TrustError
        If the bytes changed since, a library's version differs or was not recorded, or the
        bytes are no scikit-learn Pipeline.
    """
    data = verified.read(PIPELINE_FILE)
    named = [name for name in BOOSTING_LIBRARIES if name.encode() in data]
    recorded = readable(lambda: verified.metadata.libraries) or {}
    _demand_libraries(verified.version, recorded, (*PICKLING_LIBRARIES, *named))
    import joblib  # noqa: PLC0415 - heavy; the service's verification shares this wing
    from sklearn.pipeline import Pipeline  # noqa: PLC0415

    try:
        pipeline = joblib.load(io.BytesIO(data))
    except Exception as error:  # a damaged pickle may raise anything
        raise TrustError(f"{verified.version}: {PIPELINE_FILE} does not load ({error}).") from error
    if not isinstance(pipeline, Pipeline):
        kind = type(pipeline).__name__
        raise TrustError(f"{verified.version}: {PIPELINE_FILE} must be a Pipeline, got {kind}.")
    return pipeline


def _demand_libraries(
    version: str, recorded: Mapping[str, object], libraries: Sequence[str]
) -> None:
    faults = []
    for name in libraries:
        wanted, found = recorded.get(name), _installed(name)
        if wanted is None:
            faults.append(f"{name} was not recorded")
        elif wanted != found:
            faults.append(f"{name} {wanted} pickled it, {found or 'none'} is installed")
    if faults:
        raise TrustError(
            f"{version} cannot be unpickled here: {'; '.join(faults)}. Install those versions, or "
            "serve it without unpickling."
        )


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
