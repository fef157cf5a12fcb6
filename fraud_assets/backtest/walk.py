"""From each week's model to who serves: verdicts in order, promise and outcome of each week.

The gate is the chain's own, its champion the backtest's production so far. A champion is
compared only on rows after those that its own threshold was chosen on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from fraud_assets.backtest.history import WEEK, History, coming_week
from fraud_assets.backtest.promise import RATES, held, outcome, promise
from fraud_assets.backtest.shelf import Week
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.whole import Report
from fraud_assets.documents.verdict import Verdict
from fraud_assets.gate.decide import decide
from fraud_assets.gate.grounds import Expected
from fraud_assets.gate.past import Past, Rival
from fraud_assets.gate.registry import gate_rules


@dataclass
class Production:
    """Promoted weeks in order; the last one serves."""

    promoted: list[Week] = field(default_factory=list)

    @property
    def serving(self) -> Week | None:
        """What serves now."""
        return self.promoted[-1] if self.promoted else None


@dataclass(frozen=True)
class Serving:
    """The week's model that serves by then."""

    version: str
    as_of: str


@dataclass(frozen=True)
class Evidence:
    """The judged rows of a week: their positions in history and what was known of them."""

    positions: np.ndarray
    rows: Rows
    weeks: float

    def since(self, first: int) -> Evidence:
        """Only the rows from a position on."""
        after = self.positions >= first
        share = float(after.mean()) if len(after) else 1.0
        return Evidence(self.positions[after], self.rows.take(after), self.weeks * share)


def walk(history: History, weeks: list[Week]) -> list[dict[str, Any]]:
    """One record for each week, in order of time."""
    production = Production()
    return [_step(history, week, production) for week in weeks]


def _step(history: History, week: Week, production: Production) -> dict[str, Any]:
    as_of = np.datetime64(week.told["as_of"])
    record: dict[str, Any] = {"as_of": _day(week), "model": None, "verdict": None, "judged": None}
    record["why"] = week.told.get("why")
    evidence = None
    if week.told["model"] is not None:
        evidence = _evidence(history, week, as_of)
        verdict = _verdict(history, week, evidence, production)
        if verdict.decision == "promote":
            production.promoted.append(week)
        metrics = week.told["report"]["metrics"]
        record |= {
            "model": week.told["model"] | {"searched": week.told["searched"]},
            "verdict": {
                "decision": verdict.decision,
                "sentence": verdict.sentence,
                "failed": [rule.name for rule in verdict.failed],
            },
            "judged": {name: metrics[name] for name in RATES},
        }
    coming = coming_week(history, as_of)
    ours = _ours(history, production.serving, evidence, coming)
    return record | ours | {"naive": _naive(history, week, coming)}


def _evidence(history: History, week: Week, as_of: np.datetime64) -> Evidence:
    positions = week.arrays["judged"]
    span = history.times[positions[-1]] - history.times[positions[0]]
    return Evidence(positions, history.rows(positions, as_of), max(float(span / WEEK), 1 / 7))


def _verdict(history: History, week: Week, evidence: Evidence, production: Production) -> Verdict:
    policy, serving = history.contract.policy, production.serving
    current, rivals = None, []
    if serving is not None:
        as_of = str(serving.told["report"]["as_of"])
        current = Serving(_day(serving), as_of)
        last = production.promoted[-policy.champion_lookback : -1]
        rivals = [_rival(week, model, evidence) for model in (serving, *last)]
    past = Past(policy, rivals[0] if rivals else None, tuple(rivals[1:]))
    report = msgspec.convert(week.told["report"], Report)
    for rule in gate_rules():
        report = report if rule.fill is None else rule.fill(report, past)
    expected = msgspec.convert(week.told["expected"], Expected)
    return decide(report, policy, expected=expected, production=current)


def _rival(week: Week, model: Week, evidence: Evidence) -> Rival:
    """An earlier model on the rows after those that its own threshold was chosen on."""
    shared = evidence.since(model.told["first"])
    return Rival(_day(model), shared.rows, _scores(week, shared), _scores(model, shared))


def _ours(
    history: History,
    serving: Week | None,
    evidence: Evidence | None,
    coming: tuple[np.ndarray, Rows] | None,
) -> dict[str, Any]:
    """Production, its promise from this week's evidence, and what the coming week brought."""
    if serving is None:
        return {"production": None, "promise": None, "outcome": None, "held": None}
    threshold = serving.told["threshold"]
    promised = found = None
    if evidence is not None:
        unseen = evidence.since(serving.told["first"])
        flagged = _scores(serving, unseen) >= threshold
        promised = promise(unseen.rows, flagged, unseen.weeks)
    if coming is not None and coming[1].frauds:
        positions, rows = coming
        flagged = serving.arrays["scores"][positions - serving.told["first"]] >= threshold
        found = outcome(rows, flagged, history.contract.columns.currency)
    return {
        "production": {"version": _day(serving), "family": serving.told["model"]["family"]},
        "promise": promised,
        "outcome": found,
        "held": held(promised, found) if promised and found else None,
    }


def _naive(
    history: History, week: Week, coming: tuple[np.ndarray, Rows] | None
) -> dict[str, Any] | None:
    naive = week.told.get("naive")
    if naive is None:
        return None
    promised, found = {name: naive[name] for name in RATES}, None
    if coming is not None and coming[1].frauds:
        flagged = week.arrays["naive"] >= naive["threshold"]
        found = outcome(coming[1], flagged, history.contract.columns.currency)
    return {
        "promise": promised,
        "outcome": found,
        "held": held(promised, found) if found else None,
    }


def _scores(week: Week, evidence: Evidence) -> np.ndarray:
    return week.arrays["scores"][evidence.positions - week.told["first"]]


def _day(week: Week) -> str:
    return str(week.told["as_of"])[:10]
