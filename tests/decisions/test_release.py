"""Which flagged payments pass on purpose: repeatable, unguessable, as often as contracted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.contract.sections.live import Live
from fraud_assets.decisions.release import KEY_BYTES, Release, key_file, release_key
from fraud_assets.errors import RecordError

KEY = bytes(range(KEY_BYTES))


def release(share: float, up_to: float | None = None, key: bytes = KEY) -> Release:
    return Release(Live(release_share=share, release_up_to=up_to), key)


@given(st.text(max_size=40), st.floats(0, 1))
def test_the_same_payment_is_drawn_alike_and_more_share_takes_none_back(payment, share):
    """Law: repeatable; whoever passes at a share passes at each larger one; 0 none, 1 all."""
    drawn = release(share).passes(payment, 10.0)

    assert drawn == release(share).passes(payment, 10.0)
    assert drawn <= release(min(share + 0.1, 1.0)).passes(payment, 10.0)
    assert not release(0.0).passes(payment, 10.0)
    assert release(1.0).passes(payment, 10.0)


def test_as_many_pass_as_the_contract_says_and_others_under_another_key():
    """Of 20,000 ids 5 % within three standard errors; another key draws independently."""
    ids = [f"payment-{i}" for i in range(20_000)]
    first = {one for one in ids if release(0.05).passes(one, 1.0)}
    second = {one for one in ids if release(0.05, key=b"x" * KEY_BYTES).passes(one, 1.0)}

    assert 907 <= len(first) <= 1093
    assert len(first & second) < 100


def test_large_and_unknown_amounts_never_pass():
    """Above `release_up_to` the probability is 0, and so it is where no amount is known."""
    all_but_large = release(1.0, up_to=100.0)

    assert all_but_large.probability(100.0) == 1.0
    assert [all_but_large.probability(amount) for amount in (100.01, None, float("nan"))] == [
        0.0
    ] * 3
    assert not all_but_large.passes("p", None)
    assert release(0.5).probability(None) == 0.5


def test_the_key_is_made_once_and_closed_to_others(tmp_path):
    """Beside the record, so that a copy of the record foresees no draw."""
    log = tmp_path / "decisions"

    first = release_key(log)

    assert release_key(log) == first
    assert len(first) == KEY_BYTES
    assert key_file(log).stat().st_mode & 0o077 == 0
    assert key_file(log).parent == log.parent


def test_a_key_that_is_none_is_said(tmp_path):
    """A cut file draws nothing."""
    key_file(tmp_path / "decisions").write_bytes(b"short")

    with pytest.raises(RecordError, match="must have 32 bytes, got 5"):
        release_key(tmp_path / "decisions")


def test_live_defaults():
    """A contract that says [live] and nothing else stops all that is flagged."""
    assert Live().release_share == 0.0
    assert Live().late_after == timedelta(days=1)
