"""From all deliveries to one row for each payment, and what is to be said of the others."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.columns import ROW
from fraud_assets.data.deliveries.arrivals import DELIVERED, MOMENT, in_order, repeated_ids
from fraud_assets.data.deliveries.differences import Differences
from fraud_assets.data.deliveries.statements import known_from_delivery, with_label_history

SUPERSEDED, REPEATED = "superseded", "repeated_exactly"


@dataclass(frozen=True)
class Resolved:
    """One row for each payment, and the deliveries that are none of them.

    `rows` stand in any order; `aside` gives the word for each delivery that is neither kept nor
    at fault, `failures` rule names and the index of the rows that break them. `changed` counts
    for each column the payments of which a later delivery changed the value.
    """

    rows: pd.DataFrame
    aside: pd.Series
    failures: dict[str, pd.Index] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)


def resolve(rows: pd.DataFrame, arrivals: pd.DataFrame, contract: Contract) -> Resolved:
    """Keep the latest delivery of each payment (see `fraud_assets.data.deliveries`).

    Parameters
    ----------
    rows
        Typed rows without fault (n,), empty values filled by `with_earlier_values`.
    arrivals
        Their order, moment and time of delivery, by the same index.
    """
    rows = known_from_delivery(rows, arrivals)
    again, name = repeated_ids(rows, contract), contract.columns.id
    if name is None or not again.any():
        return Resolved(rows, pd.Series(dtype=object, index=rows.index[:0]))
    deliveries = in_order(rows[again], arrivals, name)
    found = Differences.of(deliveries, arrivals.loc[deliveries.index, MOMENT], contract)
    at_fault = found.contradicts | found.id_reused
    words = np.where(found.repeats, REPEATED, SUPERSEDED).astype(object)
    aside = pd.Series(words, index=deliveries.index)[~found.counts & ~at_fault]
    # A payment bears the position of its first delivery, whichever counts.
    first = deliveries[ROW].to_numpy()[found.first]
    latest = deliveries.assign(**{ROW: first})[found.counts]
    said = found.spoken
    payment = pd.Series(deliveries.index[found.latest], index=deliveries.index)
    timed = arrivals.loc[deliveries.index, DELIVERED].notna()
    latest = with_label_history(latest, deliveries[said], payment[said], timed[said], contract)
    return Resolved(
        pd.concat([rows[~again], latest]),
        aside,
        {name: deliveries.index[getattr(found, name)] for name in ("contradicts", "id_reused")},
        found.changed,
    )
