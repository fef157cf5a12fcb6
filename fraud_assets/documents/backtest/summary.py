"""What a backtest's weeks say together."""

from __future__ import annotations

import msgspec

from fraud_assets.documents.rates import NonNegative, Rate


class HeldShares(msgspec.Struct, frozen=True):
    """For each promise the share of the weeks in which it held; None where no week has one."""

    recall: Rate | None
    precision: Rate | None
    alert_rate: Rate | None
    amount_caught: Rate | None


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """What one way did over the compared weeks, all payments together; amounts in `currency`."""

    recall: Rate
    precision: Rate
    alert_rate: Rate
    amount_caught: float | None
    amount_missed: float | None
    alerts: NonNegative
    currency: str
    held: HeldShares


class BacktestSummary(msgspec.Struct, frozen=True):
    """Weeks by decision ("no_model" among them), and both ways over the same `compared` weeks."""

    weeks: NonNegative
    decisions: dict[str, NonNegative]
    compared: NonNegative
    ours: Delivered
    naive: Delivered
