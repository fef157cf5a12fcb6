"""metadata.json: what a version is, what it showed, and which files it holds."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from fraud_assets.documents import formats
from fraud_assets.documents.rates import Measured, NonNegative
from fraud_assets.documents.report.origin import Parameters
from fraud_assets.documents.verdict import Verdict

FORMAT = 1
"""Format of metadata.json; raise it when a reader of the previous one would misread it."""

UPGRADES: formats.Upgrades = {}
"""From each format before to the one after it; format 1 is the first."""


class ContractIdentity(msgspec.Struct, frozen=True):
    """Whose model, under which contract."""

    name: str
    digest: str


class ModelIdentity(msgspec.Struct, frozen=True):
    """Which family, with which settings."""

    family: str
    parameters: Parameters


class Refusal(msgspec.Struct, frozen=True):
    """Why a candidate was refused, and when (ISO, UTC)."""

    reason: str
    at: str


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """A version's metadata; `version`, `digest` and `files` are the store's to fill in.

    `recall_interval` and `precision_interval` belong to the rates before them; `features` are
    the encoded names, `input_features` the contract's.
    """

    format: int = FORMAT
    version: str = ""
    digest: str
    as_of: str
    contract: ContractIdentity
    model: ModelIdentity
    auc: float
    average_precision: float
    threshold: float
    recall: float | None
    recall_interval: Measured
    precision: float | None
    precision_interval: Measured
    alert_rate: float | None
    features: tuple[str, ...]
    input_features: tuple[str, ...]
    training_samples: NonNegative
    data_fingerprint: str
    code_version: str
    libraries: dict[str, str]
    run_id: str
    verdict: Verdict
    refusal: Refusal | msgspec.UnsetType = msgspec.UNSET
    files: dict[str, str] = {}


def read_metadata(document: bytes | Mapping[str, object]) -> Metadata:
    """Metadata of the current or the previous format.

    Raises
    ------
    DocumentError
        If it is none; names everything that is missing or of another kind.
    """
    return formats.read_document(document, Metadata, "metadata.json", FORMAT, UPGRADES)
