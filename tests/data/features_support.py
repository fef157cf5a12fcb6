"""Random payments, a slow obvious reference of each derivation, and a leaky variant."""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from fraud_assets.contract import Contract, parse_contract
from fraud_assets.features import Derived

HOUR = timedelta(hours=1)
DERIVED = """
count_3h = { kind = "count", entity = "who", window = "3h" }
count_own_3h = { kind = "count", entity = "who", window = "3h", include_current = true }
count_late_3h = { kind = "count", entity = "shop", window = "3h", delay = "2h" }
mean_5h = { kind = "mean", of = "paid", entity = "who", window = "5h" }
mean_own_5h = { kind = "mean", of = "paid", entity = "who", window = "5h", include_current = true }
mean_late_5h = { kind = "mean", of = "paid", entity = "who", window = "5h", delay = "1h" }
sum_9h = { kind = "sum", of = "paid", entity = "shop", window = "9h" }
distinct_4h = { kind = "distinct", of = "shop", entity = "who", window = "4h" }
distinct_own = { kind = "distinct", of = "shop", entity = "who", window = "4h", OWN }
distinct_late_4h = { kind = "distinct", of = "who", entity = "shop", window = "4h", delay = "1h" }
ratio_9h = { kind = "ratio", of = "paid", entity = "who", window = "9h" }
ratio_own = { kind = "ratio", of = "paid", entity = "who", window = "9h", OWN }
share_3h = { kind = "label_share", entity = "shop", window = "3h", delay = "2h" }
since_met = { kind = "since_met", entity = "who", other = "shop", unit = "hours" }
age_who = { kind = "age", entity = "who", unit = "hours" }
age_born = { kind = "age", since = "born", unit = "hours" }
since_last = { kind = "since_last", entity = "who" }
weekend = { kind = "calendar", flag = "weekend" }
night = { kind = "calendar", flag = "night", night_ends = 4 }
hour = { kind = "calendar", flag = "hour" }
weekday = { kind = "calendar", flag = "weekday" }
""".replace("OWN", "include_current = true")


def contract_of(derived: str = DERIVED, maturity_days: float = 0.125) -> Contract:
    """A contract over the random payments with these derived columns."""
    names = [line.split("=")[0].strip() for line in derived.strip().splitlines()]
    return parse_contract(
        f"""
        format = 1
        name = "toy"
        source = {{ path = "none.csv" }}
        columns = {{ event_time = "time", sender = "who", entities = ["shop"], amount = "paid" }}
        label = {{ column = "fraud", maturity_days = {maturity_days} }}
        features = {{ numeric = {names} }}
        [derived]
        {derived}
        """
    )


@st.composite
def payments(draw: st.DrawFn, most: int = 30) -> pd.DataFrame:
    """A typed raw frame: ties, duplicates, missing entities, values, labels and report times.

    Amounts are quarters, whose sums are exact in any order, so that equality can be demanded.
    """
    size = draw(st.integers(1, most))

    def column(values: st.SearchStrategy[object]) -> list[object]:
        return draw(st.lists(values, min_size=size, max_size=size))

    hour = np.array(sorted(column(st.integers(0, 24))), dtype=float) / 2
    reported = pd.Series(column(st.none() | st.integers(0, 16)), dtype="Float64") / 2
    born = pd.Series(column(st.none() | st.integers(-9, 12)), dtype="Float64")
    lasted = pd.Series(column(st.none() | st.integers(1, 12)), dtype="Float64").astype(float) / 2
    since = (
        pd.Series(hour) + reported.astype(float) - 24 * (lasted > 3)
    )  # before the report, or not
    label = pd.Series(column(st.sampled_from([0, 1, None])), dtype="Int8")
    lasted = lasted.where(~(label == 1).fillna(False))
    return pd.DataFrame(
        {
            "who": pd.Series(column(st.sampled_from(["a", "b", None])), dtype=object),
            "shop": pd.Series(column(st.sampled_from(["x", "y", "z", None])), dtype=object),
            "paid": pd.Series(
                column(st.none() | st.integers(-8, 40).map(lambda n: n / 4)), dtype=float
            ),
            "born": to_time(born),
            "_row": np.arange(size),
            "_time": to_time(pd.Series(hour)),
            "_label": label,
            "_known_at": to_time(pd.Series(hour) + reported.astype(float)),
            "_was_fraud_from_1": to_time(since.where(lasted.notna())),
            "_was_fraud_until_1": to_time(since + lasted),
        }
    )


