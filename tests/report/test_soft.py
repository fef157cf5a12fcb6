"""Long words may break at their joints; what they say stays the same."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.report.environment import soft


def test_a_version_breaks_at_its_joints():
    """By hand; a short word is left alone."""
    assert soft("fraud_detector_20261116_063000") == (
        "fraud_<wbr>detector_<wbr>20261116_<wbr>063000"
    )
    assert soft("sender_country") == "sender_country"


@given(st.text("ab<&_-/. ", max_size=80))
def test_no_part_is_longer_than_a_line_holds_and_no_letter_is_lost(text):
    """A law: without the breaks it is the text, escaped; between two breaks are at most 40."""
    written = str(soft(text))

    assert soft(text).unescape().replace("<wbr>", "") == text
    bare = re.sub(r"&(?:lt|amp);", "x", written)
    runs = re.split(r"<wbr>|\s", re.sub(r"[_/.-]+", "_", bare))
    assert max(map(len, runs), default=0) <= 40
