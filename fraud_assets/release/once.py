"""What judge and publisher of one process both show, made once for the same bytes.

The publisher believes nothing that was handed to it, so a value is kept beside the digest of all
that it is made of: model, contract, every row. The digest is taken anew each time; whoever edits
one of them between judging and publishing gets a value made of what he edited. One value of each
kind is kept, in this process alone, and nothing comes from disk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from fraud_assets.contract.load import contract_digest
from fraud_assets.data.cleaning import data_fingerprint
from fraud_assets.data.provenance.made import digest_of
from fraud_assets.modelling.tuned import sha256
from fraud_assets.release.case import Case

Value = TypeVar("Value")


class MadeOnce(Generic[Value]):
    """The last value of its kind, made again only for another case."""

    def __init__(self) -> None:
        self._kept: tuple[str, Value] | None = None

    def of(self, case: Case, make: Callable[[], Value]) -> Value:
        """What `make` gives for this case; nobody may change it in place."""
        digest = case_digest(case)
        if self._kept is None or self._kept[0] != digest:
            self._kept = digest, make()
        return self._kept[1]


def case_digest(case: Case) -> str:
    """SHA-256 of model, threshold, contract, windowed and earlier rows, and how texts are spelt.

    Neither the store nor the rows behind the windows are in it.
    """
    tuned, cleaned = case.tuned, case.cleaned
    return digest_of(
        sha256(tuned.payload),
        tuned.family,
        dict(tuned.parameters),
        tuned.presence,
        str(tuned.reach),
        str(tuned.threshold_from),
        tuned.threshold.value,
        contract_digest(case.contract),
        cleaned.features,
        data_fingerprint(cleaned.frame, cleaned.earlier),
        sorted((name, str(spelt)) for name, spelt in cleaned.spellings.items()),
    )
