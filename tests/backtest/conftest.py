"""One small history and one finished backtest of it, made once."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from fraud_assets.backtest.history import BacktestHistory, read_history
from fraud_assets.backtest.run import Options, backtest
from fraud_assets.documents.backtest.whole import Backtest
from tests.backtest.histories import make_small
from tests.weeks import Week

OPTIONS = Options(weeks=6, search_every=3, workers=1)


@dataclass(frozen=True)
class Finished:
    """A backtest's result and the folder it was written to."""

    result: Backtest
    out: Path


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Week:
    """Data and contract; never written to by a test."""
    return make_small(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def history(small: Week) -> BacktestHistory:
    return read_history(small.settings.contract())


@pytest.fixture(scope="session")
def finished(small: Week, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The newest six weeks in one process, uninterrupted."""
    out = tmp_path_factory.mktemp("finished") / "out"
    return Finished(backtest(small.settings.contract(), out, OPTIONS), out)


@pytest.fixture
def week_copy(small: Week, tmp_path: Path) -> Week:
    """The small history in a folder of the test's own."""
    shutil.copytree(small.folder, tmp_path / "copy")
    return Week(tmp_path / "copy")
