"""Which raw columns a contract uses, and which columns of a file they are."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fraud_assets.contract import Contract
from fraud_assets.contract.names import folded_name
from fraud_assets.errors import DataError
from fraud_assets.terms.times import TimeColumn, column_name


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
        yield from (column for _, column in derived.columns.values())
    yield from (rule.column for rule in contract.rules.values())
    yield from () if contract.rates is None else (contract.rates.column, *contract.rates.amounts)
    yield from (contract.evaluation.k_entity, contract.evaluation.exclude_known)


@dataclass(frozen=True)
class Picked:
    """Where one table has a contract's columns.

    `places` of those that it holds, in the order of the names in `held`; `told` are the columns
    that the names of its folders give, whether or not it holds them too.
    """

    held: tuple[str, ...]
    places: tuple[int, ...]
    told: dict[str, str | None]


def pick(
    names: Sequence[str], wanted: Sequence[str], told: Mapping[str, str | None], shown: str
) -> Picked:
    """Find columns under the contract's names: exact, else the only one alike but for blanks, case.

    `names` are those of the table `shown`, `told` what its folders' names say by folded name.

    Raises
    ------
    DataError
        If columns are missing or stand there more than once; names them all, and none that the
        contract does not name: a file that is no table may hold what nobody may see.
    """
    found = {want: _places(want, names) for want in wanted}
    given = {want: told[folded_name(want)] for want in wanted if folded_name(want) in told}
    missing = [want for want, places in found.items() if not places and want not in given]
    twice = [want for want, places in found.items() if len(places) > 1]
    faults = []
    if missing:
        faults.append(_missing_sentence(shown, missing, names))
    if twice:
        faults.append(
            f"{shown} must hold each column that the contract names once, but these stand there "
            f"more than once: {', '.join(map(repr, twice))}. Rename or drop the copies."
        )
    if faults:
        raise DataError(" ".join(faults))
    held = {want: places[0] for want, places in found.items() if places}
    return Picked(tuple(held), tuple(held.values()), given)


def _places(want: str, present: Sequence[str]) -> list[int]:
    exact = [at for at, name in enumerate(present) if name == want]
    return exact or [
        at for at, name in enumerate(present) if folded_name(name) == folded_name(want)
    ]


def _missing_sentence(shown: str, missing: Sequence[str], present: Sequence[str]) -> str:
    alike = {folded_name(name): name for name in present}

    def hint(name: str) -> str:
        close = difflib.get_close_matches(folded_name(name), alike, n=1)
        return f"{name!r} (did you mean {alike[close[0]]!r}?)" if close else repr(name)

    return (
        f"{shown} must have every column that the contract names; missing: "
        f"{', '.join(hint(name) for name in missing)}. It has {len(present):,} "
        "columns; correct the contract or the export."
    )
