"""All families by name, found by their files; a family's module is imported when it is asked for.

What a file defines is checked when it is imported: `FAMILY`, under the file's own name.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from importlib import import_module

from fraud_assets.contract.names import family_names
from fraud_assets.errors import ContractError, Fault
from fraud_assets.families import members
from fraud_assets.families.family import Classifier, Family, UnconvertibleError


class Registry(MutableMapping[str, Family]):
    """The families of the folder, and those that were set or changed by hand in this process."""

    def __init__(self) -> None:
        self._by_hand: dict[str, Family] = {}

    def __getitem__(self, name: str) -> Family:
        if name in self._by_hand:
            return self._by_hand[name]
        if name not in family_names():
            raise KeyError(name)
        family = import_module(f"{members.__name__}.{name}").FAMILY
        if family.name != name:
            raise ImportError(f"{name}.py must hold the family {name!r}, got {family.name!r}.")
        return family

    def __setitem__(self, name: str, family: Family) -> None:
        self._by_hand[name] = family

    def __delitem__(self, name: str) -> None:
        del self._by_hand[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*family_names(), *self._by_hand)))

    def __len__(self) -> int:
        return len(list(iter(self)))


FAMILIES = Registry()


def find_families(names: Sequence[str], where: str = "search.families") -> list[Family]:
    """The named families, each once, in the order named.

    Raises
    ------
    ContractError
        If a name is not a family's; lists every such name.
    """
    rule = f"must be among {', '.join(FAMILIES)}"
    faults = [Fault(where, rule, name) for name in names if name not in FAMILIES]
    if not names:
        faults.append(Fault(where, f"must name at least one of {', '.join(FAMILIES)}", names))
    if faults:
        raise ContractError("in use", faults)
    return [FAMILIES[name] for name in dict.fromkeys(names)]


def family_of(classifier: Classifier) -> Family:
    """The family whose class a fitted classifier has.

    Raises
    ------
    UnconvertibleError
        If no family has it.
    """
    kind = type(classifier).__name__
    for name in FAMILIES:
        if FAMILIES[name].classifier == kind:
            return FAMILIES[name]
    raise UnconvertibleError(f"{kind} has no conversion")
