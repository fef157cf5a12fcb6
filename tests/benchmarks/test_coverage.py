from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.coverage import WORLDS, draw_scores, simulate, table


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return simulate(weeks=2000)


def delivered(found: dict[str, Any], world: str) -> dict[str, dict[str, Any]]:
    return {claim["claim"].split(":")[0]: claim["delivered"] for claim in found["worlds"][world]}


@pytest.mark.parametrize("burst", [5, 10])
def test_bursts_have_the_correlation_they_are_said_to_have(burst: int) -> None:
    """Scores are uniform one by one, and half correlated within a burst."""
    scores = draw_scores(burst, 200_000, np.random.default_rng(0)).reshape(-1, burst)
    assert abs(scores.mean() - 0.5) < 0.01
    assert abs(np.corrcoef(scores[:, 0], scores[:, 1])[0, 1] - 0.5) < 0.02


@pytest.mark.slow
def test_independent_frauds_get_what_is_promised(found: dict[str, Any]) -> None:
    """Both guarantee and bounds keep their 95 % where frauds come one by one."""
    claims = delivered(found, "independent")
    for name, got in claims.items():
        if not name.startswith("plain"):
            assert got["low"] >= 0.945, name
    assert claims["plain aim .90"]["high"] < 0.55


@pytest.mark.slow
@pytest.mark.parametrize("world", [name for name in WORLDS if name != "independent"])
def test_in_bursts_only_the_clustered_figures_hold(found: dict[str, Any], world: str) -> None:
    """The independent ones fall clearly short of 95 %, those by sender keep it."""
    claims = delivered(found, world)
    assert claims["guaranteed threshold"]["high"] < 0.90
    assert claims["exact lower bound of the judged recall <= true recall"]["high"] < 0.90
    assert claims["guaranteed threshold by sender"]["high"] >= 0.95
    assert claims["clustered lower bound of the judged recall <= true recall"]["high"] >= 0.95
    assert "NO" in table(found)
