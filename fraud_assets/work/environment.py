"""What must be the same wherever units of one run are done, for them to give the same bits."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import fraud_assets

LIBRARIES = (
    "numpy",
    "pandas",
    "scipy",
    "scikit-learn",
    "joblib",
    "threadpoolctl",
    "pyarrow",
    "polars",
    "duckdb",
    "catboost",
    "lightgbm",
    "xgboost",
    "cloudpickle",
    "dask",
    "distributed",
)
"""Those that compute, and those that carry a unit to its worker."""

CODE = "code of fraud_assets"

_LETTERS = 12
"""Of a digest, to tell two apart."""


@cache
def work_environment() -> dict[str, str]:
    """Version of everything that a unit's bits may depend on, by its name, in this process."""
    found = {CODE: _package_digest(), "python": platform.python_version()}
    found["processor"] = platform.machine()
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def other_versions(here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """What is not the same, as clauses: which, its version there, and the one here."""
    names = sorted({*here, *there}, key=lambda name: (name != CODE, name))
    return [
        f"{name} {there.get(name, 'none')} there, {here.get(name, 'none')} here"
        for name in names
        if here.get(name) != there.get(name)
    ]


def _package_digest() -> str:
    root = Path(fraud_assets.__file__).parent
    digest = hashlib.sha256()
    for file in _modules(root):
        digest.update(f"{file.relative_to(root).as_posix()}\0".encode())
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()[:_LETTERS]


def _modules(root: Path) -> Iterable[Path]:
    return sorted(root.rglob("*.py"))
