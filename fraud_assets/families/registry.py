"""All families by name, found by their files; a family's module is imported when it is asked for.

What a file defines is checked when it is imported: `FAMILY`, under the file's own name.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, MutableMapping, Sequence
from importlib import import_module

from fraud_assets.contract.names import blend_names, boosting_names, family_names
from fraud_assets.errors import ContractError, Fault
from fraud_assets.families import blends, boosting, members
from fraud_assets.families.family import Classifier, Family, UnconvertibleError


class Registry(MutableMapping[str, Family]):
    """The families of the folders, and those that were set or changed by hand in this process.

    It iterates over those that compete by default; one whose library the extra `boosting` brings
    is there under its name where the library is installed.
    """

    def __init__(self) -> None:
        self._by_hand: dict[str, Family] = {}

    def __getitem__(self, name: str) -> Family:
        if name in self._by_hand:
            return self._by_hand[name]
        if name in family_names():
            folder = members.__name__
        elif name in boosting_names() and is_installed(name):
            folder = boosting.__name__
        elif name in blend_names():
            folder = blends.__name__
        else:
            raise KeyError(name)
        family: Family = import_module(f"{folder}.{name}").FAMILY
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


def is_installed(name: str) -> bool:
    """Whether the library of a family of the extra `boosting`, which bears its name, is there."""
    return importlib.util.find_spec(name) is not None


def find_families(names: Sequence[str]) -> list[Family]:
    """The named families, each once, in the order named.

    Raises
    ------
    ContractError
        If a name is not a family's, or its library is not installed; lists every such name.
    """
    demand_families(names)
    return [FAMILIES[name] for name in dict.fromkeys(names)]


def demand_families(names: Sequence[str]) -> None:
    """Demand that each name is a family's and its library installed; imports neither.

    Raises
    ------
    ContractError
        Lists every name that is not.
    """
    where, here = (
        "search.families",
        {*FAMILIES, *blend_names(), *filter(is_installed, boosting_names())},
    )
    faults = [Fault(where, _rule(name), name) for name in names if name not in here]
    if not names:
        faults.append(Fault(where, f"must name at least one of {', '.join(FAMILIES)}", names))
    if faults:
        raise ContractError("in use", faults)


def demand_competitors(names: Sequence[str]) -> None:
    """The same of those that compete, and that no sum of two is named without both.

    Raises
    ------
    ContractError
        Lists every name that is at fault.
    """
    demand_families(names)
    faults = []
    for blend in (FAMILIES[name] for name in names if name in blend_names()):
        if missing := [part for part in blend.parts if part not in names]:
            rule = f"must name {' and '.join(missing)} beside their sum {blend.name}"
            faults.append(Fault("search.families", rule, list(names)))
    if faults:
        raise ContractError("in use", faults)


def _rule(name: str) -> str:
    if name in boosting_names():
        return (
            "must name a family whose library is installed: run "
            f"`pip install 'fraud-assets[{boosting.EXTRA}]'`, or leave the family out"
        )
    return f"must be among {', '.join((*FAMILIES, *boosting_names(), *blend_names()))}"


def family_of(classifier: Classifier) -> Family:
    """The family whose class a fitted classifier has.

    Raises
    ------
    UnconvertibleError
        If no family has it.
    """
    kind = type(classifier).__name__
    for name in (*FAMILIES, *blend_names(), *filter(is_installed, boosting_names())):
        if FAMILIES[name].classifier == kind:
            return FAMILIES[name]
    raise UnconvertibleError(f"{kind} has no conversion")
