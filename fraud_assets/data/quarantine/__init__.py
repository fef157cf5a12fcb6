"""The rules that every row must pass, and what those that break one cost: rows, frauds, amount.

A row that breaks a rule is kept aside with the rules' names (`rules`); what was lost with it is
counted (`tally`) and said with what to do next (`advice`).
"""

from fraud_assets.data.quarantine.rules import (
    BUILT_IN,
    Failures,
    believable_times,
    broken_rules,
    contract_failures,
    set_aside_counts,
    time_failures,
    with_set_aside,
)
from fraud_assets.data.quarantine.tally import Counts, Tally, tally

__all__ = [
    "BUILT_IN",
    "Counts",
    "Failures",
    "Tally",
    "believable_times",
    "broken_rules",
    "contract_failures",
    "set_aside_counts",
    "tally",
    "time_failures",
    "with_set_aside",
]
