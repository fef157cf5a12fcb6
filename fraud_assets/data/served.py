"""Where the weekly run learns from its own record: whether it computes the features that served.

Each derived feature of a week's row is compared, bit by bit, with the value that the decision on
that payment was made with. They are equal unless a payment came after later ones of its entity had
been decided, the declaration of a feature changed, or one of the two engines errs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.cleaning import CleanedFeatures
from fraud_assets.data.columns import ROW
from fraud_assets.data.source.providers.record import decided
from fraud_assets.documents.decision import Decision
from fraud_assets.values.counted import counted


@dataclass(frozen=True)
class ServedFeatures:
    """How many of the week's payments were compared, and how many differ, feature by feature.

    `late` payments were decided from what was kept of their time, as their records say, and are
    not compared; `absent` names the features that no record has.
    """

    payments: int
    late: int
    differing: Mapping[str, int]
    absent: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        """Whether every value that was compared is equal."""
        return not any(self.differing.values())

    @property
    def sentence(self) -> str:
        """What was expected and what is so."""
        told = [f"{name} in {count:,}" for name, count in self.differing.items() if count]
        compared = (
            f"{counted(self.payments, 'payment')} as served ({self.late:,} late ones left out)"
        )
        if self.absent:
            compared += f", {', '.join(self.absent)} in no record"
        if not told:
            return f"Expected the derived features of {compared}, got the same bits."
        return (
            f"Expected the derived features of {compared}, got others: {', '.join(told)}. A "
            "payment that came after later ones of its entity makes such, or a declaration that "
            "changed since; `fraud-assets state verify` names those that neither explains."
        )


def served_features(cleaned: CleanedFeatures, contract: Contract) -> ServedFeatures | None:
    """The week's derived features beside those on record; None where the source is no record.

    Raises
    ------
    DataError
        If the record does not hold.
    """
    if not contract.source.decisions:
        return None
    return compared(cleaned, decided(contract), contract)


def compared(
    cleaned: CleanedFeatures, decisions: Sequence[Decision], contract: Contract
) -> ServedFeatures:
    """The week's derived features beside those of the decisions on the same payments."""
    ours = cleaned.frame.assign(_payment=_payments(cleaned, contract))
    theirs = {one.payment_id: one for one in decisions}
    found = [theirs.get(payment) for payment in ours["_payment"]]
    usable = np.array([one is not None and not one.late for one in found], dtype=bool)
    records = [one.features for one in found if one is not None and not one.late]
    names = [name for name in contract.derived if name in ours]
    absent = tuple(name for name in names if not any(name in one for one in records))
    differing = {
        name: _differing(ours[name][usable], [one.get(name) for one in records])
        for name in names
        if name not in absent
    }
    late = sum(one is not None and one.late for one in found)
    return ServedFeatures(len(records), late, differing, absent)


def _payments(cleaned: CleanedFeatures, contract: Contract) -> list[str]:
    """The id of each row's payment, as the service writes it."""
    ids = cleaned.history.set_index(ROW)[contract.columns.id]
    return [str(one) for one in ids.loc[cleaned.frame[ROW]]]


def _differing(ours: pd.Series, theirs: Sequence[object]) -> int:
    """How many values differ in a bit; missing equals missing."""
    served = pd.Series(theirs, index=ours.index, dtype=object)
    missing = ours.isna() & served.isna()
    if pd.api.types.is_numeric_dtype(ours):
        one = ours.to_numpy(dtype=np.float64, na_value=np.nan).view(np.int64)
        other = pd.to_numeric(served).to_numpy(dtype=np.float64, na_value=np.nan).view(np.int64)
        return int(((one != other) & ~missing.to_numpy()).sum())
    return int(((ours.astype(object) != served) & ~missing).sum())
