"""backtest.json as a whole, in the order in which its sections stand in the file."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from fraud_assets.documents import formats
from fraud_assets.documents.backtest.summary import BacktestSummary
from fraud_assets.documents.backtest.week import BacktestWeek
from fraud_assets.documents.rates import NonNegative

FORMAT = 1
"""Format of backtest.json; raise it when a reader of the previous one would misread it."""

UPGRADES: formats.Upgrades = {}
"""From each format before to the one after it; format 1 is the first."""


class BacktestContract(msgspec.Struct, frozen=True):
    """Under which contract the weeks were run, and the lowest recall that it allows."""

    name: str
    digest: str
    currency: str
    maturity_days: float
    min_recall: float


class BacktestData(msgspec.Struct, frozen=True):
    """The rows as known at the end of history, from the day `first` to the day `newest`."""

    fingerprint: str
    rows: NonNegative
    first: str
    newest: str


class SkippedWeek(msgspec.Struct, frozen=True):
    """A week that history cannot fill, and why."""

    as_of: str
    why: str


class Backtest(msgspec.Struct, frozen=True, kw_only=True):
    """The weekly run over history: each week's promise and outcome, and all of them together.

    `code` is the digest of the code that ran it; families were searched every `search_every`
    weeks and refitted in between.
    """

    format: int = FORMAT
    contract: BacktestContract
    data: BacktestData
    code: str
    search_every: NonNegative
    weeks: tuple[BacktestWeek, ...]
    skipped: tuple[SkippedWeek, ...]
    summary: BacktestSummary


def read_backtest(document: bytes | Mapping[str, object]) -> Backtest:
    """A backtest of the current or the previous format.

    Raises
    ------
    DocumentError
        If it is none; names everything that is missing or of another kind.
    """
    return formats.read_document(document, Backtest, "backtest.json", FORMAT, UPGRADES)
