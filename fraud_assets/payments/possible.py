"""Whether decisions on raw payments can be made under a contract."""

from __future__ import annotations

from fraud_assets.contract import Contract


def why_not_decided(contract: Contract) -> str:
    """Why the service decides on no raw payments of a contract, and what to do; else nothing."""
    if contract.rates is None:
        return ""
    return (
        "A contract with [rates] cannot decide on raw payments: the rate of a day is known after "
        "its payments, and a decision cannot wait for it. Convert the amounts before the export "
        "and the request."
    )
