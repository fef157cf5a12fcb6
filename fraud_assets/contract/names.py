"""Names that a contract may or may not use, fixed by the layers that read it.

The contract layer imports none of them; tests hold these lists to what those layers say, and
families are found by their files.
"""

from __future__ import annotations

import importlib.util
import pkgutil

_MEMBERS, _BOOSTING = "fraud_assets.families.members", "fraud_assets.families.boosting"
_BLENDS = "fraud_assets.families.blends"

_FIRST = (
    "logistic_regression",
    "random_forest",
    "gradient_boosting",
    "adaboost",
    "hist_gradient_boosting",
    "extra_trees",
)
"""The default's order when versions were first published: digests of contracts hold on to it."""


def family_names() -> tuple[str, ...]:
    """Model families that may compete, in the order in which they do by default.

    They are the files of the families' folder. Looking for it imports no family, and so no
    scikit-learn.
    """
    found = _files(_MEMBERS)
    first = [name for name in _FIRST if name in found]
    return (*first, *sorted(found.difference(first)))


def boosting_names() -> tuple[str, ...]:
    """Families that compete where a contract names them and their library is installed."""
    return tuple(sorted(_files(_BOOSTING)))


def blend_names() -> tuple[str, ...]:
    """Sums of two families: they compete where a contract names no families, or them and parts."""
    return tuple(sorted(_files(_BLENDS)))


def _files(package: str) -> set[str]:
    folder = importlib.util.find_spec(package)
    places = None if folder is None else folder.submodule_search_locations
    return {file.name for file in pkgutil.iter_modules(places)} if places else set()


DEFAULT_AIM = 0.94
"""Recall that a threshold aims at under rule = "aim": one aimed at exactly 0.90 falls below it
every second week."""

RESERVED_COLUMNS = (
    "_row",
    "_time",
    "_sender",
    "_amount",
    "_label",
    "_known_at",
    "_window",
    "_rules",
)
"""Columns under which roles travel beside the features; data may not bring its own."""

WAS_FRAUD = "_was_fraud_"
"""Opens the columns that keep when a label was taken back; data may not bring its own."""

BUILT_IN_RULES = (
    "time_missing",
    "time_after_now",
    "time_leaps_ahead",
    "time_leaps_back",
    "contradicts",
    "id_reused",
    "label_unknown",
    "rate_missing",
)
"""Rules that every contract has."""

UNPARSABLE = "unparsable_"
"""Opens the rule of a column's values that could not be understood."""

TOO_LARGE = "beyond_1e15_"
"""Opens the rule of a column's numbers of which sums and squares lose all precision."""

MALFORMED = "malformed_"
"""Opens the rule of a line of a file that is no row."""


def is_plain(name: str) -> bool:
    """Whether JSON carries the name as it is: the service's fast reader takes no other."""
    return not any(letter in '"\\' or ord(letter) < 32 for letter in name)


def folded_name(name: object) -> str:
    """A column's name as far as it tells columns apart: without outer blanks and case."""
    return str(name).strip().casefold()
