"""What the state keeps of a contract's payments."""

from __future__ import annotations

from datetime import timedelta

from fraud_assets.contract import Contract
from fraud_assets.contract.sections.live import Live
from fraud_assets.state.plan import Plan, plan_of


def plan_for(contract: Contract) -> Plan:
    """The plan of a contract's derived features."""
    maturity = timedelta(days=contract.label.maturity_days)
    return plan_of(contract.derived, (contract.live or Live()).late_after, maturity)
