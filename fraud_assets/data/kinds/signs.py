"""Whether a column's points and commas can be read in one way only.

"1,234" is a thousand or a little more than one. The column says which, where another of its
values fits one reading alone: "1,234.50" and "12.5" one, "0,125" and "12,5" the other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pandas as pd

from fraud_assets.data.kinds.distinct import DistinctValues, distinct
from fraud_assets.data.kinds.numbers import PLAIN
from fraud_assets.values.number import ReadNumber, Sign, read_number

ENOUGH = 20
"""How many rows that fit the contract's reading alone outweigh one that fits the other alone."""

FEW = 10
"""So few whole numbers that look grouped by a decimal point are taken for what they say."""


@dataclass(frozen=True)
class Signs:
    """Rows of a column by how their points and commas can be read, each with an example.

    `own` fit the contract's decimal sign alone, `other` the other sign alone; `grouped` fit both,
    as thousands under the contract's sign; `pointed` fit both, as decimals under it. `plain`
    hold at most three digits and no sign, `percent` a per cent sign. `currencies` counts the
    marks beside amounts.
    """

    present: int
    own: int
    other: int
    grouped: int
    pointed: int
    plain: int
    percent: int
    example: str
    currencies: Counter[str]

    @property
    def is_other(self) -> bool:
        """Whether the column looks written with the other decimal sign."""
        return self.other > self.own and 2 * (self.other + self.grouped) > self.present

    @property
    def is_doubtful(self) -> bool:
        """Whether some values may be a thousandfold of what the contract's sign makes of them."""
        if self.grouped and self.own <= ENOUGH * self.other:
            return True
        return self.pointed >= FEW and not (self.own or self.grouped) and self.plain > 0


def look_at_signs(column: pd.Series, decimal: Sign) -> Signs | None:
    """What the points and commas of a column of text say; None where it holds no text."""
    if column.dtype == object:
        column = column[column.map(lambda value: isinstance(value, str))]
    elif not isinstance(column.dtype, pd.StringDtype):
        return None
    text = column.dropna().astype("str")
    if not len(text):
        return None
    rows = Counter({kind: int(_matches(text, kind, decimal).sum()) for kind in _PLAIN})
    rest = distinct(text[~text.str.fullmatch(PLAIN[decimal])])
    pointed = text[_matches(text, "pointed", decimal)] if rows["pointed"] else text[:0]
    examples = {"pointed": str(pointed.iloc[0]) if len(pointed) else ""}
    return _counted(rest, decimal, rows, examples, len(text))


_PLAIN = {
    "own": r"^-?(?:[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})|0[0-9]*\.[0-9]{3}|[0-9]{4,}\.[0-9]{3})$",
    "pointed": r"^-?[1-9][0-9]{0,2}\.[0-9]{3}$",
    "plain": r"^-?[0-9]{1,3}$",
}
"""The kinds of plain numbers with a decimal point."""


def _matches(text: pd.Series, kind: str, decimal: Sign) -> pd.Series:
    return text.str.fullmatch(_PLAIN[kind].replace(r"\.", f"\\{decimal}"))


def _counted(
    rest: DistinctValues, decimal: Sign, rows: Counter[str], examples: dict[str, str], present: int
) -> Signs:
    other: Sign = "," if decimal == "." else "."
    currencies: Counter[str] = Counter()
    for value, count in zip(rest.values, rest.counts.tolist(), strict=True):
        mine, theirs = read_number(value, decimal), read_number(value, other)
        kind = _kind(value, mine, theirs, other)
        rows[kind] += count
        rows["percent"] += count * ("%" in value)
        examples.setdefault(kind, value)
        if (read := mine or theirs) is not None and read.currency is not None:
            currencies[read.currency] += count
    example = examples.get("other") or examples.get("grouped") or examples["pointed"]
    return Signs(
        present,
        own=rows["own"],
        other=rows["other"],
        grouped=rows["grouped"],
        pointed=rows["pointed"],
        plain=rows["plain"],
        percent=rows["percent"],
        example=example,
        currencies=currencies,
    )


def _kind(text: str, mine: ReadNumber | None, theirs: ReadNumber | None, other: Sign) -> str:
    if mine is None or theirs is None:
        return "own" if mine else "other" if theirs else "neither"
    if mine.value == theirs.value:
        return "same"
    return "grouped" if other in text else "pointed"