def to_time(hours: pd.Series) -> pd.Series:
    """Hours after Friday 2026-01-02 20:00 as timestamps, so that a weekend begins."""
    origin = pd.Timestamp("2026-01-02 20:00")
    return (origin + pd.to_timedelta(hours.astype(float), unit="h")).astype("datetime64[us]")


def reference(rows: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Every derived column by looking at all rows for each row."""
    table = rows.astype(object).where(rows.notna(), None).to_dict("records")
    maturity = timedelta(days=contract.label.maturity_days)
    return pd.DataFrame(
        {
            name: pd.Series([_one(kind, row, table, maturity) for row in table], dtype=float)
            for name, kind in contract.derived.items()
        }
    )


def _one(kind: Derived, row: dict, table: list[dict], maturity: timedelta) -> float | None:
    now = row["_time"]
    if kind.kind == "calendar":
        return {
            "weekend": float(now.day_name() in {"Saturday", "Sunday"}),
            "night": float(now.hour <= kind.night_ends),
            "hour": now.hour,
            "weekday": now.weekday(),
        }[kind.flag]
    if kind.kind == "age" and kind.since:
        born = row[kind.since.column]
        return None if born is None or born > now else (now - born) / HOUR
    if kind.kind == "since_met":
        return _since_met(row[kind.entity], row[kind.other], row, table)
    return None if row[kind.entity] is None else _of_entity(kind, row, table, maturity)


def _since_met(one: str | None, other: str | None, row: dict, table: list[dict]) -> float | None:
    if one is None or other is None:
        return None
    pair = [o["_time"] for o in table if (o["who"], o["shop"]) == (one, other)]
    return (row["_time"] - min(pair)) / HOUR


def _of_entity(kind: Derived, row: dict, table: list[dict], maturity: timedelta) -> float | None:
    now = row["_time"]
    earlier = [o for o in table if o[kind.entity] == row[kind.entity] and o["_time"] < now]
    if kind.kind == "age":
        return (now - min([now, *(o["_time"] for o in earlier)])) / HOUR
    if kind.kind == "since_last":
        return (now - max(o["_time"] for o in earlier)).total_seconds() if earlier else None
    end = now - (kind.delay or timedelta(0))
    seen = [o for o in earlier if end - kind.window < o["_time"] <= end]
    if kind.kind == "label_share":
        known = [
            o
            for o in seen
            if (o["_label"] == 1 and _known_from(o, maturity) <= now) or _was_fraud(o, now)
        ]
        return len(known) / len(seen) if seen else 0.0
    return _over(kind, row, [*seen, row] if kind.include_current else seen)


def _known_from(row: dict, maturity: timedelta) -> pd.Timestamp:
    return row.get("_known_at") or row["_time"] + maturity


def _was_fraud(row: dict, now: pd.Timestamp) -> bool:
    since, until = (row.get(f"_was_fraud_{part}_1") for part in ("from", "until"))
    return since is not None and since <= now < until


def _over(kind: Derived, row: dict, seen: list[dict]) -> float | None:
    if kind.kind == "count":
        return len(seen)
    values = [o[kind.of] for o in seen if o[kind.of] is not None]
    if kind.kind == "distinct":
        return len(set(values))
    if kind.kind == "sum":
        return math.fsum(values)
    mean = math.fsum(values) / len(values) if values else None
    if kind.kind == "mean":
        return mean
    return row["paid"] / mean if mean and row["paid"] is not None else None
