"""The model's own margin from encoded columns: fast for one row, and for many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from fraud_assets.errors import StoreError
from fraud_assets.features.arrays import Floats

A_FEW = 32
"""Payments that one buffer holds: as many as are decided on together."""


class Margins(Protocol):
    """A model's margin without its intercept.

    `rows` is the buffer (A_FEW, columns) into which payments are encoded before `few` is called,
    and `row` its first, for `one`; they belong to one thread. `many` takes (n, columns) and is
    free of such state.
    """

    rows: Floats
    row: Floats

    def one(self) -> float:
        """The sum for what `row` holds."""
        ...

    def few(self, count: int) -> list[float]:
        """The sums for the first `count` of `rows`."""
        ...

    def many(self, encoded: Floats) -> Floats:
        """The sums (n,) of `encoded` (n, columns)."""
        ...


class Linear:
    """A weighted sum, added from the first column to the last.

    A library's dot product adds in an order of its own, which changes with its release and the
    processor, and with it the last bits of a probability on record.
    """

    def __init__(self, weights: Floats) -> None:
        self.rows = np.zeros((A_FEW, len(weights)))
        self.row = self.rows[0]
        self._weights = weights
        self._parts = np.zeros(len(weights))

    def one(self) -> float:
        """The weighted sum of `row`."""
        np.multiply(self._weights, self.row, self._parts)
        return float(np.add.accumulate(self._parts, out=self._parts)[-1])

    def few(self, count: int) -> list[float]:
        """The weighted sums of the first `count` of `rows`."""
        found: list[float] = self.many(self.rows[:count]).tolist()
        return found

    def many(self, encoded: Floats) -> Floats:
        """The weighted sums of `encoded`."""
        return np.add.accumulate(encoded * self._weights, axis=1)[:, -1]


class Trees:
    """A forest as one float64 ONNX node (ai.onnx.ml TreeEnsemble), on one thread.

    A few rows go through buffers that are bound once for each number of them: half the time of
    passing arrays.
    """

    def __init__(self, model: bytes, columns: int) -> None:
        self._session = _session(model)
        self.rows = np.zeros((A_FEW, columns))
        self.row = self.rows[0]
        self._sums = np.zeros((A_FEW, 1))
        self._item: Callable[[], float] = self._sums[:1].item
        self._bindings = {1: self._bound(1)}

    def one(self) -> float:
        """The sum of the leaves that `row` reaches."""
        self._session.run_with_iobinding(self._bindings[1])
        return self._item()

    def few(self, count: int) -> list[float]:
        """The sums of the leaves that the first `count` of `rows` reach."""
        if count not in self._bindings:
            self._bindings[count] = self._bound(count)
        self._session.run_with_iobinding(self._bindings[count])
        found: list[float] = self._sums[:count, 0].tolist()
        return found

    def _bound(self, count: int) -> Any:
        """The buffers of so many rows, and of their sums."""
        binding = self._session.io_binding()
        shape = [count, self.rows.shape[1]]
        binding.bind_input("encoded", "cpu", 0, np.float64, shape, self.rows.ctypes.data)
        binding.bind_output("sum", "cpu", 0, np.float64, [count, 1], self._sums.ctypes.data)
        return binding

    def many(self, encoded: Floats) -> Floats:
        """The sums of the leaves that each row of `encoded` reaches."""
        return np.asarray(self._session.run(["sum"], {"encoded": encoded})[0])[:, 0]


def _session(model: bytes) -> Any:
    try:
        import onnxruntime  # noqa: PLC0415  # only forests need it
    except ImportError as error:
        raise StoreError(
            "Serving trees needs onnxruntime, which is not installed here; "
            "install the package with its serving extra: pip install 'fraud-assets[serve]'."
        ) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises its own classes, which share no base
        raise StoreError(f"The forest must be a readable ONNX model, got {error}.") from error
