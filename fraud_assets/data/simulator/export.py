"""The gateway's export: raw columns as text, numbers and timestamps, with the usual dirt."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from fraud_assets.data.simulator import settings, world
from fraud_assets.data.simulator.payments import Payments
from fraud_assets.data.simulator.world import DAY

Rng = np.random.Generator
_MOMENT = pa.timestamp("ms")
SCHEMA = pa.schema(
    [
        ("transaction_id", pa.string()),
        ("created_at", _MOMENT),
        ("sender_address", pa.string()),
        ("first_seen", _MOMENT),
        ("amount_usd", pa.string()),
        ("gas_price", pa.float64()),
        ("chain", pa.string()),
        ("token_type", pa.string()),
        ("sender_country", pa.string()),
        ("is_fraud", pa.int8()),
        ("label_time", _MOMENT),
    ]
)
"""Columns of every weekly file; the default contract names them."""


def to_table(rng: Rng, payments: Payments, first_id: int, known_until: int) -> pa.Table:
    """Payments in order of time as exported at `known_until` (seconds since 1970 UTC).

    A fraud that nobody has reported by then is exported as legitimate, without a label time.
    """
    n = len(payments)
    reported = _report_time(rng, payments)
    known = payments.is_fraud & (reported <= known_until)
    columns = {
        "transaction_id": [f"T{number:010d}" for number in range(first_id, first_id + n)],
        "created_at": _moments(_clock(rng, payments.time, payments.is_fraud)),
        "sender_address": _addresses(rng, payments.sender),
        "first_seen": _moments(payments.first_seen // 60 * 60),
        "amount_usd": _amounts(rng, payments),
        "gas_price": pa.array(np.round(payments.gas, 2), mask=_touched(rng, n, "gas_missing")),
        "chain": _words(rng, world.CHAIN_NAMES, payments.chain),
        "token_type": _words(rng, world.TOKEN_NAMES, payments.token, "token_missing"),
        "sender_country": _words(rng, settings.COUNTRIES, payments.country, "country_missing"),
        "is_fraud": pa.array(known.astype(np.int8)),
        "label_time": _moments(reported, mask=~known),
    }
    table = pa.table({name: columns[name] for name in SCHEMA.names}, schema=SCHEMA)
    return table.take(np.repeat(np.arange(n), 1 + _touched(rng, n, None)))


def _touched(rng: Rng, n: int, kind: str | None) -> np.ndarray:
    share = settings.DUPLICATE_SHARE if kind is None else settings.DIRT[kind]
    touched: np.ndarray = rng.random(n) < share
    return touched


def _moments(seconds: np.ndarray, mask: np.ndarray | None = None) -> pa.Array:
    return pa.array(seconds * 1000, type=pa.int64(), mask=mask).cast(_MOMENT)


def _report_time(rng: Rng, payments: Payments) -> np.ndarray:
    days = settings.REPORT_MIN_DAYS + settings.REPORT_MEDIAN_DAYS * np.exp(
        settings.REPORT_SPREAD * rng.standard_normal(len(payments))
    )
    return payments.time + (days * DAY).astype(np.int64)


def _clock(rng: Rng, time: np.ndarray, is_fraud: np.ndarray) -> np.ndarray:
    """Some clocks run days ahead, a few years; never a fraud's, lest its report come first."""
    n = len(time)
    ahead = np.where(_touched(rng, n, "clock_ahead"), rng.integers(3 * DAY, 40 * DAY, n), 0)
    absurd = np.where(_touched(rng, n, "clock_absurd"), 2191 * DAY, 0)
    return time + np.where(is_fraud, 0, ahead + absurd)


def _addresses(rng: Rng, sender: np.ndarray) -> pa.Array:
    names = np.array([f"0x{key >> 16:012x}" for key in sender.tolist()], dtype=object)
    return pa.array(names, mask=_touched(rng, len(sender), "sender_missing"))


def _amounts(rng: Rng, payments: Payments) -> pa.Array:
    """Amounts as text in cents, a few as exports spoil them."""
    n = len(payments)
    negative = _touched(rng, n, "amount_negative") & ~payments.is_fraud
    amount = np.where(negative, -payments.amount, payments.amount)
    text = np.char.mod("%.2f", amount).astype(object)
    for i in np.flatnonzero((amount >= 1000) & _touched(rng, n, "amount_thousands")):
        text[i] = f"{amount[i]:,.2f}"
    text[_touched(rng, n, "amount_unreadable") & ~payments.is_fraud] = "n/a?"
    return pa.array(text, mask=_touched(rng, n, "amount_missing"))


def _words(
    rng: Rng, names: tuple[str, ...], position: np.ndarray, missing: str | None = None
) -> pa.Array:
    """Names by position (-1: missing), some in the wrong case or with stray blanks."""
    n = len(position)
    spelled = [*names, *(name.lower() for name in names), *(f" {name} " for name in names)]
    style = np.where(_touched(rng, n, "wrong_case"), 1, 0)
    style = np.where(_touched(rng, n, "stray_blank"), 2, style)
    gone = position < 0
    if missing is not None:
        gone = gone | _touched(rng, n, missing)
    index = pa.array(np.maximum(position, 0) + style * len(names), type=pa.int32(), mask=gone)
    return pa.DictionaryArray.from_arrays(index, pa.array(spelled)).cast(pa.string())
