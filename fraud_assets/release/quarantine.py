"""What the quarantine took: the report's section, and what the gate says of it before any model."""

from __future__ import annotations

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.data.quarantine import Tally
from fraud_assets.data.transactions import RawTransactions
from fraud_assets.documents.formats import to_plain
from fraud_assets.documents.report.data import AmountAside, FraudsAside, Quarantine
from fraud_assets.documents.verdict import Finding
from fraud_assets.gate.decide import findings_of
from fraud_assets.modelling.statistics.intervals import rate

RULES = ("quarantine_share", "quarantined_frauds", "quarantined_amount")
"""Rules of the gate that speak of the raw rows alone."""


def quarantine_section(tally: Tally) -> Quarantine:
    """Rows, frauds and amount that the quarantine took, by rule."""
    lost, kept, rules = tally.quarantined, tally.kept, tally.rules
    share = rate(lost.rows, kept.rows + lost.rows)
    return Quarantine(
        rows=lost.rows,
        share=share.value or 0.0,
        low=share.low,
        high=share.high,
        method=share.method,
        rules={name: counts.rows for name, counts in rules.items()},
        frauds=FraudsAside(
            kept=kept.frauds,
            quarantined=lost.frauds,
            share=tally.share("frauds"),
            rules={name: counts.frauds for name, counts in rules.items()},
        ),
        amount=AmountAside(
            kept=kept.amount,
            quarantined=lost.amount,
            share=tally.share("amount"),
            rules={name: counts.amount for name, counts in rules.items()},
        ),
        unknown_labels=tally.unknown_labels,
    )


def quarantine_findings(raw: RawTransactions, policy: Policy) -> tuple[Finding, ...]:
    """What the gate's rules on the quarantine will say of these rows."""
    section = to_plain(quarantine_section(raw.tally))
    return findings_of(RULES, {"data": {"rows": raw.read, "quarantine": section}}, policy)
