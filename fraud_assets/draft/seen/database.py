"""Reads what a draft of a table or query of PostgreSQL looks at: rows spread over all of it."""

from __future__ import annotations

from fraud_assets.contract.sections.source import Source
from fraud_assets.data.source.database.looking import look_at_rows
from fraud_assets.draft.seen.facts import Facts
from fraud_assets.draft.seen.sample import LISTS, SourceSample, looked_at_closely, usable
from fraud_assets.errors import DataError

MOST_ROWS = 250_000
"""Rows that are kept of a large table, at even distances; how often a value repeats is counted
among them."""


def sample_relation(source: Source) -> SourceSample:
    """Read the contract's table or query once, by the URL that the environment has.

    Raises
    ------
    DataError
        If it cannot be reached or read, or holds no rows; without a password.
    """
    seen = look_at_rows(source, MOST_ROWS)
    left_out = dict.fromkeys(seen.nested, LISTS)
    whole = usable(seen.frame, left_out)
    if len(whole) == 0:
        raise DataError(f"The {source.path} must hold rows, but holds none. Add some.")
    part = looked_at_closely(whole)
    columns = {name: Facts(name, part[name], whole[name]) for name in part}
    names = (*map(str, seen.frame.columns), *seen.nested)
    return SourceSample(
        columns, names, {}, f"the database in {source.database}", seen.read, len(part), left_out
    )
