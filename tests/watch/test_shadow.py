"""The shadow beside what serves: worked by hand, and true in simulated worlds."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from fraud_assets.contract import load_contract
from fraud_assets.documents.decision import Shadow
from fraud_assets.watch.collect import collect
from fraud_assets.watch.production import WatchedContract
from fraud_assets.watch.shadow.comparison import compare_shadow, shadow_comparison
from tests.decisions.entries import decision
from tests.watch.worlds import lived


def world(seed: int, release: float, also: float, instead: float) -> tuple:
    """Weeks at recall .9; the shadow catches `also` of the caught and `instead` of the missed."""
    rows = lived([0.9] * 12, release=release, seed=seed)
    random = np.random.default_rng(seed + 10_000)
    share = np.where(rows.flagged, also, instead)
    return rows, np.where(rows.fraud, random.random(len(rows)) < share, rows.flagged)


def test_by_hand_where_everything_passes() -> None:
    """Of 10 frauds 8 are caught, of which the shadow catches 6, and of the 2 missed 1."""
    rows = lived([1.0], seed=1).where(np.arange(40))
    flagged = np.arange(40) < 10
    fraud = np.isin(np.arange(40), [*range(8), 20, 21])
    rows = type(rows)(**{**vars(rows), "flagged": flagged, "fraud": fraud})
    shadow = np.isin(np.arange(40), [*range(6), 20, 30])

    found = compare_shadow("new", "old", rows, shadow)

    assert found.recall.value == pytest.approx(0.7)
    assert found.recall_beside.value == pytest.approx(0.8)
    assert found.precision.value == pytest.approx(7 / 8)
    assert found.precision_beside.value == pytest.approx(0.8)
    assert (found.alert_rate.k, found.alert_rate_beside.k) == (8, 10)
    assert found.gain.low < -0.1 < found.gain.high
    assert "not known yet" in found.sentence


@pytest.mark.parametrize("release", [1.0, 0.1])
def test_the_intervals_hold_the_truth_in_95_of_100_worlds(release: float) -> None:
    """Recall of the shadow and its gain, also where a tenth of the flagged passes."""
    also, instead = 0.97, 0.5
    truth, gain = 0.9 * also + 0.1 * instead, 0.9 * also + 0.1 * instead - 0.9
    held = np.zeros(2)
    for seed in range(100):
        found = compare_shadow("new", "old", *world(seed, release, also, instead))
        held += [found.recall.low <= truth <= found.recall.high,
                 found.gain.low <= gain <= found.gain.high]  # fmt: skip

    assert held.min() >= 95


def test_a_clear_difference_is_called_so() -> None:
    """A shadow that catches what the other misses, and one that catches half."""
    assert "catches more" in compare_shadow("a", "b", *world(1, 1.0, 1.0, 0.9)).sentence
    assert "catches less" in compare_shadow("a", "b", *world(1, 0.2, 0.4, 0.4)).sentence


def test_where_nothing_flagged_passes_no_recall_is_told() -> None:
    """Alert rates are known all the same."""
    rows, flags = world(1, 0.0, 1.0, 1.0)
    found = compare_shadow("a", "b", rows, flags)

    assert found.recall is None
    assert found.gain is None
    assert found.precision is None
    assert "tells yet" in found.sentence


def test_only_matured_payments_with_both_scores_count() -> None:
    """The newest shadow's, beside the version that decided then."""
    contract = load_contract()
    place, day = WatchedContract("c", "USD", 14.0), 86_400_000_000
    shadow = Shadow("new", "m", 0.9, True)
    made = [
        replace(
            decision(), decision_id=str(at), payment_id=str(at), event_time=at * day,
            decided_at=at * day, version="old", shadow=(shadow,) * (at > 4),
        )
        for at in range(40)
    ]  # fmt: skip
    until = np.datetime64(40 * day, "us")

    found = shadow_comparison(made, collect(made, {}, contract, until), place, until)

    assert (found.version, found.beside, found.payments) == ("new", "old", 21)
