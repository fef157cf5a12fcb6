"""The model's own margin from encoded columns: fast for one row, and for many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from fraud_assets.errors import StoreError
from fraud_assets.features.arrays import Floats


class Margins(Protocol):
    """A model's margin without its intercept.

    `row` is the buffer (columns,) into which one payment is encoded before `one` is called; it
    belongs to one thread. `many` takes (n, columns) and is free of such state.
    """

    row: Floats

    def one(self) -> float:
        """The sum for what `row` holds."""
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
        self.row = np.zeros(len(weights))
        self._weights = weights
        self._parts = np.zeros(len(weights))

    def one(self) -> float:
        """The weighted sum of `row`."""
        np.multiply(self._weights, self.row, self._parts)
        return float(np.add.accumulate(self._parts, out=self._parts)[-1])

    def many(self, encoded: Floats) -> Floats:
        """The weighted sums of `encoded`."""
        return np.add.accumulate(encoded * self._weights, axis=1)[:, -1]


class Trees:
    """A forest as one float64 ONNX node (ai.onnx.ml TreeEnsemble), on one thread.

    One row goes through buffers that are bound once: half the time of passing arrays.
    """

    def __init__(self, model: bytes, columns: int) -> None:
        self._session = _session(model)
        self.row = np.zeros(columns)
        self._sum = np.zeros((1, 1))
        binding = self._session.io_binding()
        shape = [1, columns]
        binding.bind_input("encoded", "cpu", 0, np.float64, shape, self.row.ctypes.data)
        binding.bind_output("sum", "cpu", 0, np.float64, [1, 1], self._sum.ctypes.data)
        self._binding = binding
        self._item: Callable[[], float] = self._sum.item

    def one(self) -> float:
        """The sum of the leaves that `row` reaches."""
        self._session.run_with_iobinding(self._binding)
        return self._item()

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
