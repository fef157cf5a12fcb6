"""Words that stand for a missing value.

In a column of numbers or times no such word can be a value, so all of them are missing. In text
some may be: "NA" is Namibia, "None" a kind of voucher. Those stay values unless the contract
names them.
"""

from __future__ import annotations

TEXT_WORDS = (
    "",
    "\\n",  # PostgreSQL's and MySQL's own null
    "nan",
    "-nan",
    "nat",
    "null",
    "<null>",
    "(null)",
    "[null]",
    "<na>",
    "n/a",
    "#n/a",
    "#na",
    "-",
    "?",
)
"""Words that mean missing in every column, folded."""

DOUBTFUL_WORDS = ("na", "none", "nil")
"""Words that mean missing where numbers or times are expected, and may be values in text."""

NUMBER_WORDS = (
    *TEXT_WORDS,
    *DOUBTFUL_WORDS,
    "--",
    ".",  # SAS and Stata
    "#null!",
    "#n/a n/a",
    "1.#ind",
    "-1.#ind",
    "1.#qnan",
    "-1.#qnan",
)
"""Words that mean missing where numbers or times are expected, folded."""
