"""The contract of payments whose incomes and ages may be missing."""

from __future__ import annotations

from fraud_assets.contract import parse_contract
from fraud_assets.contract.schema import Contract

TOML = """
format = 1
name = "t"
[source]
path = "x.csv"
[columns]
event_time = "at"
[label]
column = "y"
[features]
numeric = ["amount", "income", "age"]
categorical = ["country"]
[search]
families = ["{family}"]
folds = 2
"""


def contract_of(family: str) -> Contract:
    """One that searches this family alone."""
    return parse_contract(TOML.format(family=family))
