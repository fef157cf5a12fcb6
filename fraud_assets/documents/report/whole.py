"""report.json as a whole, in the order in which its sections stand in the file."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from fraud_assets.documents import formats
from fraud_assets.documents.reading import Reading
from fraud_assets.documents.report.champion import Champion, Change
from fraud_assets.documents.report.curves import Curves
from fraud_assets.documents.report.data import DataSection
from fraud_assets.documents.report.explained import Examples, Importances, NaiveEvaluation
from fraud_assets.documents.report.judged import (
    Cost,
    Metrics,
    PrecisionAtK,
    RecallEvidence,
    Slice,
    Threshold,
)
from fraud_assets.documents.report.leaks import LeaksSection
from fraud_assets.documents.report.operating import OperatingPoint
from fraud_assets.documents.report.origin import ContractSection, Lineage, ModelSection
from fraud_assets.documents.report.proof import Proof
from fraud_assets.documents.report.search import SearchSection
from fraud_assets.documents.verdict import Verdict

FORMAT = 1
"""Format of report.json; raise it when a reader of the previous one would misread it."""

UPGRADES: formats.Upgrades = {}
"""From each format before to the one after it; format 1 is the first."""


class JudgedSections(msgspec.Struct, frozen=True, kw_only=True):
    """The sections that the judged rows give at a frozen threshold."""

    threshold: Threshold
    metrics: Metrics
    precision_at_k: tuple[PrecisionAtK, ...]
    evidence: RecallEvidence
    cost: Cost
    operating: tuple[OperatingPoint, ...] | msgspec.UnsetType = msgspec.UNSET
    curves: Curves
    slices: tuple[Slice, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole evidence for one candidate, and the verdict on it.

    Sections that may be None are told when somebody has measured them: a backtest leaves most of
    them out, proof and verdict come last. `fraud_assets.documents.report` has a module for each.
    """

    format: int = FORMAT
    as_of: str
    contract: ContractSection
    model: ModelSection
    data: DataSection
    search: SearchSection | None = None
    proof: Proof | None = None
    lineage: Lineage | None = None
    threshold: Threshold
    metrics: Metrics
    precision_at_k: tuple[PrecisionAtK, ...] = ()
    evidence: RecallEvidence
    cost: Cost | None = None
    operating: tuple[OperatingPoint, ...] | msgspec.UnsetType = msgspec.UNSET
    curves: Curves | None = None
    slices: tuple[Slice, ...] | None = None
    importances: Importances | None = None
    naive: tuple[NaiveEvaluation, ...] | None = None
    examples: Examples | None = None
    champion: Champion | None = None
    changes: tuple[Change, ...] | msgspec.UnsetType = msgspec.UNSET
    leaks: LeaksSection | msgspec.UnsetType = msgspec.UNSET
    verdict: Verdict | None = None


def read_report(document: bytes | Mapping[str, object]) -> Report:
    """A report of the current or the previous format.

    Raises
    ------
    DocumentError
        If it is none; names everything that is missing or of another kind.
    """
    return formats.read_document(document, Report, "report.json", FORMAT, UPGRADES)


def examine_report(document: object) -> Reading[Report]:
    """A report as far as it can be read, with every fault: for judges, who refuse by it.

    A number must be finite and no bool or text; a part that has a fault raises UnreadableError
    when it is read.
    """
    return formats.examine_document(document, Report, FORMAT, UPGRADES)
