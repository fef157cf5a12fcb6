"""The contract: one TOML file that says everything about a team's transactions.

Here: the values (`schema`, a room for each section under `sections`), and reading with
all faults at once (`load`). Not here: what each kind of derived feature declares
(`features.kinds`), and anything that touches rows; `draft` looks at a file and drafts a
contract for it.
"""

from fraud_assets.contract.load import default_contract_path, load_contract, parse_contract
from fraud_assets.contract.schema import Contract
from fraud_assets.contract.sections.policy import Policy
from fraud_assets.features import Derived

__all__ = [
    "Contract",
    "Derived",
    "Policy",
    "default_contract_path",
    "load_contract",
    "parse_contract",
]
