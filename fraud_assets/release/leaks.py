"""What is too good to be true in a week's rows, looked for once for check, judge and publisher."""

from __future__ import annotations

from fraud_assets.contract import Contract
from fraud_assets.contract.load import contract_digest
from fraud_assets.data.cleaning import CleanedFeatures
from fraud_assets.documents.report.leaks import LeaksSection
from fraud_assets.modelling.leaks import find_leaks
from fraud_assets.release.case import rows_digest
from fraud_assets.release.once import MadeOnce

_LEAKS = MadeOnce[LeaksSection]()


def leaks_in(cleaned: CleanedFeatures, contract: Contract, rows: str | None = None) -> LeaksSection:
    """`find_leaks`; `rows` is the `rows_digest` where the caller has taken it."""
    digest = f"{rows or rows_digest(cleaned)} {contract_digest(contract)}"
    return _LEAKS.of(digest, lambda: find_leaks(cleaned, contract))
