"""Section operating: what each recall would cost, so that the frozen threshold has company."""

from __future__ import annotations

import msgspec

from fraud_assets.documents.rates import Interval, Rate


class OperatingPoint(msgspec.Struct, frozen=True):
    """The judged rows at the highest threshold whose recall reaches `aim`.

    Measured on the rows that it is read from, and so no promise; amounts are None where the
    contract names none, alerts a day where rows have no time. The amounts' intervals draw senders
    anew; reports of earlier releases have no intervals of amounts and alerts.
    """

    aim: float
    threshold: float
    recall: Rate
    precision: Rate
    alert_rate: Rate
    alerts_per_day: float | None
    amount_caught: float | None
    amount_missed: float | None
    alerts_interval: Interval | msgspec.UnsetType | None = msgspec.UNSET
    caught_interval: Interval | msgspec.UnsetType | None = msgspec.UNSET
    missed_interval: Interval | msgspec.UnsetType | None = msgspec.UNSET
