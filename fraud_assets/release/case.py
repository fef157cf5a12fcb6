"""One candidate before its judge: by whose contract, on which data, what model, for which store."""

from __future__ import annotations

from dataclasses import dataclass

from fraud_assets.contract import Contract
from fraud_assets.data.cleaning import CleanedFeatures
from fraud_assets.documents.signed.move import Move
from fraud_assets.errors import StoreError
from fraud_assets.modelling.tuned import TunedPipeline
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
