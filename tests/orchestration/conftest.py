"""Fixtures of Dagster's tests."""

from __future__ import annotations

import pytest

from benchmarks.stack.runs import webhook


@pytest.fixture
def told(monkeypatch):
    """A webhook on loopback, and what was posted there."""
    with webhook() as (url, posted):
        monkeypatch.setenv("FRAUD_ASSETS_WEBHOOK", url)
        yield posted
