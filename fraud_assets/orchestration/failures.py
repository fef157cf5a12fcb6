"""Turns what the domain raises on purpose into Dagster failures that say the reason first.

The failure's `kind` tells a refusal from a faulty contract, bad data or a broken store, and a
refusal's report is one click away. No retry: the same data and code would fail the same way.
Concept: https://docs.dagster.io/guides/build/ops/op-retries
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from fraud_assets.errors import (
    ContractError,
    DataError,
    EvidenceError,
    FraudAssetsError,
    InsufficientEvidenceError,
    RefusedError,
    StoreError,
)

KINDS: tuple[tuple[type[FraudAssetsError], str], ...] = (
    (ContractError, "faulty contract"),
    (RefusedError, "refused"),
    (InsufficientEvidenceError, "insufficient evidence"),
    (DataError, "data"),
    (EvidenceError, "outdated step"),
    (StoreError, "store"),
    (FraudAssetsError, "failure"),
)
"""What a failure is called, the more specific class first."""


@contextmanager
def sentences() -> Iterator[None]:
    """Raise a domain error as a failure without retry, its sentence as the description."""
    try:
        yield
    except FraudAssetsError as error:
        raise dg.Failure(
            description=str(error), metadata=_metadata(error), allow_retries=False
        ) from None


def report_links(report: str) -> dict[str, dg.MetadataValue]:
    """Where the evidence is: the report's file, and the asset that shows it in this UI."""
    return {
        "report": dg.MetadataValue.path(report),
        "evidence": dg.MetadataValue.asset(dg.AssetKey("evaluation_report")),
    }


def _metadata(error: FraudAssetsError) -> dict[str, dg.MetadataValue]:
    kind = next(name for cls, name in KINDS if isinstance(error, cls))
    report = error.report if isinstance(error, RefusedError) else None
    return {"kind": dg.MetadataValue.text(kind), **(report_links(report) if report else {})}
