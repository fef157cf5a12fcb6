"""Someone who may launch runs, or deliver data, and moves production's week into the future.

At d2ae1cc a run of the year 2099 was published, and every later week was "older than production's".
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fraud_assets.chain import steps
from fraud_assets.contract import load_contract, parse_contract
from fraud_assets.data.transactions import RawTransactions
from fraud_assets.errors import ContractError, FraudAssetsError, StaleDataError
from tests.orchestration.runs import failure, launch
from tests.weeks import Week

MOST_DAYS = 45
"""`windows.stale_after_days` of the crypto gateway's contract, and so of the tests' weeks."""


def read(week: Week, as_of: object = None) -> RawTransactions:
    return steps.raw_transactions(week.settings.contract(), None if as_of is None else str(as_of))


def newest(week: Week) -> np.datetime64:
    found = read(week).newest
    assert found is not None
    return found


@pytest.mark.parametrize("as_of", ["2099-01-01", "2026-11-20"])
def test_a_run_far_ahead_of_its_data_publishes_nothing(week: Week, as_of: str) -> None:
    """By the launch that anybody may make: it stops before a model is fitted."""
    result = launch(week, as_of=as_of)

    assert "Stale data" in failure(result)
    fitted = {event.step_key for event in result.all_events if event.is_step_success}
    assert "candidate_models" not in fitted
    assert week.settings.store().versions() == []


def test_as_of_lies_at_most_the_stated_days_beyond_the_newest_payment(week: Week) -> None:
    """To the second: at the bound it is cleaned, beyond it the sentence names both dates."""
    contract, edge = week.settings.contract(), newest(week) + np.timedelta64(MOST_DAYS, "D")

    steps.cleaned_features(read(week, edge), contract)
    with pytest.raises(StaleDataError, match=r"at most 45 days old at as_of .*earlier as_of"):
        steps.cleaned_features(read(week, edge + np.timedelta64(1, "s")), contract)


@pytest.mark.parametrize("rows", [1, 5])
def test_payments_of_the_future_do_not_carry_the_week_along(week: Week, rows: int) -> None:
    """Whoever delivers data cannot make 2099 the newest day; the rows are kept aside, counted."""
    before = read(week)
    file = sorted(Path(week.folder).rglob("*.parquet"))[-1]
    delivered = pd.read_parquet(file)
    columns = load_contract(str(week.contract)).columns
    forged = delivered.tail(rows).copy()
    time = columns.event_time.column
    forged[time] = pd.to_datetime(forged[time]) + pd.DateOffset(years=74)
    pd.concat([delivered, forged]).to_parquet(file)

    found = read(week)

    ahead = [raw.tally.rules["time_after_now"].rows for raw in (before, found)]
    assert found.newest == before.newest
    assert ahead[1] - ahead[0] == rows
    with pytest.raises(FraudAssetsError, match="stale data"):
        steps.cleaned_features(read(week, "2099-06-01"), week.settings.contract())


@pytest.mark.parametrize("days", ["100000", "367", "0"])
def test_a_contract_does_not_lift_the_bound(days: str) -> None:
    """The days are stated by the contract, up to a year."""
    text = load_contract("crypto_gateway").text
    assert "stale_after_days = 45" in text

    with pytest.raises(ContractError, match=r"windows\.stale_after_days"):
        parse_contract(text.replace("stale_after_days = 45", f"stale_after_days = {days}"))
