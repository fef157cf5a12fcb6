"""Sections contract, model and lineage: whose, which, and how to make it again."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from fraud_assets.documents.rates import NonNegative

Parameters: TypeAlias = dict[str, Any]
"""A family's settings by name, JSON-able."""


class ContractSection(msgspec.Struct, frozen=True):
    """Whose model it is, and under which contract."""

    name: str
    digest: str
    owner: str
    description: str
    currency: str
    maturity_days: float


class ModelSection(msgspec.Struct, frozen=True):
    """The model: `digest` is that of pipeline.joblib, `features` are the encoded names.

    `age_days` from the newest fitted row to the week's instant.
    """

    family: str
    parameters: Parameters
    digest: str
    features: tuple[str, ...]
    training_samples: NonNegative
    age_days: float | None


class Lineage(msgspec.Struct, frozen=True):
    """How to make this very candidate again; once published, as which version and by whom."""

    command: str
    code_version: str
    libraries: dict[str, str]
    run_id: str
    python: str
    platform: str
    version: str | msgspec.UnsetType = msgspec.UNSET
    decided_at: str | msgspec.UnsetType = msgspec.UNSET
    approved_by: str | msgspec.UnsetType = msgspec.UNSET
