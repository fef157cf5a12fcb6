"""A payment may be delivered more than once: which delivery counts, and what was known when.

Here: the order of deliveries and what later ones leave out (`arrivals`), which one counts and
which contradict (`resolve`), when a payment counted as fraud (`labels`), and the columns that
keep labels that were taken back (`taken_back`).

The rules, in words:

- The latest delivery of a payment counts. `columns.delivered_at` says which is the latest; without
  it, or where it is equal, the order of the files by name and of the rows in them does.
- What a later delivery leaves empty keeps its earlier value.
- A fraud counts from `label.known_at` on, and not before it was delivered. A label that takes a
  fraud back counts from its own, later time of report or from its delivery, even where that is of
  the same moment. A label without either time counts once `label.maturity_days` have passed, and
  not before the label that it follows.
- A run as of an earlier day sees the deliveries of that day and the labels known then. Without a
  time of delivery it sees the latest values of each payment made until then.
- A delivery equal to the one before it says nothing new: it is counted as `repeated_exactly`.
- Deliveries of one moment (one file, without times) that differ in sender, time or amount
  contradict each other; another sender, or another time with another amount, under a known id is
  no correction but another payment. Both go to quarantine.
"""

from fraud_assets.data.deliveries.arrivals import (
    arrivals_of,
    delivery_column,
    with_earlier_values,
)
from fraud_assets.data.deliveries.notes import delivery_notes, repeat_notes
from fraud_assets.data.deliveries.resolve import Resolved, resolve

__all__ = [
    "Resolved",
    "arrivals_of",
    "delivery_column",
    "delivery_notes",
    "repeat_notes",
    "resolve",
    "with_earlier_values",
]
