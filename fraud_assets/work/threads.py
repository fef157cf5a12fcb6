"""Says how many threads OpenMP and BLAS have: the bits of some fits depend on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from threadpoolctl import threadpool_limits

Result = TypeVar("Result")


def on_one_thread(function: Callable[..., Result], *arguments: Any) -> Result:
    """Call the function with OpenMP and BLAS held to one thread."""
    return on_threads(1, function, *arguments)


def on_threads(count: int, function: Callable[..., Result], *arguments: Any) -> Result:
    """Call the function with so many threads of OpenMP, and BLAS held to one."""
    with threadpool_limits({"openmp": count, "blas": 1}):
        return function(*arguments)


def hold_to_one_thread() -> None:
    """Hold OpenMP and BLAS of this process to one thread for good, whichever threads it has."""
    threadpool_limits(1)
