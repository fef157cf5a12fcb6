"""Named constants with unit and source; what a team may change stands in its contract."""

from __future__ import annotations

RECALL_FLOOR = 0.90
"""Lowest recall that any contract may ask for; the promise this software exists for."""

MIN_JUDGED_FRAUDS = 100
"""Default minimum of matured frauds among the judged rows: at 100 the one-sided 95 %
Clopper-Pearson bound of an observed 0.90 is 0.836."""

LEAST_JUDGED_FRAUDS = 10
"""Lowest minimum of judged frauds that a contract may set: at 10 the one-sided 95 %
Clopper-Pearson bound of 10 caught is 0.741; with fewer the gate would say nothing."""

MOST_ALERTS = 0.90
"""Highest ceiling of the alert rate that a contract may set: flagging at random reaches a recall
of 0.90 at an alert rate of 0.90, so that a higher ceiling would refuse nobody."""

MOST_MARGIN = 0.2
"""Largest margin, in average precision, by which a contract may let a challenger be worse than
the champion; more would let almost any model follow a good one."""

MOST_STALE_DAYS = 366.0
"""Most days that a contract may let a run's `as_of` lie beyond the newest payment: with more, one
run far ahead would bind all later weeks."""

CONFIDENCE = 0.95
"""Confidence of every interval that a report shows."""

MAX_REASONS = 4
"""Most reasons given for one payment; adverse-action practice names up to four."""

PARITY_TOLERANCE = 1e-5
"""Largest allowed difference between a served probability and `pipeline.joblib`'s."""

ADDITIVITY_TOLERANCE = 1e-6
"""Largest allowed gap between a margin and the sum of its base and contributions."""

CATEGORY_MISSING = "unknown"
"""The level that stands for a missing category, in training and in serving."""

GOLDEN_ROWS = 64
"""Rows stored with each version, replayed before the version is served."""

MOST_SHADOW_DAYS = 90
"""Longest wait of a version in shadow, days; a candidate comes each week."""
