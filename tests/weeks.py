"""A small simulated week: the real chain in seconds, for tests of everything behind it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import dagster as dg

from fraud_assets.data.cleaning import CleanedFeatures, clean
from fraud_assets.data.simulator import simulate
from fraud_assets.data.transactions import read_transactions
from fraud_assets.modelling.search.candidates import Leaderboard, compare_candidates
from fraud_assets.modelling.tuned import TunedPipeline
from fraud_assets.modelling.tuning import tune
from fraud_assets.orchestration.definitions import build_definitions
from fraud_assets.orchestration.settings import Settings

REPOSITORY = Path(__file__).parent.parent

SMALL = """
[search]
families = ["logistic_regression"]
folds = 2
legitimate_per_fraud = 5
legitimate_at_least = 0
"""
"""Fast, and weak: hence the policy of these tests allows more alerts than a gateway would."""


@dataclass(frozen=True)
class Week:
    """A contract on simulated data, with a store and keys of its own."""

    folder: Path

    @property
    def contract(self) -> Path:
        return self.folder / "contract.toml"

    @property
    def settings(self) -> Settings:
        return Settings(self.contract, self.folder / "models", self.folder / "keys", workers=1)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "FRAUD_ASSETS_CONTRACT": str(self.contract),
            "FRAUD_ASSETS_MODELS": str(self.folder / "models"),
            "FRAUD_ASSETS_KEYS": str(self.folder / "keys"),
            "LOKY_MAX_CPU_COUNT": "1",  # so little work begins no other process, as in `settings`
        }

    def definitions(self) -> dg.Definitions:
        return build_definitions(self.settings)

    def edit(self, old: str, new: str) -> None:
        text = self.contract.read_text()
        assert old in text
        self.contract.write_text(text.replace(old, new))


@dataclass(frozen=True)
class Parts:
    """What the steps before judgement made, as values."""

    cleaned: CleanedFeatures
    leaderboard: Leaderboard
    tuned: TunedPipeline


_FOLDER = tempfile.TemporaryDirectory(prefix="fraud-assets-tests-")
"""Removed when the tests end."""


@cache
def small_week() -> Week:
    """The week that all tests share; never written to by a test."""
    return make_week(Path(_FOLDER.name) / "week")


@cache
def small_parts() -> Parts:
    """The shared week's values up to the tuned pipeline."""
    return make_parts(small_week())


def make_week(folder: Path, transactions: int = 24_000) -> Week:
    """Simulate 16 weeks at 3 % fraud and write a contract with small windows."""
    simulate(transactions, 16, 7, folder, fraud_rate=0.03)
    week = Week(folder)
    week.edit("fit_frauds = 1000", "fit_frauds = 150")
    week.edit("threshold_frauds = 500", "threshold_frauds = 100")
    week.edit("judged_frauds = 500", "judged_frauds = 120")
    week.edit("max_alert_rate = 0.05", "max_alert_rate = 0.75")
    week.edit("min_precision = 0.10", "min_precision = 0.01")
    week.contract.write_text(week.contract.read_text() + SMALL)
    return week


def make_parts(week: Week) -> Parts:
    """Run the chain's first four steps as plain functions."""
    contract = week.settings.contract()
    cleaned = clean(read_transactions(contract), contract)
    fit, middle = cleaned.rows("fit"), cleaned.rows("threshold")
    leaderboard = compare_candidates(fit, contract)
    tuned = tune(fit, middle, leaderboard, contract, earlier=cleaned.earlier_rows)
    return Parts(cleaned, leaderboard, tuned)
