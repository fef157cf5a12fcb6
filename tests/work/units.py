"""Units that the tests of the executors do: functions of a module, as a unit must be."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_info

from fraud_assets.errors import ContractError, Fault
from fraud_assets.features.batch.pieces.piece import PieceValues
from fraud_assets.features.batch.pieces.rows import PieceRows
from fraud_assets.work.packing import WorkData

UNPICKLED: list[int] = []
"""One entry for each time that a process took `Table` out of its bytes."""


@dataclass(frozen=True)
class Table(WorkData):
    """Numbers that many units read."""

    values: np.ndarray

    def __setstate__(self, state: dict[str, np.ndarray]) -> None:
        UNPICKLED.append(1)
        self.__dict__.update(state)


def summed(table: Table, power: int) -> float:
    """The sum of the table's values to a power."""
    return float((table.values**power).sum())


def entities_twice(rows: PieceRows) -> PieceValues:
    """Twice the number of each row's entity, in place of its features."""
    return [rows.codes("who") * 2]


def pages_cleared(times: int) -> int:
    """Pages that the system had to clear while an array of 2 MB was made so many times."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(times):
        np.ones(2**18).sum()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def unpickled_here(table: Table, seconds: float) -> tuple[int, int]:
    """The process that does it, and how often it took a table out of its bytes."""
    time.sleep(seconds)
    return os.getpid(), len(UNPICKLED)


def threads(table: Table) -> set[int]:
    """Numbers of threads that the libraries of this process would use."""
    return {found["num_threads"] for found in threadpool_info()}


def refused(number: int) -> int:
    """Raises what a faulty contract raises."""
    raise ContractError("units.toml", [Fault("search.folds", "must be at least 2", number)])


def process(seconds: float) -> int:
    """The process that does it, after some time."""
    time.sleep(seconds)
    return os.getpid()


def fatal(number: int) -> int:
    """Ends its worker as the kernel does when memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def summed_slowly(table: Table, power: int) -> float:
    """As `summed`, after some time."""
    time.sleep(0.2)
    return summed(table, power)


def written_into(folder: str, name: str) -> str:
    """Leave a file, as a sign that the unit was done."""
    with open(f"{folder}/{name}", "w"):  # noqa: PTH123 - as plain as can be
        return name


def heard(folder: str, name: str) -> str:
    """Leave a file, then work on for longer than a test waits."""
    written_into(folder, name)
    time.sleep(600)
    return name


def interrupted(name: str) -> str:
    """Sends an interrupt to its own process, and goes on where that does not take it."""
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.1)
    return name


def known_modules(*names: str) -> list[bool]:
    """Whether this process has imported each of them."""
    return [name in sys.modules for name in names]
