"""The instants that a column of times holds, read as the contract will read them."""

from __future__ import annotations

import tomllib

import numpy as np

from fraud_assets.data.instants import parse_times
from fraud_assets.draft.roles.times.clocks import described
from fraud_assets.draft.seen.facts import Facts
from fraud_assets.draft.seen.instants import Times
from fraud_assets.terms.times import TimeColumn


def instants_of(facts: Facts, times: Times) -> np.ndarray:
    """The column's instants (n,) datetime64[us], NaT where there is none."""
    table = tomllib.loads(f"time = {described(times)}")["time"]
    time = TimeColumn.model_validate(table if isinstance(table, dict) else {"column": table})
    return parse_times(facts.values, time)[0].to_numpy(dtype="datetime64[us]")
