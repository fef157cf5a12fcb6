"""Calls that run at once, each with one thread of OpenMP and BLAS."""

from __future__ import annotations

import threading

import pytest
from sklearn.utils._openmp_helpers import _openmp_effective_n_threads
from threadpoolctl import threadpool_info, threadpool_limits

from fraud_assets.work.threads import at_once


def threads_of_blas() -> set[int]:
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


def test_calls_run_at_once_and_answer_in_their_order():
    """Each waits for the other, so neither would end alone."""
    met = threading.Barrier(2, timeout=60)

    def meet(name: str) -> str:
        met.wait()
        return name

    assert at_once(lambda: meet("first"), lambda: meet("second")) == ["first", "second"]


def test_each_call_has_one_thread_and_the_process_its_own_again():
    """While the last of them runs too, when others have ended."""
    ended = threading.Event()

    def first() -> tuple[int, set[int]]:
        try:
            return _openmp_effective_n_threads(), threads_of_blas()
        finally:
            ended.set()

    def last() -> tuple[int, set[int]]:
        ended.wait(timeout=60)
        return _openmp_effective_n_threads(), threads_of_blas()

    with threadpool_limits(2):
        found = at_once(first, last)

        assert found == [(1, {1})] * 2
        assert (_openmp_effective_n_threads(), threads_of_blas()) == (2, {2})


def test_an_error_of_one_is_the_callers():
    """The others end first."""
    ended = threading.Event()

    def fails() -> None:
        raise ValueError("no rows")

    with pytest.raises(ValueError, match="no rows"):
        at_once(fails, ended.set)
    assert ended.is_set()
