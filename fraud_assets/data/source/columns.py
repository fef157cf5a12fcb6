"""Which raw columns a contract uses, and which columns of a file they are."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.contract.names import folded
from fraud_assets.contract.times import TimeColumn, column_name
from fraud_assets.errors import DataError


def contract_columns(contract: Contract) -> list[str]:
    """Raw columns that the contract uses, each once, in order of mention."""
    names = map(column_name, _mentions(contract))
    return list(dict.fromkeys(name for name in names if name is not None))


def _mentions(contract: Contract) -> Iterator[str | TimeColumn | None]:
    columns, label = contract.columns, contract.label
    time = columns.event_time
    yield from (columns.id, time, time.time if time else None, columns.sender)
    yield from (*columns.entities, columns.amount, label.column, label.known_at)
    yield columns.delivered_at
    yield from (name for name in contract.features.names if name not in contract.derived)
    for derived in contract.derived.values():
        yield from (getattr(derived, role, None) for role in ("entity", "of", "since"))
    yield from (rule.column for rule in contract.rules.values())
    yield from (contract.evaluation.k_entity, contract.evaluation.exclude_known)


def pick(frame: pd.DataFrame, wanted: list[str], file: str) -> pd.DataFrame:
    """Columns under the contract's names: exact, else the only one alike but for blanks, case."""
    present = [str(name) for name in frame.columns]
    found = {want: _places(want, present) for want in wanted}
    missing = [want for want, places in found.items() if not places]
    if missing:
        raise DataError(_missing_sentence(file, missing, present))
    twice = [want for want, places in found.items() if len(places) > 1]
    if twice:
        raise DataError(
            f"{file} must hold each column that the contract names once, but these stand there "
            f"more than once: {', '.join(map(repr, twice))}. Rename or drop the copies."
        )
    return pd.DataFrame({want: frame.iloc[:, places[0]] for want, places in found.items()})


def _places(want: str, present: list[str]) -> list[int]:
    exact = [at for at, name in enumerate(present) if name == want]
    return exact or [at for at, name in enumerate(present) if folded(name) == folded(want)]


def _missing_sentence(file: str, missing: list[str], present: list[str]) -> str:
    def hint(name: str) -> str:
        close = difflib.get_close_matches(name, present, n=1)
        return f"{name!r} (did you mean {close[0]!r}?)" if close else repr(name)

    return (
        f"{file} must have every column that the contract names; missing: "
        f"{', '.join(hint(name) for name in missing)}. It has: {', '.join(present)}."
    )
