"""What is said of a payment after it was made: kept with it, and spread to its entities."""

from __future__ import annotations

from fraud_assets.features.labels import Statement, fraud_periods
from fraud_assets.state.plan import Plan
from fraud_assets.state.remembered import Remembered, Told, id_key, remember
from fraud_assets.state.sealed import Records
from fraud_assets.state.tracks.frauds import Frauds
from fraud_assets.state.values import digest


def tell(records: Records, plan: Plan, payment_id: str, known: Remembered, told: Told) -> None:
    """Add what was said of a known payment and is not known of it yet."""
    new = [one for one in told if one not in known.labels]
    if new:
        known.labels = sorted(known.labels + new, key=lambda one: one[1] or 0)
        remember(records, id_key(payment_id), known)
        spread_labels(records, plan, digest(payment_id), known)


def spread_labels(records: Records, plan: Plan, number: int, known: Remembered) -> None:
    """Say to each entity of a payment when it counted as a known fraud."""
    if known.time is None:
        return
    statements = [Statement(is_fraud, at) for is_fraud, at in known.labels]
    periods = fraud_periods(statements, known.time + plan.maturity)
    for key in known.tracks:
        frauds = Frauds.read(records.get(b"F" + key))
        frauds.replace(number, known.time, periods)
        records.put(b"F" + key, frauds.written())
