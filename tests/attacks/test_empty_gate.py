"""A contract whose floors would let any model through. At d2ae1cc both were accepted."""

from __future__ import annotations

import pytest

from fraud_assets.contract import load_contract, parse_contract
from fraud_assets.errors import ContractError


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("max_alert_rate", "0.99"),
        ("max_alert_rate", "0.91"),
        ("min_judged_frauds", "1"),
        ("min_judged_frauds", "0"),
        ("min_recall", "0.5"),
        ("max_p95_ms", "5000"),
        ("champion_margin", "0.9"),
        ("champion_lookback", "0"),
    ],
)
def test_a_floor_that_refuses_nobody_is_a_fault_of_the_contract(key, value):
    """The key, the bound and the value are named."""
    text = load_contract("crypto_gateway").text
    lines = [line for line in text.splitlines() if not line.startswith(f"{key} ")]
    at = lines.index("[policy]") + 1

    with pytest.raises(ContractError, match=rf"policy\.{key}"):
        parse_contract("\n".join([*lines[:at], f"{key} = {value}", *lines[at:]]))
