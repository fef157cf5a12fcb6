"""The contract: one TOML file that says everything about a team's transactions.

Here: the values (`schema`, `derived`), reading with all faults at once (`load`), and the
first draft from a look at a file (`draft`). Not here: anything that touches rows.
"""

from fraud_assets.contract.derived import Derived
from fraud_assets.contract.load import default_contract_path, load_contract, parse_contract
from fraud_assets.contract.schema import Contract, Policy

__all__ = [
    "Contract",
    "Derived",
    "Policy",
    "default_contract_path",
    "load_contract",
    "parse_contract",
]
