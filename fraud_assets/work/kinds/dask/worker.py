"""What a worker of the cluster does: units, with data that it gets once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dask.sizeof import sizeof
from distributed import get_worker

from fraud_assets.errors import WorkError
from fraud_assets.work.environment import other_versions, work_environment
from fraud_assets.work.memory import keep_freed_memory
from fraud_assets.work.packing import WorkUnit, unpacked, unpickled
from fraud_assets.work.shelf import SHELF
from fraud_assets.work.threads import hold_to_one_thread


@dataclass(frozen=True)
class Missing:
    """The answer of a worker that has not met the data of a unit."""

    worker: str


def perform(unit: WorkUnit, expected: dict[str, str], *data: Any) -> Any:
    """Do the unit, if its data are at hand or come with it; else say that they are missing.

    Raises
    ------
    WorkError
        If the code or a library is not what the run expects.
    """
    worker = get_worker().address
    if other := other_versions(expected, work_environment()):
        raise WorkError(other_code([f"{worker}: {', '.join(other)}"]))
    for digest, value in zip(unit.data, data, strict=False):
        SHELF.put(digest, value, sizeof(value))
    values = dict(zip(unit.data, data, strict=False)) or _at_hand(unit)
    if values is None:
        return Missing(worker)
    hold_to_one_thread()
    keep_freed_memory()
    return unpacked(unit, values)


def other_code(workers: list[str]) -> str:
    """The sentence about workers that run something else, each with what differs there."""
    return (
        "Every worker must run the code and libraries of this process, or a result would depend "
        f"on who made it, but not so {'; '.join(workers)}. Install the same there and start the "
        "workers again."
    )


def datum(data: bytes) -> Any:
    """A value out of its bytes: the task by which the cluster has it, and makes it again."""
    return unpickled(data)


def what_runs() -> dict[str, str]:
    """The code and libraries of the worker."""
    return work_environment()


def forget_data() -> None:
    """Let all go that was kept for a run."""
    SHELF.clear()


def _at_hand(unit: WorkUnit) -> dict[str, Any] | None:
    try:
        return {digest: SHELF.take(digest) for digest in unit.data}
    except KeyError:
        return None
