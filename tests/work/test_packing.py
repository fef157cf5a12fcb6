from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.errors import ContractError, DocumentError, Fault, PlaceError, RefusedError
from fraud_assets.work.packing import LEAST_BYTES, Packing, unpacked, unpickled
from tests.work.units import Table, summed

TABLE = Table(np.arange(200_000.0))


def test_a_unit_is_small_however_large_its_data_are():
    """A million bytes are named by 32 letters."""
    kept = {}

    unit = Packing(kept.__setitem__).pack(summed, (TABLE, 2))

    assert len(unit.call) < 500
    assert list(kept) == list(unit.data)


def test_data_are_kept_once_for_all_units_that_name_them():
    """The second unit sends nothing again; nor does an equal value."""
    kept = []
    packing = Packing(lambda digest, _: kept.append(digest))

    units = [packing.pack(summed, (table, 1)) for table in (TABLE, TABLE, Table(TABLE.values))]

    assert len(kept) == 1
    assert len({unit.data for unit in units}) == 1


@given(st.integers(0, 3), st.integers(1, 40))
def test_an_unpacked_unit_does_what_its_function_does(power, size):
    """Whether an argument is named or sent makes no difference to the result."""
    kept = {}
    table = Table(np.arange(float(size)))
    unit = Packing(kept.__setitem__).pack(summed, (table, power))

    found = unpacked(unit, {digest: unpickled(data) for digest, data in kept.items()})

    assert found == summed(table, power)


@pytest.mark.parametrize(("rows", "named"), [(LEAST_BYTES // 8, 1), (LEAST_BYTES // 8 - 1, 0)])
def test_an_array_is_named_from_a_size_on(rows, named):
    """Smaller ones are cheaper to send than to ask for."""
    unit = Packing(lambda *_: None).pack(np.sum, (np.zeros(rows),))

    assert len(unit.data) == named


def test_data_are_forgotten_when_the_last_value_of_that_content_is_gone():
    """Two equal values are one datum, which lives as long as one of them."""
    gone = []
    packing = Packing(lambda *_: None, gone.append)
    first, second = (Table(np.ones(100_000)) for _ in range(2))
    unit = packing.pack(summed, (first, 1))
    packing.pack(summed, (second, 1))

    del first
    assert gone == []
    del second

    assert gone == list(unit.data)


@pytest.mark.parametrize(
    "error",
    [
        ContractError("week.toml", [Fault("search.folds", "must be at least 2", 1)]),
        DocumentError("report.json", [Fault("format", "must be 3", 2)]),
        PlaceError(["one", "two"]),
        RefusedError("recall_floor: too low", "refused/x/report.html"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_of_the_house_survives_the_way_between_processes(error):
    """Its sentence and all that it carries, whatever its constructor takes."""
    again = pickle.loads(pickle.dumps(error))

    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
