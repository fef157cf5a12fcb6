"""The engines that the benchmark compares compute the same features."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.feature_engines import ENGINES


def _payments(size: int = 400) -> pd.DataFrame:
    """Sixty days of payments of few customers at few terminals, ties included."""
    rng = np.random.default_rng(7)
    hour = np.sort(rng.integers(0, 60 * 24, size))
    return pd.DataFrame(
        {
            "CUSTOMER_ID": rng.integers(0, 9, size),
            "TERMINAL_ID": rng.integers(0, 7, size),
            "TX_AMOUNT": rng.integers(1, 400, size) / 4,
            "_row": np.arange(size),
            "_time": (np.datetime64("2018-04-01") + hour.astype("timedelta64[h]")).astype(
                "datetime64[us]"
            ),
            "_label": pd.array(rng.random(size) < 0.2, dtype="Int8"),
        }
    )


@pytest.mark.parametrize("engine", list(ENGINES)[1:])
def test_engines_agree(engine: str) -> None:
    """What is timed is the same work: all twelve windows agree with the project's own."""
    pytest.importorskip(engine)
    rows = _payments()

    theirs = ENGINES[engine](rows)

    np.testing.assert_allclose(theirs, ENGINES["fraud_assets (numpy)"](rows), atol=1e-9)
