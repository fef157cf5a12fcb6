"""The simulated gateway's world: named shares and sizes, calibrated as data/README.md tells.

Gas prices are in each chain's own unit, amounts in USD, ages in days.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

DEFAULT_TRANSACTIONS = 400_000
DEFAULT_WEEKS = 26
DEFAULT_SEED = 7
DEFAULT_FRAUD_RATE = 0.0105
"""Share of rows; 500 frauds are then about one month at the default size."""

END = date(2025, 6, 30)
"""The Monday after the last simulated day: shorter and longer runs end on the same day."""

DRIFT_WEEKS = 26
"""Weeks in which the slow drift goes from one end of its range to the other."""

SLICE_ROWS = 200_000
"""Most rows held in memory at a time; a busier week is made in several slices."""


@dataclass(frozen=True)
class Chain:
    """A chain: its share of legitimate senders, its usual gas price, its tokens by share."""

    share: float
    gas: float
    tokens: dict[str, float] = field(default_factory=dict)


CHAINS = {
    "ETH": Chain(0.30, 30.0, {"USDT": 0.30, "USDC": 0.30, "ETH": 0.30, "DAI": 0.06, "LINK": 0.04}),
    "TRC20": Chain(0.25, 9.0, {"USDT": 0.82, "USDC": 0.06, "TRX": 0.12}),
    "BTC": Chain(0.15, 16.0, {"BTC": 1.0}),
    "BSC": Chain(0.12, 3.0, {"USDT": 0.50, "BNB": 0.30, "BUSD": 0.12, "CAKE": 0.08}),
    "POLYGON": Chain(0.08, 85.0, {"USDC": 0.50, "USDT": 0.30, "MATIC": 0.20}),
    "SOL": Chain(0.06, 1.0, {"SOL": 0.50, "USDC": 0.50}),
    "AVAX": Chain(0.04, 50.0, {"AVAX": 0.50, "USDC": 0.50}),
}

# fmt: off
COUNTRIES = (
    "US", "GB", "DE", "FR", "NL", "ES", "IT", "PL", "TR", "BR", "IN", "NG", "UA", "VN",
    "ID", "AE", "SG", "HK", "JP", "KR", "CA", "AU", "MX", "AR", "CO", "ZA", "KE", "PH",
    "TH", "MY", "PK", "BD", "EG", "RO", "CZ", "PT", "SE", "CH", "AT", "GR", "BE", "DK",
    "NO", "FI", "IE", "HU", "BG", "HR", "RS", "IL", "SA", "QA", "KW", "MA", "TN", "GH",
    "CL", "PE", "EC", "UY", "KZ", "GE", "AM", "LK", "NZ", "TW",
)
# fmt: on
"""In order of their share, which falls like 1 / (rank + COUNTRY_FLATNESS)."""

COUNTRY_FLATNESS = 4
RISKY_COUNTRIES = ("NG", "UA", "VN", "PK", "RO", "EG")

FOREIGN_GAS = {"ETH": "TRC20", "TRC20": "ETH", "BTC": "POLYGON", "BSC": "BTC"}
"""Whose gas prices a misconfigured script pays on each chain: at least threefold off."""

GAS_SPREAD = 0.10
"""Standard deviation of the log gas price around the chain's level of the hour."""


@dataclass(frozen=True)
class Pool:
    """A kind of legitimate sender.

    `share` of legitimate rows; `rate` payments per sender and day on average, spread over the
    senders by a power law with exponent `skew` (1: all alike); `amount` median USD, its
    log-spread `between` senders and `within` one; `age` median days at which a sender starts
    here, `age_spread` in logs; `tenure` days until another sender takes its place.
    """

    share: float
    rate: float
    skew: float
    amount: float
    between: float
    within: float
    age: float
    age_spread: float
    tenure: float


POOLS = {
    "retail": Pool(0.50, 0.20, 2.5, 110.0, 0.65, 0.45, 230.0, 0.9, 500.0),
    "merchant": Pool(0.20, 14.0, 1.2, 90.0, 0.60, 0.55, 420.0, 0.5, 900.0),
    "whale": Pool(0.09, 0.30, 1.5, 2600.0, 0.55, 0.35, 500.0, 0.5, 900.0),
    "newcomer": Pool(0.15, 0.60, 1.0, 38.0, 0.50, 0.45, 0.5, 1.0, 6.0),
    "bot": Pool(0.06, 12.0, 1.2, 7.0, 0.40, 0.50, 6.0, 0.7, 40.0),
}

STORIES = {
    "cash_out": 0.455,
    "burst": 0.10,
    "gas": 0.20,
    "takeover": 0.205,
    "mimic": 0.04,
}
"""Share of the frauds that follows each story; nothing separates a mimic from its pool."""

EVENT_SIZES = {"cash_out": 1.9, "burst": 10.5, "gas": 1.0, "takeover": 1.1, "mimic": 1.0}
"""Mean payments of one event of each story."""

TAIL_SHARE = 0.04
"""Share of events of the other stories that are graded: between the story and ordinary life."""

VICTIM_TRIES = 5
"""Active senders looked at for each takeover; the first from a risky country is the victim."""

RISKY_SHARE = 0.75
"""Share of fraudsters' own addresses that come from the risky countries."""

REPORT_MEDIAN_DAYS = 2.5
REPORT_SPREAD = 0.75
REPORT_MIN_DAYS = 0.08
"""Reports take log-normally long: about 1 % come after the 14 days of maturity."""

DUPLICATE_SHARE = 0.0015
"""Share of rows that are exported twice under one id."""

DIRT = {
    "amount_thousands": 0.06,
    "amount_missing": 0.0015,
    "amount_negative": 0.0006,
    "amount_unreadable": 0.0002,
    "gas_missing": 0.004,
    "sender_missing": 0.0003,
    "token_missing": 0.006,
    "country_missing": 0.01,
    "wrong_case": 0.02,
    "stray_blank": 0.01,
    "clock_ahead": 0.0001,
    "clock_absurd": 0.00005,
}
"""Share of rows that each kind of dirt touches; `amount_thousands` of amounts from 1,000."""
