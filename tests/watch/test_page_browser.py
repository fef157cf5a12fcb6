"""production.html in a real browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from fraud_assets.documents.production import LiveDrift
from fraud_assets.modelling.judging.slices import amount_bands
from fraud_assets.watch.page import render_production
from fraud_assets.watch.production import production
from fraud_assets.watch.shadow.comparison import compare_shadow
from tests.report.browser import chromium, needs_chromium
from tests.report.looks import faults, printed
from tests.watch.worlds import DAY, PLACE, START, lived, reign

pytestmark = [needs_chromium, pytest.mark.slow]

SERVES, SHADOW = "fraud_detector_20261116_063000", "fraud_detector_20261123_063001"
"""Names as the store gives them: longer than any other word of the page."""


def test_nothing_is_wrong_with_how_it_looks(tmp_path: Path) -> None:
    """An alarm after many weeks, and a page on which nothing serves yet; on paper too."""
    rows = lived([0.93] * 14 + [0.6] * 6, version=SERVES)
    chain = np.where(
        np.arange(len(rows)) % 3 == 0, "a-chain-of-a-rather-long-name/mainnet", "ETH"
    ).astype(object)
    levels = {"chain": chain, "amount_band": amount_bands(rows.amount)}
    watched = replace(reign(SERVES), precision_floor=0.1)
    alarmed = production(rows, [watched], PLACE, START + 22 * 7 * DAY, levels)
    shadow = compare_shadow(
        SHADOW, SERVES, rows, rows.probability > np.where(rows.flagged, 0.5, 0.7)
    )
    drift = LiveDrift(
        feature="amount_usd", stability=0.31, where="10 to 20 (9.1% then, 21.0% now)",
        missing=0.12, missing_then=0.01, n=1800,
    )  # fmt: skip
    alarmed = msgspec.structs.replace(alarmed, shadow=shadow, drift=(drift,))
    empty = production(lived([]), [], PLACE, START)
    with chromium() as browser:
        for name, document in {"alarmed": alarmed, "empty": empty}.items():
            file = tmp_path / f"{name}.html"
            file.write_text(render_production(document), encoding="utf-8")
            assert faults(browser, file.as_uri()) == [], name
            assert faults(browser, file.as_uri(), scripts=False) == [], name
        texts = printed(browser, (tmp_path / "alarmed.html").as_uri(), tmp_path / "page.pdf")
    assert all(
        "production of gateway" in text and f"serves {SERVES} since" in text for text in texts
    )
