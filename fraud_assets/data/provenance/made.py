"""The record of what made a value, carried along the chain and compared at every step.

A step may use what an earlier step made only while contract, files, code and environment are
what they were then; else it names the step to run again. The policy is not among the data
sections: it may change between steps, and the publisher judges by the new one.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Callable, Iterator, Sequence
from functools import cache

import msgspec

from fraud_assets.contract import Contract
from fraud_assets.data.provenance.code import code_digest
from fraud_assets.data.provenance.sources import SourceFile
from fraud_assets.errors import EvidenceError

_APART = {
    "policy": "the gate judges by it as it is now",
    "search": "counts from the comparison of families on",
    "live": "says what happens to payments that are served",
    "decisions": "says what is kept of them",
    "reasons": "words; the publisher writes report and version with the same ones",
    "owner": "words",
    "description": "words",
    "format": "one so far",
    "base": "a folder; what lies in it counts by its content",
    "text": "the file itself",
}

DATA = tuple(name for name in Contract.model_fields if name not in _APART)
"""Sections of a contract on which the rows and their features depend: all that are not named."""

SEARCH = (*DATA, "search")
"""What the comparison of families depends on as well."""

THRESHOLD = (*SEARCH, "policy.min_recall", "policy.strict", "policy.threshold")
"""What the tuned pipeline with its frozen threshold depends on as well."""

_LIBRARIES = (
    "numpy",
    "pandas",
    "scipy",
    "scikit-learn",
    "joblib",
    "pyarrow",
    "polars",
    "tzdata",
    "onnx",
    "onnxruntime",
    "catboost",
    "lightgbm",
    "xgboost",
)


class Step(msgspec.Struct, frozen=True):
    """One step of the chain: its asset's name, the module that makes it, what it reads."""

    name: str
    module: str
    sections: tuple[str, ...]


class Record(msgspec.Struct, frozen=True):
    """What one step was made of; `content` is the digest of what it made."""

    module: str
    week: str
    contract: dict[str, str]
    code: str
    environment: dict[str, str]
    upstream: dict[str, str]
    content: str

    @property
    def digest(self) -> str:
        """SHA-256 of the whole record."""
        return digest_of(msgspec.to_builtins(self))


class Made(msgspec.Struct, frozen=True):
    """Records of a value's step and of all steps before it, the own one last, and the files."""

    steps: dict[str, Record]
    sources: tuple[SourceFile, ...] = ()

    @property
    def step(self) -> str:
        """The step that made the value."""
        return list(self.steps)[-1]

    @property
    def record(self) -> Record:
        """The own step's record."""
        return self.steps[self.step]


Relook = Callable[[Contract, Sequence[SourceFile]], list[str]]
"""What has changed in the contract's files since they were read, a sentence each."""


def begin_record(
    step: Step, contract: Contract, week: str, sources: Sequence[SourceFile], content: str
) -> Made:
    """The record of the first step."""
    record = _record(step, contract, week, {}, content)
    return Made({step.name: record}, tuple(sources))


def follow(step: Step, contract: Contract, upstream: Sequence[Made], content: str) -> Made:
    """The record of a step made from others; `require_current` must have held for them."""
    merged: dict[str, Record] = {}
    for made in upstream:
        merged |= made.steps
    digests = {made.step: made.record.digest for made in upstream}
    merged[step.name] = _record(step, contract, upstream[0].record.week, digests, content)
    return Made(merged, upstream[0].sources)


def require_current(contract: Contract, upstream: Sequence[Made], relook: Relook) -> None:
    """Demand that every step so far was made of what holds now, and all from each other.

    Raises
    ------
    EvidenceError
        If anything differs; names every difference and the first step to run again.
    """
    ordered = sorted(upstream, key=lambda made: len(made.steps))
    records, faults = _agreed(ordered)
    if files := relook(contract, ordered[0].sources):
        faults.append((next(iter(records)), f"the source changed since: {', '.join(files)}"))
    faults += _outdated(contract, records)
    if faults:
        again = min((step for step, _ in faults), key=list(records).index)
        reasons = "; ".join(dict.fromkeys(f"{step}: {why}" for step, why in faults))
        raise EvidenceError(
            f"Each step must be made of what holds now, but {reasons}. Run {again} again, and "
            "every step after it."
        )


def _agreed(ordered: Sequence[Made]) -> tuple[dict[str, Record], list[tuple[str, str]]]:
    """Each step's record by the value that is at hand, and the values made from another one."""
    records: dict[str, Record] = {}
    faults = []
    for made in ordered:
        for name, record in made.steps.items():
            agreed = records.setdefault(name, record)
            if agreed != record:
                weeks = record.week, agreed.week
                said = f" (of week {weeks[0]}, not {weeks[1]})" if weeks[0] != weeks[1] else ""
                faults.append((made.step, f"it was made from another {name}{said}"))
    return records, faults


def _outdated(contract: Contract, records: dict[str, Record]) -> Iterator[tuple[str, str]]:
    for name, record in records.items():
        now = _sections(contract, tuple(record.contract))
        parts = [part for part, digest in record.contract.items() if now[part] != digest]
        if parts:
            yield name, f"the contract's {', '.join(parts)} changed since"
        if record.code != code_digest(record.module):
            yield name, "the code changed since"
        if libraries := _library_faults(record.environment):
            yield name, f"the environment changed since ({', '.join(libraries)})"


def _library_faults(before: dict[str, str]) -> list[str]:
    now = _environment()
    return [
        f"{name} {before.get(name, 'none')} then, {now.get(name, 'none')} now"
        for name in sorted({*before, *now})
        if before.get(name) != now.get(name)
    ]


def _record(
    step: Step, contract: Contract, week: str, upstream: dict[str, str], content: str
) -> Record:
    return Record(
        module=step.module,
        week=week,
        contract=_sections(contract, step.sections),
        code=code_digest(step.module),
        environment=_environment(),
        upstream=upstream,
        content=content,
    )


def _sections(contract: Contract, names: Sequence[str]) -> dict[str, str]:
    whole = contract.model_dump(mode="json")
    found = {}
    for name in names:
        part: object = whole
        for key in name.split("."):
            part = part.get(key) if isinstance(part, dict) else None
        found[name] = digest_of(part)
    return found


def digest_of(*parts: object) -> str:
    """SHA-256 of JSON-able parts."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@cache
def _environment() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
