"""What was kept and what the quarantine took: rows, frauds and amount, by rule.

Two percent of the rows may be half of the frauds: each loss is counted in all three.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.contract.names import TOO_LARGE, UNPARSABLE
from fraud_assets.data.columns import AMOUNT, KNOWN_AT, LABEL
from fraud_assets.data.quarantine.advice import frauds_taken
from fraud_assets.data.quarantine.rules import Failures

LABEL_UNKNOWN = "label_unknown"
_Masks = dict[str, np.ndarray]
MOST_WORDS = 5
"""How many label words that the contract does not know are named."""


@dataclass(frozen=True)
class Counts:
    """Rows, the frauds among them, and their amount in the contract's currency.

    A row whose label is not understood counts as a fraud, since it may be one. `amount` sums
    sizes without sign; an amount that itself broke a rule is not believed and counts as 0. It is
    None where the contract names no amount.
    """

    rows: int = 0
    frauds: int = 0
    amount: float | None = None


@dataclass(frozen=True)
class Tally:
    """Kept, quarantined, and quarantined by rule; a row that breaks several rules counts in each.

    `unknown_labels` holds the most common label words that are none of the contract's, with
    their counts, most common first.
    """

    kept: Counts = Counts()
    quarantined: Counts = Counts()
    rules: dict[str, Counts] = field(default_factory=dict)
    unknown_labels: dict[str, int] = field(default_factory=dict)

    def share(self, of: str) -> float:
        """Share of the rows, frauds or amount (`of`) that is in quarantine; 0 where none is."""
        kept, lost = (getattr(part, of) or 0 for part in (self.kept, self.quarantined))
        return float(lost / (kept + lost)) if lost else 0.0

    def with_lines(self, by_rule: Mapping[str, int]) -> Tally:
        """The same with lines that are no rows, counted by rule: nobody knows what they hold."""
        lines, nothing = sum(by_rule.values()), None if self.kept.amount is None else 0.0
        quarantined = replace(self.quarantined, rows=self.quarantined.rows + lines)
        rules = {name: Counts(rows, 0, nothing) for name, rows in by_rule.items()}
        return replace(self, quarantined=quarantined, rules=self.rules | rules)

    def frauds_taken(self) -> str:
        """How many frauds the quarantine holds, the rule that took most, and what to do."""
        rules = {name: counts.frauds for name, counts in self.rules.items()}
        lost, kept = self.quarantined.frauds, self.kept.frauds
        return frauds_taken(lost, kept, rules, self.unknown_labels)


def tally(
    kept: pd.DataFrame,
    aside: pd.DataFrame,
    words: pd.Series,
    failures: Failures,
    contract: Contract,
    *,
    as_of: np.datetime64 | None = None,
) -> Tally:
    """Count kept rows, and those put aside by what `failures` says of them.

    Parameters
    ----------
    kept, aside
        Typed rows (see `data.columns`); the labels of `kept` are those known at `as_of`.
    words
        The labels of `aside` (m,) as exported, of which the unknown ones are named.
    failures
        Rule name to the rows of `aside` (m,) that break it; each row breaks one at least.
    as_of
        A fraud that became known later counts as none; None: all that the export says.
    """
    by_rule = {name: mask.to_numpy(dtype=bool) for name, mask in failures.items()}
    fraud, amount = _frauds(aside, by_rule, as_of), _amounts(aside, by_rule, contract)
    rules = {name: _counts(fraud, amount, mask) for name, mask in by_rule.items() if mask.any()}
    unknown = words[by_rule.get(LABEL_UNKNOWN, np.zeros(len(aside), dtype=bool))]
    return Tally(
        _counts(_frauds(kept, {}, None), _amounts(kept, {}, contract)),
        _counts(fraud, amount),
        rules,
        most_common(unknown),
    )


def _counts(fraud: np.ndarray, amount: np.ndarray | None, mask: np.ndarray | None = None) -> Counts:
    """Rows, frauds and amount where `mask` is true; everywhere without one."""
    mask = np.ones(len(fraud), dtype=bool) if mask is None else mask
    total = None if amount is None else round(float(amount[mask].sum()), 6)
    return Counts(int(mask.sum()), int(fraud[mask].sum()), total)


def most_common(words: pd.Series) -> dict[str, int]:
    """The most common words as text with their counts, ties in order of the alphabet."""
    counted = words.astype(str).str.strip().value_counts()
    ordered = sorted(counted.items(), key=lambda item: (-item[1], str(item[0])))
    return {str(word): int(count) for word, count in ordered[:MOST_WORDS]}


def _frauds(rows: pd.DataFrame, failures: _Masks, as_of: np.datetime64 | None) -> np.ndarray:
    fraud = (rows[LABEL] == 1).fillna(value=False).to_numpy(dtype=bool)
    if as_of is not None and KNOWN_AT in rows:
        fraud &= ~(rows[KNOWN_AT] > as_of).to_numpy()
    if LABEL_UNKNOWN in failures:
        fraud |= failures[LABEL_UNKNOWN]
    return fraud


def _amounts(rows: pd.DataFrame, failures: _Masks, contract: Contract) -> np.ndarray | None:
    if AMOUNT not in rows:
        return None
    column = contract.columns.amount
    doubted = [name for name, rule in contract.rules.items() if rule.column == column]
    doubted += [f"{UNPARSABLE}{column}", f"{TOO_LARGE}{column}"]
    sizes: np.ndarray = rows[AMOUNT].abs().fillna(0.0).to_numpy(dtype=np.float64)
    for name in doubted:
        if name in failures:
            sizes = np.where(failures[name], 0.0, sizes)
    return sizes
