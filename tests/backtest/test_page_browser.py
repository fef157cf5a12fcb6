"""backtest.html in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.backtest.conftest import Finished
from tests.report.browser import chromium, needs_chromium
from tests.report.looks import faults, printed

pytestmark = [needs_chromium, pytest.mark.slow]


def test_nothing_is_wrong_with_how_it_looks(finished: Finished, tmp_path: Path) -> None:
    """Phone, desktop and paper, light and dark; each printed page says of what it is."""
    page = (finished.out / "backtest.html").as_uri()
    with chromium() as browser:
        assert faults(browser, page) == []
        texts = printed(browser, page, tmp_path / "page.pdf")
    assert all(f"payments from {finished.result.data.first}" in text for text in texts)
