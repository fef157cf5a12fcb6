"""Names that the service could not carry are refused at load, not after an hour of training."""

from __future__ import annotations

import pytest

from fraud_assets.contract import parse_contract
from fraud_assets.errors import ContractError

CONTRACT = """
format = 1
name = "odd"
[source]
path = "payments.csv"
[label]
column = "fraud"
[features]
numeric = [{name}]
[windows]
by = "shares"
"""


@pytest.mark.parametrize("name", [r'"a\"b"', r'"a\\b"', r'"a\u0007b"', r'"a\nb"'])
def test_a_name_that_json_cannot_carry_is_a_fault(name: str) -> None:
    """Quotes, backslashes and control characters are named with the rule."""
    with pytest.raises(ContractError, match="without quotes, backslashes or control"):
        parse_contract(CONTRACT.replace("{name}", name), name="odd")


@pytest.mark.parametrize("name", ['"Amount (USD)"', '"größe"', '"π"'])
def test_spaces_and_other_letters_are_welcome(name: str) -> None:
    """What people call their columns is their affair."""
    contract = parse_contract(CONTRACT.replace("{name}", name), name="odd")

    assert len(contract.features.names) == 1
