"""The SELECT that is sent: which columns, each in a type that loses no digit, and which rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from fraud_assets.contract.names import folded_name
from fraud_assets.data.source.database.relation import DatabaseColumn, Relation, sql_name
from fraud_assets.data.source.times import EventTimes
from fraud_assets.terms.times import TimeColumn

_AS_IT_IS = {
    *("int2", "int4", "int8", "float8", "bool", "text", "varchar"),
    *("timestamp", "timestamptz", "date"),
}
"""Types that Arrow holds without a loss. All others come as the server writes them: a numeric has
digits that no float holds, and a real is the number that it prints rather than its 24 bits."""

DIGITS = {"numeric", "float4"}
"""Types that come as plain digits and are numbers all the same."""

_SLACK = timedelta(days=2)
"""Times without a zone may be of any; what is asked for too much is left out later."""

_STAMPS = {"timestamp", "timestamptz", "date"}
_COUNTS = {"int4", "int8", "float8", "numeric"}
_MICROS = {"s": 1_000_000, "ms": 1_000, "us": 1}


def select(
    relation: Relation,
    places: Sequence[int],
    time: TimeColumn | None,
    times: EventTimes,
) -> str:
    """The statement for the columns at these places, and the rows of these times at least."""
    chosen = [relation.columns[place] for place in places]
    columns = ", ".join(f"{_written(one)} AS c{at}" for at, one in enumerate(chosen))
    asked = f"SELECT {columns} FROM {relation.source}"  # noqa: S608 - names are sql_name
    bounds = [] if time is None else list(_bounds(relation.columns, time, times))
    return f"{asked} WHERE {' AND '.join(bounds)}" if bounds else asked


def _written(column: DatabaseColumn) -> str:
    name = sql_name(column.name)
    if column.type in _AS_IT_IS or column.is_nested:
        return name
    return f"{name}::numeric::text" if column.type == "money" else f"{name}::text"


def _bounds(
    columns: Collection[DatabaseColumn], time: TimeColumn, times: EventTimes
) -> Iterator[str]:
    """Conditions on the event time where the server can compare it; rows without one stay."""
    wanted = folded_name(time.column)
    column = next((one for one in columns if folded_name(one.name) == wanted), None)
    if column is None:
        return
    name = sql_name(column.name)
    for sign, instant, slack in ((">=", times.start, -_SLACK), ("<=", times.end, _SLACK)):
        if instant is None:
            continue
        limit = instant.astype("datetime64[us]").astype(datetime) + slack
        if (literal := _literal(column, time, limit)) is not None:
            yield f"({name} IS NULL OR {name} {sign} {literal})"


def _literal(column: DatabaseColumn, time: TimeColumn, limit: datetime) -> str | None:
    """The instant as this column writes it; None where it writes none that compares."""
    if column.type in _STAMPS:
        zoned = column.type == "timestamptz"
        text = limit.isoformat(sep=" ")
        return f"'{text}+00'::timestamptz" if zoned else f"'{text}'::timestamp"
    if column.type in _COUNTS and time.unit in _MICROS:
        since = (limit - time.origin) // timedelta(microseconds=1)
        return str(since // _MICROS[time.unit])
    return None
