"""One candidate before its judge: by whose contract, on which data, what model, for which store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from fraud_assets.contract import Contract
from fraud_assets.contract.load import contract_digest
from fraud_assets.data.cleaning import CleanedFeatures
from fraud_assets.data.provenance.content import exact_digest
from fraud_assets.data.provenance.made import digest_of
from fraud_assets.documents.signed.move import Move
from fraud_assets.errors import StoreError
from fraud_assets.modelling.tuned import TunedPipeline, sha256
from fraud_assets.store.store import Store


@dataclass(frozen=True)
class Case:
    """The contract, the week's rows, the tuned pipeline, and the store that it would serve from.

    `store` is None in a backtest, which publishes nothing and knows no production.
    """

    contract: Contract
    cleaned: CleanedFeatures
    tuned: TunedPipeline
    store: Store | None = None

    def anew(self) -> Self:
        """The same case, whose digests are taken anew: what lay in memory since may have changed.

        Each step begins with it.
        """
        return replace(self)

    @cached_property
    def rows_digest(self) -> str:
        """`rows_digest` of the week's rows, taken once."""
        return rows_digest(self.cleaned)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of model, threshold, contract and every row, all but the store; taken once."""
        tuned = self.tuned
        return digest_of(
            sha256(tuned.payload),
            tuned.family,
            dict(tuned.parameters),
            tuned.presence,
            str(tuned.reach),
            repr(tuned.earlier),
            tuned.threshold.value,
            contract_digest(self.contract),
            self.rows_digest,
        )

    def serving(self) -> Move | None:
        """What serves from the store now; None where there is no store, or nothing serves."""
        return None if self.store is None else self.store.current()

    def need_store(self) -> Store:
        """The store, for whoever must write into it.

        Raises
        ------
        StoreError
            If the case has none.
        """
        if self.store is None:
            raise StoreError("A case without a store can be judged, not kept; name its store.")
        return self.store


def rows_digest(cleaned: CleanedFeatures) -> str:
    """SHA-256 of all rows, those behind the windows too, and of how texts are spelt."""
    return digest_of(
        cleaned.features,
        [str(window) for window in cleaned.windows],
        exact_digest(cleaned.frame, cleaned.earlier, cleaned.history),
        sorted((name, str(spelt)) for name, spelt in cleaned.spellings.items()),
    )
