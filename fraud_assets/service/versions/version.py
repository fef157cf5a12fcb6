"""One version in service: verified, loaded, warmed and self-tested before anybody sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fraud_assets.contract import Contract, parse_contract
from fraud_assets.documents.metadata import Metadata
from fraud_assets.documents.signed.move import Move
from fraud_assets.documents.unread import readable
from fraud_assets.errors import ContractError, StoreError
from fraud_assets.scoring.fallback import AnyScorer, load_any
from fraud_assets.scoring.golden import read_golden, self_test
from fraud_assets.scoring.spec import FOREST, GOLDEN, SPEC, TABLES
from fraud_assets.service.payments.payment import PaymentReader, payment_reader
from fraud_assets.service.versions.verdict import Standing, standing_of
from fraud_assets.store.storage.port import METADATA_FILE
from fraud_assets.store.versions.trust import load_pipeline
from fraud_assets.store.versions.verified import Verified

REPORT, CONTRACT = "report.html", "contract.toml"


@dataclass(frozen=True)
class Served:
    """Everything that one request needs, bound once, so that nothing of two versions mixes.

    `described` is its metadata as it was signed, JSON. `move` is how it came to serve, None where
    no pointer was asked. `manifest` is the digest of all its files' digests, `contract` the one
    that it carries, None where this release cannot read it. `document` is its OpenAPI document as
    JSON, empty until the application has described it.
    """

    version: str
    scorer: AnyScorer
    threshold: float
    reader: PaymentReader
    metadata: Metadata
    described: bytes
    report: bytes
    move: Move | None
    example: Mapping[str, object]
    manifest: str = ""
    contract: Contract | None = None
    document: bytes = b""

    @property
    def standing(self) -> Standing:
        """What the gate said of it."""
        return standing_of(self.metadata)


def load_version(verified: Verified, move: Move | None) -> Served:
    """Load and test a verified version.

    Raises
    ------
    StoreError
        If it does not load or pass its golden rows.
    """
    names = [name for name in (SPEC, TABLES, FOREST, GOLDEN) if name in verified.files]
    files = {name: verified.read(name) for name in names}
    scorer = load_any(files, lambda: load_pipeline(verified))
    golden = read_golden(files.get(GOLDEN, b""))
    self_test(scorer, golden)
    threshold = readable(lambda: verified.metadata.threshold)
    if threshold not in {None, scorer.threshold}:
        raise StoreError(
            f"The threshold of {SPEC} must be metadata's {threshold}, "
            f"got {scorer.threshold}; publish again."
        )
    shown = next((row for row in golden.rows if row.is_flagged), golden.rows[0])
    report = verified.read(REPORT) if REPORT in verified.files else b""
    return Served(
        verified.version,
        scorer,
        scorer.threshold,
        payment_reader(scorer.spec),
        verified.metadata,
        verified.read(METADATA_FILE),
        report,
        move,
        shown.values,
        verified.manifest,
        _contract(verified),
    )


def _contract(verified: Verified) -> Contract | None:
    """The contract that the version carries; None where this release cannot read it."""
    if CONTRACT not in verified.files:
        return None
    try:
        return parse_contract(verified.read(CONTRACT).decode(), name=CONTRACT)
    except (ContractError, UnicodeDecodeError):
        return None
